#include <postprocess/drawing/chart.h>
#include <postprocess/drawing/label_item.h>
#include <postprocess/drawing/style.h>

#include <vtkBrush.h>
#include <vtkContext2D.h>
#include <vtkObjectFactory.h>
#include <vtkPen.h>

#include <algorithm>

namespace rhoflow
{
vtkStandardNewMacro(LabelItem)

  void LabelItem::draw(vtkContext2D *painter, const ColourBar &bar)
{
  constexpr double R        = style::resolution;
  constexpr int    n_strips = 128;
  painter->GetPen()->SetLineType(vtkPen::NO_PEN);
  for (int i = 0; i < n_strips; ++i)
    {
      const Colour colour = colour_at(bar.map, (i + 0.5) / n_strips);
      painter->GetBrush()->SetColorF(colour.r, colour.g, colour.b, 1.);
      // One pixel of overlap: no gaps after rounding.
      painter->DrawRect(static_cast<float>(bar.x), static_cast<float>(bar.y + bar.height * i / n_strips),
                        static_cast<float>(bar.width), static_cast<float>(bar.height / n_strips + (i + 1 < n_strips ? 1 : 0)));
    }
  painter->GetPen()->SetLineType(vtkPen::SOLID_LINE);
  painter->GetPen()->SetColorF(style::faint.r, style::faint.g, style::faint.b);
  painter->GetPen()->SetWidth(static_cast<float>(0.8 * R));
  painter->GetBrush()->SetOpacity(0);
  painter->DrawRect(static_cast<float>(bar.x), static_cast<float>(bar.y), static_cast<float>(bar.width),
                    static_cast<float>(bar.height));
  style::set_text(property, 0.85 * style::text_size);
  property->SetJustificationToLeft();
  property->SetVerticalJustificationToCentered();
  property->SetOrientation(0.);
  painter->ApplyTextProp(property);
  const Ticks places = ticks(bar.low, bar.high, false, static_cast<unsigned int>(std::max(3., bar.height / (45 * R))));
  for (std::size_t i = 0; i < places.positions.size(); ++i)
    {
      const auto y = static_cast<float>(bar.y + bar.height * (places.positions[i] - bar.low) / (bar.high - bar.low));
      const auto x = static_cast<float>(bar.x + bar.width);
      painter->DrawLine(x, y, x + static_cast<float>(4 * R), y);
      painter->DrawString(x + static_cast<float>(7 * R), y, places.labels[i].c_str());
    }
}

bool LabelItem::Paint(vtkContext2D *painter)
{
  for (const Label &label : labels)
    {
      if (label.words.empty())
        continue;
      style::set_text(property, label.size, label.bold);
      property->SetJustificationToCentered();
      property->SetVerticalJustificationToCentered();
      property->SetOrientation(label.vertical ? 90. : 0.);
      painter->ApplyTextProp(property);
      painter->DrawString(static_cast<float>(label.x), static_cast<float>(label.y), label.words.c_str());
    }
  for (const ColourBar &bar : bars)
    draw(painter, bar);
  return true;
}
} // namespace rhoflow
