#include <solvers/continuity/continuity_state.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>

#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
/// The velocities of a stage or of hanging faces: the tables of the coupling, and those of another field if there is one.
template <class Arguments>
void set_velocities(Arguments &arguments, const DGMesh &space, const Coupling &coupling, const double lambda,
                    const TransportField *const field)
{
  arguments.batches = &space.batches();
  arguments.shape   = &coupling.shape();
  arguments.table   = coupling.table();
  arguments.lambda  = lambda;
  if (field != nullptr)
    {
      arguments.constant_table = field->constant_table();
      arguments.square_table   = field->square_table();
    }
}
} // namespace

ContinuityState::ContinuityState(const MeanField &field, const RungeKutta &rk, bool limit)
  : mean_field(field)
  , method(rk)
  , limiting(limit)
  , mean_field_coupling(field)
{}

void ContinuityState::move_with(TransportField *const field)
{
  if (field != nullptr && field != other_field && space != nullptr)
    field->rebuild(*space, mean_field_coupling);
  other_field = field;
  prepared    = false;
}

double ContinuityState::confinement() const
{
  return other_field != nullptr ? other_field->confinement() : mean_field.weight_decay();
}

void ContinuityState::reinit(DGMesh &mesh, const std::vector<double> &values)
{
  space = &mesh;
  Timing::Scope scope(times.section("tables"));
  mean_field_coupling.rebuild(mesh);
  if (other_field != nullptr)
    other_field->rebuild(mesh, mean_field_coupling);
  const unsigned int n_points = mesh.points_per_cell();
  u.assign(mesh.n_values(), 0.);
  u2.assign(mesh.n_values(), 0.);
  for (std::size_t c = 0; c < mesh.n_cells(); ++c)
    for (unsigned int i = 0; i < n_points; ++i)
      u[mesh.at(c, i)] = values[c * n_points + i];
  for (auto &t : traces)
    t.assign(mesh.n_traces(), 0.);
  lane_dissipation.assign(mesh.batches().n_batches * 8, 0.);
  columns.assign(mesh.batches().has_outer_weight ? mesh.batches().n_batches * 8 * mean_field_coupling.shape().n_nodes : 0, 0.);
  current = 0;
  compute_traces(mesh.batches(), u.data(), traces[0].data(), columns.data(), 0, mesh.batches().n_batches);
  prepared = false;
  if (limiting)
    limit_cells();
}

std::vector<double> ContinuityState::by_cell(const AlignedVector<double> &field) const
{
  const unsigned int  n_points = space->points_per_cell();
  std::vector<double> result(space->n_cells() * n_points);
  for (std::size_t c = 0; c < space->n_cells(); ++c)
    for (unsigned int i = 0; i < n_points; ++i)
      result[c * n_points + i] = field[space->at(c, i)];
  return result;
}

void ContinuityState::prepare_stage()
{
  if (prepared)
    return;
  {
    Timing::Scope scope(times.section("ghost exchange"));
    space->start_exchange(traces[current].data());
  }
  try
    {
      {
        Timing::Scope scope(times.section("moments"));
        present_moments = mean_field_coupling.moments(*space, u.data(), columns.data());
      }
      Timing::Scope scope(times.section("potential"));
      if (other_field != nullptr)
        other_field->update(*space, mean_field_coupling, present_moments, u.data());
      else
        mean_field_coupling.update(*space, mean_field.residual(present_moments));
    }
  catch (...)
    {
      // Whoever goes on with another density exchanges its traces anew.
      space->finish_exchange(traces[current].data());
      throw;
    }
  {
    Timing::Scope scope(times.section("ghost exchange"));
    space->finish_exchange(traces[current].data());
  }
  {
    Timing::Scope    scope(times.section("hanging faces"));
    HangingArguments arguments;
    set_velocities(arguments, *space, mean_field_coupling, confinement(), other_field);
    arguments.halves    = space->halves();
    arguments.transfers = space->layer_transfers().data();
    exchange_hanging(arguments, space->hanging_faces(), traces[current].data());
  }
  prepared = true;
}

