#include <solvers/base/text.h>
#include <solvers/mean_field/mean_field_setup.h>

#include <string>
#include <vector>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
MeanFieldSetup::MeanFieldSetup()  = default;
MeanFieldSetup::~MeanFieldSetup() = default;

void MeanFieldSetup::parse(dealii::ParameterHandler &prm, const bool on_box)
{
  run.parse(prm);
  domain.parse(prm);
  parameters.parse(prm);
  problem = make_learning_problem(prm, domain.lower, domain.upper, run.seed);
  if (!on_box)
    return;
  const std::vector<std::string> names = problem->parameter_names();
  if (domain.dimension() != names.size())
    {
      std::string list;
      for (const std::string &name : names)
        list += (list.empty() ? "" : ", ") + name;
      throw InputError(Refusal::inconsistent, "Domain/Lower corner",
                       "the box has " + std::to_string(domain.dimension()) +
                         (domain.dimension() == 1 ? " coordinate" : " coordinates") + ", but the neuron has the " +
                         (names.size() == 1 ? "one parameter " : std::to_string(names.size()) + " parameters ") + list +
                         ". Give one lower and one upper bound for each.");
    }
  for (std::size_t d = 0; d < names.size(); ++d)
    if (names[d] == "r" && domain.lower[d] < 0.)
      throw InputError(Refusal::out_of_range, "Domain/Lower corner",
                       "r is a radius and cannot be negative: coordinate " + std::to_string(d + 1) + " must be at least 0.");
}

void MeanFieldSetup::make_mean_field(MPI_Comm communicator, Progress *const progress)
{
  require_memory("the features", MeanField::memory(*problem, parameters), "Data/Quadrature nodes",
                 parameters.tolerance == 0. ? "choose fewer nodes in section 'Data', or a 'Mean field/Compression tolerance'" :
                                              "choose fewer nodes in section 'Data'",
                 communicator);
  if (progress != nullptr && MeanField::takes_long(*problem))
    progress->line("Preparing the features of " + std::to_string(problem->n_nodes()) + " data points");
  const auto first = static_cast<std::ptrdiff_t>(problem->n_parameters() - problem->n_feature_parameters());
  mean_field = std::make_unique<MeanField>(*problem, std::vector<double>(domain.lower.begin() + first, domain.lower.end()),
                                           std::vector<double>(domain.upper.begin() + first, domain.upper.end()), parameters,
                                           progress);
  if (progress != nullptr && mean_field->thinned() && mean_field->compression_error() > 2. * parameters.tolerance)
    progress->warning("the features at " + std::to_string(problem->n_nodes()) + " data points were compressed with the error " +
                      short_number(mean_field->compression_error(), 2) + ", above 'Mean field/Compression tolerance = " +
                      short_number(parameters.tolerance) + "', which would take too long");
}

void MeanFieldSetup::check_initial_mass() const
{
  // A side of the box may cut off half a weight too much or too little, 0.1 at most for a Gaussian: what lies between a quarter
  // and a half is left to the projection onto the mesh.
  constexpr unsigned int n_nodes = 40;
  constexpr double       clear   = 0.25;
  const unsigned int     dim     = domain.dimension();
  std::vector<double>    nodes, weights;
  problem->initial_law().quadrature(n_nodes, nodes, weights);
  double mass = 0.;
  for (std::size_t i = 0; i < weights.size(); ++i)
    {
      bool inside = true;
      for (unsigned int d = 0; d < dim; ++d)
        inside = inside && nodes[i * dim + d] >= domain.lower[d] && nodes[i * dim + d] <= domain.upper[d];
      if (inside)
        mass += weights[i];
    }
  if (mass < clear)
    throw InputError(Refusal::inconsistent, "Domain/Lower corner",
                     "only about " + short_number(100. * mass, 2) +
                       " % of the initial density lies in the box. Enlarge the box or move the law.");
}
} // namespace rhoflow
