#include <solvers/mean_field/setup.h>

#include <string>
#include <vector>

#include <solvers/base/error.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
MeanFieldSetup::MeanFieldSetup()  = default;
MeanFieldSetup::~MeanFieldSetup() = default;

void MeanFieldSetup::parse(dealii::ParameterHandler &prm)
{
  run.parse(prm);
  domain.parse(prm);
  parameters.parse(prm);
  problem                              = make_learning_problem(prm, domain.lower, domain.upper, run.seed);
  const std::vector<std::string> names = problem->parameter_names();
  if (domain.dimension() != names.size())
    {
      std::string list;
      for (const std::string &name : names)
        list += (list.empty() ? "" : ", ") + name;
      throw InputError("Domain/Lower corner",
                       "the box has " + std::to_string(domain.dimension()) +
                         (domain.dimension() == 1 ? " coordinate" : " coordinates") + ", but the neuron has the " +
                         (names.size() == 1 ? "one parameter " : std::to_string(names.size()) + " parameters ") + list +
                         ". Give one lower and one upper bound for each.");
    }
  for (std::size_t d = 0; d < names.size(); ++d)
    if (names[d] == "r" && domain.lower[d] < 0.)
      throw InputError("Domain/Lower corner",
                       "r is a radius and cannot be negative: coordinate " + std::to_string(d + 1) + " must be at least 0.");
}

void MeanFieldSetup::make_mean_field()
{
  const auto first = static_cast<std::ptrdiff_t>(problem->n_parameters() - problem->n_feature_parameters());
  mean_field = std::make_unique<MeanField>(*problem, std::vector<double>(domain.lower.begin() + first, domain.lower.end()),
                                           std::vector<double>(domain.upper.begin() + first, domain.upper.end()), parameters);
}
} // namespace rhoflow