std::vector<double> ContinuityState::rate_of_change()
{
  prepare_stage();
  // A stage overwrites the density and its traces: this one works on copies.
  AlignedVector<double> rates = u, sums(columns.size());
  StageArguments        arguments;
  set_velocities(arguments, *space, mean_field_coupling, confinement(), other_field);
  arguments.u          = rates.data();
  arguments.u2         = u2.data();
  arguments.traces_in  = traces[current].data();
  arguments.traces_out = traces[1 - current].data();
  arguments.columns    = sums.data();
  arguments.keep       = 0.;
  arguments.step       = 1.;
  run_stage(arguments, 0, space->batches().n_batches);
  return by_cell(rates);
}

void ContinuityState::run(StageArguments &arguments)
{
  set_velocities(arguments, *space, mean_field_coupling, confinement(), other_field);
  arguments.u           = u.data();
  arguments.u2          = u2.data();
  arguments.traces_in   = traces[current].data();
  arguments.traces_out  = traces[1 - current].data();
  arguments.columns     = columns.data();
  arguments.dissipation = lane_dissipation.data();
  {
    Timing::Scope scope(times.section("transport"));
    run_stage(arguments, 0, space->batches().n_batches);
  }
  if (arguments.advance)
    {
      current  = 1 - current;
      prepared = false;
      ++n_stages;
      if (limiting)
        limit_cells();
    }
  if (arguments.measure)
    {
      rate = dealii::Utilities::MPI::max(arguments.max_rate, space->mesh().communicator());
      // Dissipation in a cell is at most (velocity)² × mass; the bound is generous on purpose.
      const BinnedScale scale(1e6);
      double            sum[2] = {0., 0.};
      add_lanes(lane_dissipation.data(), space->batches().n_batches, scale, sum);
      MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_DOUBLE, MPI_SUM, space->mesh().communicator());
      last_dissipation = sum[0] + sum[1];
    }
}

bool ContinuityState::step(double dt, double most)
{
  {
    Timing::Scope scope(times.section("copy"));
    before = u;
  }
  for (std::size_t s = 0; s < method.stages.size(); ++s)
    {
      prepare_stage();
      const RungeKuttaStage &stage = method.stages[s];
      StageArguments         arguments;
      arguments.save    = stage.save;
      arguments.combine = stage.combine;
      arguments.keep    = stage.keep;
      arguments.mix     = stage.mix;
      arguments.step    = stage.step * dt;
      arguments.u2_keep = stage.u2_keep;
      arguments.u2_mix  = stage.u2_mix;
      arguments.u2_step = stage.u2_step * dt;
      arguments.measure = s == 0;
      run(arguments);
      if (s == 0 && rate * dt > most)
        return false;
    }
  return true;
}

void ContinuityState::undo()
{
  u = before;
  compute_traces(space->batches(), u.data(), traces[current].data(), columns.data(), 0, space->batches().n_batches);
  prepared = false;
}

const std::vector<double> &ContinuityState::moments()
{
  prepare_stage();
  return present_moments;
}

double ContinuityState::dissipation()
{
  prepare_stage();
  StageArguments arguments;
  arguments.measure = true;
  arguments.advance = false;
  run(arguments);
  return last_dissipation;
}

void ContinuityState::limit_cells()
{
  Timing::Scope       scope(times.section("limiter"));
  const DGBatches    &b        = space->batches();
  const unsigned int  n_points = space->points_per_cell(), n_side = n_points / b.n;
  const double       *t = traces[current].data();
  std::vector<double> w(n_points);
  for (std::size_t c = 0; c < space->n_cells(); ++c)
    {
      const CellKey &key    = space->mesh().cells()[c];
      double         lowest = 0., mean = 0., total = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        lowest = std::min(lowest, u[space->at(c, i)]);
      for (unsigned int side = 0; side < 2 * b.dim; ++side)
        for (unsigned int i = 0; i < n_side; ++i)
          lowest = std::min(lowest, t[(((c / 8) * 2 * b.dim + side) * n_side + i) * 8 + c % 8]);
      if (lowest >= 0.)
        continue;
      space->weights(key, w.data());
      for (unsigned int i = 0; i < n_points; ++i)
        {
          mean += w[i] * u[space->at(c, i)];
          total += w[i];
        }
      mean /= total;
      const double factor = mean > 0. ? mean / (mean - lowest) : 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        u[space->at(c, i)] = mean + factor * (u[space->at(c, i)] - mean);
    }
  compute_traces(b, u.data(), traces[current].data(), columns.data(), 0, b.n_batches);
}
} // namespace rhoflow
