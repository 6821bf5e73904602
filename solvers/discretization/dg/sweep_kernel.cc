#include <solvers/discretization/dg/dispatch.h>
#include <solvers/discretization/dg/sweep.h>

namespace rhoflow
{
VelocityTableShape::VelocityTableShape(unsigned int dim, unsigned int n, bool has_outer_weight)
  : first(has_outer_weight ? 1 : 0)
{
  const int n_omega = static_cast<int>(dim - first);
  n_nodes           = static_cast<unsigned int>(power(static_cast<int>(n), n_omega));
  n_side            = static_cast<unsigned int>(power(static_cast<int>(n), n_omega - 1));
  n_padded_nodes    = (n_nodes + 7) / 8 * 8;
  side_start        = n_nodes + (dim - first) * n_nodes;
  n_rows            = (side_start + 2 * (dim - first) * n_side + 7) / 8 * 8;
}

void run_stage(StageArguments &arguments, std::size_t first_batch, std::size_t last_batch)
{
  if (arguments.square_table != nullptr)
    {
      run_quadratic_stage(arguments, first_batch, last_batch);
      return;
    }
  dispatch(*arguments.batches, [&](auto dim, auto n, auto has_outer_weight, auto radially_weighted) {
    Sweep<dim(), n(), has_outer_weight(), radially_weighted()> sweep(arguments);
    for (std::size_t batch = first_batch; batch < last_batch; ++batch)
      sweep.stage(batch);
  });
}

void compute_traces(const DGBatches &batches, const double *u, double *traces, double *columns, std::size_t first_batch,
                    std::size_t last_batch)
{
  const VelocityTableShape shape(batches.dim, batches.n, batches.has_outer_weight);
  StageArguments           arguments;
  arguments.batches    = &batches;
  arguments.shape      = &shape;
  arguments.u          = const_cast<double *>(u);
  arguments.traces_out = traces;
  arguments.columns    = columns;
  dispatch(batches, [&](auto dim, auto n, auto has_outer_weight, auto radially_weighted) {
    Sweep<dim(), n(), has_outer_weight(), radially_weighted()> sweep(arguments);
    for (std::size_t batch = first_batch; batch < last_batch; ++batch)
      sweep.only_traces(batch);
  });
}
} // namespace rhoflow
