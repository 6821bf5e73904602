#include <solvers/model/activation/activation_info.h>

#include <stdexcept>

namespace rhoflow
{
const ActivationInfo &activation_info(ActivationKind kind)
{
  for (const ActivationInfo &row : activation_table)
    if (row.kind == kind)
      return row;
  throw std::logic_error("an activation has no row in activation_table");
}

const ActivationInfo *find_activation(const std::string &name)
{
  for (const ActivationInfo &row : activation_table)
    if (row.name == name)
      return &row;
  return nullptr;
}

std::string activation_descriptions()
{
  std::string text;
  for (const ActivationInfo &row : activation_table)
    text += (text.empty() ? "" : ", ") + std::string(row.description);
  return text;
}
} // namespace rhoflow
