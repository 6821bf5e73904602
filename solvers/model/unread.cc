#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>
#include <solvers/model/activation/activation_info.h>
#include <solvers/model/data_law_info.h>
#include <solvers/model/learning_problem.h>

#include <deal.II/base/parameter_handler.h>

namespace rhoflow
{
namespace
{
/// Whether an activation is given by nodes; "same" is none of its own.
bool has_nodes(const std::string &activation)
{
  const ActivationInfo *info = find_activation(activation);
  return info != nullptr && info->kinks == Kinks::nodes;
}
} // namespace

std::vector<Unread> ModelParameters::unread(dealii::ParameterHandler &prm)
{
  const std::string neuron = parameter_value(prm, "Learning problem/Neuron"), law = parameter_value(prm, "Data/Law");
  const std::string target = parameter_value(prm, "Target/Type");
  const bool        single = neuron == "single neuron", isotropic = neuron == "isotropic";
  const bool        points = law == "csv" || (law == "discrete" && prm.get_double({"Data"}, "Blob deviation") == 0.);

  std::vector<Unread> rules;
  const auto          add = [&](const bool read, const std::string &path, const std::string &why) {
    if (!read)
      rules.push_back({path, why});
  };
  add(neuron == "bump", "Learning problem/Bump width", "unless 'Neuron = bump'");
  add(has_nodes(parameter_value(prm, "Learning problem/Activation")) || has_nodes(parameter_value(prm, "Target/Activation")),
      "Learning problem/Activation nodes",
      "unless 'Activation = " + std::string(activation_info(ActivationKind::piecewise_linear).name) + "'");
  for (const char *corner : {"Data/Lower corner", "Data/Upper corner"})
    add(reads_parameter(data_law_choices().value(law), corner), corner,
        "unless 'Law = " + laws_with_parameter(corner, "' or '") + "'");
  add(isotropic, "Data/Class contrast", "unless 'Neuron = isotropic'");
  add(single, "Data/Radial nodes", "unless 'Neuron = single neuron'");
  add(single || isotropic, "Data/Angular nodes", "unless 'Neuron = single neuron' or 'isotropic'");
  add(single || isotropic || !points, "Data/Quadrature nodes", "for data points, which are taken as they are");
  for (const char *parameter : {"Target/Teacher law", "Target/Number of teachers"})
    add(target == "random teachers", parameter, "unless 'Type = random teachers'");
  return rules;
}
} // namespace rhoflow
