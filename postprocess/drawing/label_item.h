#pragma once

#include <string>
#include <vector>

#include <vtkContextItem.h>
#include <vtkNew.h>
#include <vtkTextProperty.h>

#include <postprocess/drawing/style.h>

namespace rhoflow
{
/// Text in a scene of charts.
struct Label
{
  std::string words;
  double      x, y; ///< middle of the text [pixels]
  double      size; ///< [units]
  bool        bold     = false;
  bool        vertical = false;
};

/// A bar of colours with numbers at its right.
struct ColourBar
{
  double    x, y, width, height; ///< [pixels]
  ColourMap map;
  double    low, high; ///< numbers at its ends
};

/// What charts have around them and VTK's axes do not place well: titles, and the bars of coloured fields.
class LabelItem : public vtkContextItem
{
public:
  static LabelItem *New();
  vtkTypeMacro(LabelItem, vtkContextItem)

    std::vector<Label> labels;
  std::vector<ColourBar> bars;

  bool Paint(vtkContext2D *painter) override;

private:
  void draw(vtkContext2D *painter, const ColourBar &bar);

  vtkNew<vtkTextProperty> property;
};
} // namespace rhoflow
