#include <postprocess/label_item.h>
#include <postprocess/style.h>

#include <vtkContext2D.h>
#include <vtkObjectFactory.h>

namespace rhoflow
{
vtkStandardNewMacro(LabelItem)

  bool LabelItem::Paint(vtkContext2D *painter)
{
  for (const Label &label : labels)
    {
      style::set_text(property, label.size, label.bold);
      property->SetJustificationToCentered();
      property->SetVerticalJustificationToCentered();
      property->SetOrientation(label.vertical ? 90. : 0.);
      painter->ApplyTextProp(property);
      painter->DrawString(static_cast<float>(label.x), static_cast<float>(label.y), label.words.c_str());
    }
  return true;
}
} // namespace rhoflow
