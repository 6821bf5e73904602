#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/text.h>
#include <solvers/mean_field/mean_field_setup.h>
#include <solvers/model/model_choices.h>

#include <string>
#include <vector>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
std::string list_of_numbers(const std::vector<double> &numbers)
{
  std::string text;
  for (const double number : numbers)
    text += (text.empty() ? "" : ", ") + shortest_text(number);
  return text;
}
} // namespace

MeanFieldSetup::MeanFieldSetup()  = default;
MeanFieldSetup::~MeanFieldSetup() = default;

void MeanFieldSetup::parse(dealii::ParameterHandler &prm, const bool on_box)
{
  run.parse(prm);
  domain.parse(prm);
  parameters.parse(prm);
  read_parameters(accuracy, prm);
  ModelChoices choices = read_model_choices(prm, domain.lower, domain.upper, run.seed);
  problem              = make_problem(choices);
  if (on_box && !domain.is_automatic())
    check_box();
  const bool choose_box = on_box && domain.is_automatic(), choose_nodes = has_quadrature(choices);
  const bool may_extend = on_box && !choose_box && domain.extendable == Domain::Extendable::yes && can_extend_box();
  if (!choose_box && !choose_nodes && !may_extend)
    return;
  const DensityPlaces places = find_places();
  if (may_extend)
    extend_box(choices, places);
  if (choose_box)
    {
      std::vector<double> lower = places.lower, upper = places.upper;
      box_until = places.reached;
      enlarge_to_round_numbers(problem->parameter_names(), lower, upper);
      domain.set_box(lower, upper);
      set_parameter_value(prm, "Domain/Lower corner", list_of_numbers(lower));
      set_parameter_value(prm, "Domain/Upper corner", list_of_numbers(upper));
      if (can_extend_box() && domain.extendable == Domain::Extendable::automatic)
        set_parameter_value(prm, "Domain/Extendable", "true");
      choices.lower = lower;
      choices.upper = upper;
      problem       = make_problem(choices);
    }
  if (choose_nodes)
    choose_data_nodes(prm, choices, places.snapshots);
}

void MeanFieldSetup::extend_box(ModelChoices &choices, const DensityPlaces &places)
{
  box_until = places.reached;
  const MissingRoom missing(places, problem->parameter_names(), domain.lower, domain.upper);
  if (!missing.exists())
    return;
  // Coarser solutions have cells of twice and four times the size, which must fit in, too.
  const unsigned int blocks = accuracy.estimate && domain.refinement < 2 ? 4U >> domain.refinement : 1U;
  for (const unsigned int n : domain.subdivisions)
    if (n % blocks != 0)
      throw InputError(Refusal::inconsistent, "Domain/Extendable",
                       "the density needs a larger box until the end time, and coarser solutions need coarse cells in numbers "
                       "that are multiples of " +
                         std::to_string(blocks) + ". Set it to false, or 'Accuracy/Estimate errors'.");
  std::vector<double> below = missing.below, above = missing.above;
  for (unsigned int d = 0; d < domain.dimension(); ++d)
    if (domain.periodic[d])
      below[d] = above[d] = 0.;
  domain.extend(below, above, blocks);
  extended      = true;
  choices.lower = domain.lower;
  choices.upper = domain.upper;
  problem       = make_problem(choices);
}

std::string MeanFieldSetup::data_error(const double relative_error)
{
  return relative_error == 0. ? "none, the data are finite" : short_number(relative_error, 2) + " of the risk";
}

DensityPlaces MeanFieldSetup::find_places()
{
  return PilotFlow(*problem, parameters.weight_decay, run.end_time);
}

void MeanFieldSetup::choose_data_nodes(dealii::ParameterHandler &prm, ModelChoices choices,
                                       const std::vector<Measure> &densities)
{
  // The mesh and the time steps have their errors too.
  constexpr double part = 0.2;
  data_nodes            = rhoflow::choose_data_nodes(choices, densities, part * accuracy.functionals);
  problem               = make_problem(data_nodes.in(choices));
  set_parameter_value(prm, "Data/Quadrature nodes", std::to_string(data_nodes.quadrature));
  const bool single = choices.neuron == NeuronKind::single_neuron, isotropic = choices.neuron == NeuronKind::isotropic;
  if (single)
    set_parameter_value(prm, "Data/Radial nodes", std::to_string(data_nodes.radial));
  if (single || isotropic)
    set_parameter_value(prm, "Data/Angular nodes", std::to_string(data_nodes.angular));
  set_parameter_value(prm, "Data/Quadrature rule", data_nodes.trapezoidal ? "trapezoidal" : "Gauss");
}

void MeanFieldSetup::check_box() const
{
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
  if (progress != nullptr && data_nodes.limited)
    progress->warning(
      "the data nodes that were chosen have the relative error " + short_number(data_nodes.error, 2) +
      " in risk and potential, above a fifth of 'Accuracy/Functionals': more would cost too much. Give 'Data/Quadrature "
      "nodes' to have more of them");
  if (progress != nullptr && box_until < run.end_time)
    progress->warning("the box was chosen by a coarse solution that ended at t = " + short_number(box_until) +
                      ", before the end time: see the boundary mass, or give both corners of 'Domain'");
  if (progress != nullptr && extended)
    progress->line("The box was extended until t = " + short_number(run.end_time) + ", to (" + list_of_numbers(domain.lower) +
                   ") and (" + list_of_numbers(domain.upper) + ")");
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
