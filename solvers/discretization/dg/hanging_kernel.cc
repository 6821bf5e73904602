#include <solvers/base/numerics/simd.h>
#include <solvers/discretization/dg/dispatch.h>

namespace rhoflow
{
using namespace wide_vector;

namespace
{
template <int dim, int n, bool has_outer_weight, bool radially_weighted>
class HangingExchange
{
  static constexpr int n_side = power(n, dim - 1);
  static constexpr int n_sub  = power(2, dim - 1);
  static constexpr int axes   = dim - 1; // along the face

public:
  HangingExchange(const HangingArguments &arguments, double *t)
    : args(arguments)
    , b(*arguments.batches)
    , shape(*arguments.shape)
    , traces(t)
  {}

  void run(const HangingBatch &faces)
  {
    Vector coarse[n_side], total[n_side];
    for (int i = 0; i < n_side; ++i)
      {
        coarse[i] = gather(traces, faces.coarse, i * 8);
        total[i]  = Vector{};
      }
    for (int sub = 0; sub < n_sub; ++sub)
      {
        Vector seen[n_side], flux[n_side];
        along_axes<false>(faces, sub, coarse, seen);
        for (int i = 0; i < n_side; ++i)
          scatter(seen[i], traces + i * 8, faces.interpolated[sub]);
        for (int i = 0; i < n_side; ++i)
          {
            const Vector fine = gather(traces, faces.fine[sub], i * 8);
            const Vector v    = velocity(faces, sub, i);
            // On the coarse cell's upper side the flow v > 0 comes from the coarse cell, on its lower side from the fine ones.
            flux[i] = v * (faces.coarse_side == 1 ? select(v > 0., seen[i], fine) : select(v > 0., fine, seen[i]));
          }
        Vector projected[n_side];
        along_axes<true>(faces, sub, flux, projected);
        for (int i = 0; i < n_side; ++i)
          total[i] += projected[i];
      }
    for (int i = 0; i < n_side; ++i)
      // v/h of the fine cells is twice that of the coarse one.
      scatter(0.5 * total[i], traces + i * 8, faces.given);
  }

private:
  /// v_d/h_d of the fine cell at point i of its side.
  Vector velocity(const HangingBatch &faces, int sub, int i) const
  {
    const unsigned int d       = faces.d;
    const unsigned int side    = 1 - faces.coarse_side;
    const Vector       z       = load(faces.place[sub][d]);
    const Vector       confine = -args.lambda * (z + static_cast<double>(side));
    if constexpr (!has_outer_weight)
      return gather(args.table, faces.feature_row[sub], shape.side(d, side) + static_cast<unsigned int>(i)) + confine;
    else
      {
        const Vector extent    = b.coarse_extent[0] * load(faces.size);
        const bool   quadratic = args.square_table != nullptr;
        if (d == 0)
          {
            const Vector along_a = -1. / extent * gather(args.table, faces.feature_row[sub], i) + confine;
            if (quadratic)
              return along_a - 2. * (z + static_cast<double>(side)) * gather(args.square_table, faces.feature_row[sub], i);
            return along_a;
          }
        const Vector       a   = extent * (load(faces.place[sub][0]) + b.line.nodes[static_cast<std::size_t>(i % n)]);
        const unsigned int row = shape.side(d, side) + static_cast<unsigned int>(i / n);
        if (quadratic)
          return gather(args.constant_table, faces.feature_row[sub], row) +
                 a * (gather(args.table, faces.feature_row[sub], row) +
                      a * gather(args.square_table, faces.feature_row[sub], row)) +
                 confine;
        return a * gather(args.table, faces.feature_row[sub], row) + confine;
      }
  }

  /// Applies the one-dimensional interpolation (or projection) along every axis of the face.
  template <bool projection>
  void along_axes(const HangingBatch &faces, int sub, const Vector (&in)[n_side], Vector (&out)[n_side]) const
  {
    for (int i = 0; i < n_side; ++i)
      out[i] = in[i];
    for (int axis = 0; axis < axes; ++axis)
      {
        const int  stride = axis == 0 ? 1 : n;
        const int  half   = (sub >> axis) & 1;
        const bool radial = radially_weighted && axis == axes - 1 && faces.d != dim - 1;
        Vector     result[n_side];
        for (int t = 0; t < n_side / n; ++t)
          {
            const int start = t * (axis == 0 ? n : 1);
            for (int i = 0; i < n; ++i)
              {
                Vector sum = Vector{};
                for (int j = 0; j < n; ++j)
                  if (radial)
                    sum += gather(args.transfers, faces.transfer[sub], (projection ? n * n : 0) + n * i + j) *
                           out[start + j * stride];
                  else
                    {
                      const auto &matrix = projection ? args.halves[half].project : args.halves[half].interpolate;
                      sum += matrix[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] * out[start + j * stride];
                    }
                result[start + i * stride] = sum;
              }
          }
        for (int i = 0; i < n_side; ++i)
          out[i] = result[i];
      }
  }

  const HangingArguments   &args;
  const DGBatches          &b;
  const VelocityTableShape &shape;
  double                   *traces;
};
} // namespace

void exchange_hanging(const HangingArguments &arguments, const std::vector<HangingBatch> &faces, double *traces)
{
  if (faces.empty())
    return;
  dispatch(*arguments.batches, [&](auto dim, auto n, auto has_outer_weight, auto radially_weighted) {
    HangingExchange<dim(), n(), has_outer_weight(), radially_weighted()> exchange(arguments, traces);
    for (const HangingBatch &batch : faces)
      exchange.run(batch);
  });
}
} // namespace rhoflow
