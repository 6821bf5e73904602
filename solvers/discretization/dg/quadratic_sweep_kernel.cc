#include <solvers/discretization/dg/dispatch.h>
#include <solvers/discretization/dg/sweep.h>

#include <stdexcept>

namespace rhoflow
{
void run_quadratic_stage(StageArguments &arguments, std::size_t first_batch, std::size_t last_batch)
{
  dispatch(*arguments.batches,
           [&]([[maybe_unused]] auto dim, [[maybe_unused]] auto n, auto has_outer_weight, auto radially_weighted) {
             if constexpr (has_outer_weight() && !radially_weighted())
               {
                 Sweep<dim(), n(), true, false, true> sweep(arguments);
                 for (std::size_t batch = first_batch; batch < last_batch; ++batch)
                   sweep.stage(batch);
               }
             else
               throw std::logic_error("no quadratic potential without an outer weight or with a radial one");
           });
}

namespace
{
template <int dim, int n>
void power_columns(const DGBatches &b, const double *u, double *constant, double *square)
{
  constexpr int n_points = power(n, dim), n_side = power(n, dim - 1);
  for (std::size_t batch = 0; batch < b.n_batches; ++batch)
    {
      const Vector size   = load(b.size.data() + batch * n_lanes);
      const Vector place  = load(b.place.data() + batch * dim * n_lanes);
      Vector       volume = broadcast(1.), a[n];
      for (int d = 0; d < dim; ++d)
        volume *= b.coarse_extent[d] * size;
      for (int q = 0; q < n; ++q)
        a[q] = b.coarse_extent[0] * size * (place + b.line.nodes[static_cast<std::size_t>(q)]);
      for (int t = 0; t < n_side; ++t)
        {
          Vector sum = Vector{}, sum_of_squares = Vector{};
          for (int q = 0; q < n; ++q)
            {
              const Vector mass = b.line.weights[static_cast<std::size_t>(q)] *
                                  load(u + (batch * n_points + static_cast<std::size_t>(n * t + q)) * n_lanes);
              sum += mass;
              sum_of_squares += a[q] * a[q] * mass;
            }
          Vector share = volume;
          for (int d = 1, rest = t; d < dim; ++d, rest /= n)
            share *= b.line.weights[static_cast<std::size_t>(rest % n)];
          double lanes[n_lanes], lanes_of_squares[n_lanes];
          store(lanes, share * sum);
          store(lanes_of_squares, share * sum_of_squares);
          for (unsigned int lane = 0; lane < n_lanes; ++lane)
            {
              const std::size_t column = (batch * n_lanes + lane) * n_side + static_cast<std::size_t>(t);
              constant[column]         = lanes[lane];
              square[column]           = lanes_of_squares[lane];
            }
        }
    }
}
} // namespace

void compute_power_columns(const DGBatches &batches, const double *u, double *constant, double *square)
{
  dispatch(batches, [&]([[maybe_unused]] auto dim, [[maybe_unused]] auto n, auto has_outer_weight, auto radially_weighted) {
    if constexpr (has_outer_weight() && !radially_weighted())
      power_columns<dim(), n()>(batches, u, constant, square);
    else
      throw std::logic_error("no powers of an outer weight that is not there");
  });
}
} // namespace rhoflow
