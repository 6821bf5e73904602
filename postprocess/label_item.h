#pragma once

#include <string>
#include <vector>

#include <vtkContextItem.h>
#include <vtkNew.h>
#include <vtkTextProperty.h>

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

class LabelItem : public vtkContextItem
{
public:
  static LabelItem *New();
  vtkTypeMacro(LabelItem, vtkContextItem)

    std::vector<Label> labels;

  bool Paint(vtkContext2D *painter) override;

private:
  vtkNew<vtkTextProperty> property;
};
} // namespace rhoflow
