#include <solvers/continuity/error_estimate.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/text.h>
#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/initial_state.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
ErrorEstimate::ErrorEstimate(const ContinuityInputs &given, const RunContext &c)
  : inputs(given)
  , context(c)
  , of_data(given.data_nodes.error)
{
  if (inputs.accuracy.estimate)
    coarse = std::make_unique<DensityOnMesh>(inputs, DensityOnMesh::coarser(inputs), context.communicator);
}

template <class Work>
void ErrorEstimate::attempt(const Work &work)
{
  if (coarse == nullptr)
    return;
  try
    {
      work();
      return;
    }
  catch (const RunError &error)
    {
      failure = error.what();
    }
  catch (const InputError &error)
    {
      failure = error.what();
    }
  // The same on all ranks.
  coarse.reset();
  context.progress.warning("the error of the mesh is not estimated: the solution on a coarser mesh failed. " + failure);
}

void ErrorEstimate::start()
{
  attempt([&]() { coarse->start(); });
}

void ErrorEstimate::advance(const double time, const double end)
{
  attempt([&]() {
    while (coarse->time() < time)
      coarse->step(end, energies);
  });
}

void ErrorEstimate::look(const double risk, const double excess_risk)
{
  const bool is_first = std::isnan(first_excess);
  if (is_first)
    first_excess = excess_risk;
  of_mesh = nan;
  attempt([&]() {
    const Diagnostics other  = diagnose(coarse->solution(), natural_lower_sides(inputs), Observables());
    const double      energy = other.risk + other.confinement; // what no solution lets grow
    if (is_first)
      energies.initial = energy;
    energies.last_output = energy;
    of_mesh              = std::abs(risk - other.risk);
  });
  const double scale = std::max(excess_risk, AccuracyParameters::floor * first_excess);
  last               = of_mesh + of_data * scale;
  if (scale > 0. && last / scale > largest)
    largest = last / scale;
}

std::vector<std::pair<std::string, std::string>> ErrorEstimate::report() const
{
  const double aim = inputs.accuracy.functionals;
  std::string  mesh;
  if (!failure.empty())
    mesh = "not estimated: the solution on a coarser mesh failed";
  else if (coarse == nullptr)
    mesh = "not estimated ('Accuracy/Estimate errors = false')";
  else
    mesh = short_number(of_mesh, 2);
  const std::string total = coarse == nullptr ?
                              "not estimated" :
                              short_number(last, 2) + "; at most " + short_number(largest, 2) + " of the risk at any output" +
                                (largest > aim ? ", above " : ", below ") + short_number(aim, 2) + " of 'Accuracy/Functionals'";
  return {{"error of the risk", total},
          {"  of mesh and time steps", mesh},
          {"  of the data nodes", MeanFieldSetup::data_error(of_data)},
          {"  of the features' compression",
           "not estimated; " + short_number(inputs.mean_field->compression_error(), 2) + " of the kernel"},
          {"  of the box", "not estimated; see the boundary mass"}};
}

void ErrorEstimate::save(CheckpointWriter &checkpoint) const
{
  save_state(checkpoint, "error estimate", *this);
  if (coarse != nullptr)
    coarse->save(checkpoint, "coarse ");
}

void ErrorEstimate::load(const CheckpointReader &checkpoint)
{
  load_state(checkpoint, "error estimate", *this);
  if (!failure.empty())
    coarse.reset();
  if (coarse != nullptr)
    coarse->load(checkpoint, "coarse ");
}
} // namespace rhoflow
