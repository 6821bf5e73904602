#include <postprocess/drawing/style.h>

#include <vtkColorTransferFunction.h>
#include <vtkNew.h>
#include <vtkTextProperty.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace rhoflow
{
namespace style
{
Colour cycle(const unsigned int i)
{
  static const std::vector<Colour> all{blue, vermilion, green, purple, sky, amber};
  return all[i % all.size()];
}

const std::string &font_file()
{
  static const std::string file = []() -> std::string {
    if (const char *const wanted = std::getenv("RHOFLOW_FONT"))
      return wanted;
    for (const char *const candidate :
         {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
          "/usr/share/fonts/dejavu/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans.ttf"})
      if (std::filesystem::exists(candidate))
        return candidate;
    return "";
  }();
  return file;
}

void set_text(vtkTextProperty *property, const double size, const bool bold, const Colour &colour)
{
  if (!font_file().empty())
    {
      std::string file = font_file();
      if (const std::size_t dot = file.rfind(".ttf"); bold && dot != std::string::npos)
        if (const std::string bold_file = file.substr(0, dot) + "-Bold.ttf"; std::filesystem::exists(bold_file))
          file = bold_file;
      property->SetFontFamily(VTK_FONT_FILE);
      property->SetFontFile(file.c_str());
    }
  else
    property->SetFontFamilyToArial();
  property->SetBold(bold && font_file().empty() ? 1 : 0);
  property->SetItalic(0);
  property->SetShadow(0);
  property->SetFontSize(static_cast<int>(std::lround(size * resolution)));
  property->SetColor(colour.r, colour.g, colour.b);
}
} // namespace style

namespace
{
std::vector<Colour> table(const std::vector<std::pair<double, Colour>> &points)
{
  vtkNew<vtkColorTransferFunction> function;
  function->SetColorSpaceToLab();
  for (const auto &[place, colour] : points)
    function->AddRGBPoint(place, colour.r, colour.g, colour.b);
  std::vector<Colour> result(256);
  for (std::size_t i = 0; i < result.size(); ++i)
    {
      double *const colour = function->GetColor(static_cast<double>(i) / 255.);
      result[i]            = {colour[0], colour[1], colour[2]};
    }
  return result;
}
} // namespace

const std::vector<Colour> &colours(const ColourMap map)
{
  static const std::vector<Colour> sequential = table({{0.00, {1.00, 1.00, 1.00}},
                                                       {0.12, {0.87, 0.92, 0.97}},
                                                       {0.40, {0.55, 0.74, 0.88}},
                                                       {0.65, {0.22, 0.51, 0.73}},
                                                       {0.85, {0.08, 0.30, 0.56}},
                                                       {1.00, {0.03, 0.13, 0.30}}});
  static const std::vector<Colour> diverging  = table({{0.00, {0.08, 0.27, 0.53}},
                                                       {0.25, {0.45, 0.66, 0.84}},
                                                       {0.50, {0.97, 0.97, 0.97}},
                                                       {0.75, {0.92, 0.66, 0.38}},
                                                       {1.00, {0.55, 0.27, 0.02}}});
  static const std::vector<Colour> time       = table(
          {{0.00, {0.93, 0.72, 0.36}}, {0.35, {0.78, 0.45, 0.42}}, {0.70, {0.42, 0.27, 0.50}}, {1.00, {0.07, 0.12, 0.33}}});
  static const std::vector<Colour> cloud = [] {
    // Its lightest colour is seen before a white background.
    std::vector<Colour> part(256);
    for (std::size_t i = 0; i < part.size(); ++i)
      part[i] = sequential[static_cast<std::size_t>(std::lround(255 * 0.3 + 0.7 * static_cast<double>(i)))];
    return part;
  }();
  switch (map)
    {
      case ColourMap::sequential:
        return sequential;
      case ColourMap::cloud:
        return cloud;
      case ColourMap::diverging:
        return diverging;
      case ColourMap::time:
        break;
    }
  return time;
}

Colour colour_at(const ColourMap map, const double value)
{
  if (std::isnan(value))
    return style::background;
  return colours(map)[static_cast<std::size_t>(std::lround(255. * std::clamp(value, 0., 1.)))];
}
} // namespace rhoflow
