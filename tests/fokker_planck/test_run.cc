#include "test_run.h"

#include <cmath>

#include <solvers/fokker_planck/adaptation.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>

using namespace rhoflow;

TestRun::TestRun(const Changes &changes, MPI_Comm communicator)
  : comm(communicator)
{
  const auto prm = make_parameters(Changes{{"Fokker-Planck/Time stepping", "implicit Euler"}} + changes);
  common.parse(*prm);
  parameters.parse(*prm, common.domain.dimension());
  refinement.parse(*prm, common.domain.dimension());
  common.make_mean_field();
  beta = common.parameters.inverse_temperature;
  mesh = std::make_unique<AdaptiveMesh>(common.domain, comm);
}

void TestRun::refine(const std::function<bool(const double *)> &wanted)
{
  std::vector<signed char> flags;
  for (const CellKey &key : mesh->cells())
    {
      double center[3];
      for (unsigned int d = 0; d < mesh->dimension(); ++d)
        center[d] = mesh->position(key, d, 0) + .5 * mesh->extent(key, d);
      flags.push_back(wanted(center) ? 1 : 0);
    }
  std::vector<double> none;
  CellTransfer        nothing;
  nothing.refine = nothing.coarsen = [](const CellKey &, const double *, double *) {};
  mesh->adapt(flags, 0, none, nothing);
}

void TestRun::start(const std::function<double(const double *)> &density)
{
  state = std::make_unique<FokkerPlanckState>(*mesh, *common.mean_field, beta, parameters.degree, parameters.stage);
  state->p.resize(state->space.n_owned());
  for (std::size_t i = 0; i < state->p.size(); ++i)
    {
      const double *const theta = state->space.position(state->space.owned_node(i));
      state->p[i]               = density ? density(theta) : common.problem->initial_law().density(theta);
    }
  const double mass = state->mass();
  for (double &value : state->p)
    value /= mass;
  state->set(std::move(state->p));
}

bool TestRun::adapt()
{
  state->update_operator();
  CellDensities densities = cell_densities(*state);
  const auto    flags = refinement_flags(*mesh, resolution_indicator(*state, densities, parameters.peclet_limit), refinement,
                                         refinement.tolerance);
  const double  mass  = state->mass();
  if (!mesh->adapt(flags, 2 * state->space.points_per_cell(), densities.values,
                   fitted_transfer(mesh->dimension(), parameters.degree)))
    return false;
  state = std::make_unique<FokkerPlanckState>(*mesh, *common.mean_field, beta, parameters.degree, parameters.stage);
  state->set(collect_density(state->space, densities.values, mass));
  return true;
}

double TestRun::error(const std::function<double(const double *)> &exact) const
{
  double sum = 0.;
  for (std::size_t i = 0; i < state->p.size(); ++i)
    sum += state->space.weights()[i] * std::abs(state->p[i] - exact(state->space.position(state->space.owned_node(i))));
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, mesh->communicator());
  return sum;
}

double TestRun::mean(const std::function<double(const double *)> &g) const
{
  double sum = 0.;
  for (std::size_t i = 0; i < state->p.size(); ++i)
    sum += state->space.weights()[i] * state->p[i] * g(state->space.position(state->space.owned_node(i)));
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, mesh->communicator());
  return sum;
}

double TestRun::free_energy() const
{
  return rhoflow::free_energy(state->fitted, state->potential, state->p);
}

void TestRun::evolve_frozen(double duration)
{
  // The steps are stable to 3.4 over the largest rate; modes that fast have long died out.
  const auto   n = static_cast<unsigned int>(std::ceil(duration * state->fitted.largest_rate() / 3.));
  const double h = duration / n;
  for (unsigned int step = 0; step < n; ++step)
    {
      std::vector<double> term = state->p;
      for (unsigned int order = 1; order <= 8; ++order)
        {
          term = state->fitted.apply(term);
          for (std::size_t i = 0; i < term.size(); ++i)
            {
              term[i] *= -h / (order * state->space.weights()[i]);
              state->p[i] += term[i];
            }
        }
    }
}

double gaussian(unsigned int dimension, const double *theta, const std::vector<double> &mean, double variance)
{
  double product = 1.;
  for (unsigned int d = 0; d < dimension; ++d)
    product *= std::exp(-.5 * (theta[d] - mean[d]) * (theta[d] - mean[d]) / variance) / std::sqrt(2. * M_PI * variance);
  return product;
}
