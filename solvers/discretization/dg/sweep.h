#pragma once

#include <type_traits>

#include <solvers/base/numerics/simd.h>
#include <solvers/discretization/dg/dg_kernel.h>

namespace rhoflow
{
using namespace wide_vector;

/// The constants of a line in one direction: scalars, or vectors where they differ from lane to lane (radial weight).
template <int n, typename Number>
struct LineConstants
{
  Number nodes[n], weights[n], lower[n], upper[n], lower_lift[n], upper_lift[n], stiffness[n][n];
};

template <int n>
void fill(LineConstants<n, double> &c, const LineBasis &line)
{
  for (int i = 0; i < n; ++i)
    {
      const std::size_t s = static_cast<std::size_t>(i);
      c.nodes[i]          = line.nodes[s];
      c.weights[i]        = line.weights[s];
      c.lower[i]          = line.lower[s];
      c.upper[i]          = line.upper[s];
      c.lower_lift[i]     = line.lower_lift[s];
      c.upper_lift[i]     = line.upper_lift[s];
      for (int q = 0; q < n; ++q)
        c.stiffness[i][q] = line.stiffness[s][static_cast<std::size_t>(q)];
    }
}

template <int n>
void fill(LineConstants<n, Vector> &c, const double *layers, const std::int32_t *layer)
{
  for (int i = 0; i < n; ++i)
    {
      c.nodes[i]      = gather(layers, layer, i);
      c.weights[i]    = gather(layers, layer, n + i);
      c.lower[i]      = gather(layers, layer, 2 * n + i);
      c.upper[i]      = gather(layers, layer, 3 * n + i);
      c.lower_lift[i] = gather(layers, layer, 4 * n + i);
      c.upper_lift[i] = gather(layers, layer, 5 * n + i);
      for (int q = 0; q < n; ++q)
        c.stiffness[i][q] = gather(layers, layer, 6 * n + n * i + q);
    }
}

/// One batch of the sweep described at run_stage(); `has_outer_weight`: the potential is Ψ = a ψ(ω), or with `quadratic`
/// a ψ₁(ω) + ψ₂(ω) + a² ψ₃(ω).
template <int dim, int n, bool has_outer_weight, bool radially_weighted, bool quadratic = false>
class Sweep
{
  static_assert(!quadratic || has_outer_weight, "the potential is quadratic in the outer weight");
  static constexpr int n_points = power(n, dim);
  static constexpr int n_side   = power(n, dim - 1);
  static constexpr int n_edge   = power(n, dim - 2);
  static constexpr int first    = has_outer_weight ? 1 : 0;
  // As VelocityTableShape has it.
  static constexpr int n_nodes    = power(n, dim - first);
  static constexpr int n_ends     = power(n, dim - first - 1);
  static constexpr int side_start = n_nodes * (1 + dim - first);
  static constexpr int n_rows     = (side_start + 2 * (dim - first) * n_ends + 7) / 8 * 8;
  static constexpr int gradient(int d) { return n_nodes * (1 + d - first); }
  static constexpr int end(int d, int s) { return side_start + (2 * (d - first) + s) * n_ends; }

  using Last = std::conditional_t<radially_weighted, Vector, double>;

  /// First node of line t along axis d; its nodes are n^d apart.
  static constexpr int line_start(int d, int t) { return t % power(n, d) + t / power(n, d) * power(n, d + 1); }

  /// Batches: far enough for memory to answer, near enough for the caches to keep what it sent.
  static constexpr std::size_t prefetch_distance = 4;

public:
  explicit Sweep(StageArguments &arguments)
    : args(arguments)
    , b(*arguments.batches)
    , shape(*arguments.shape)
  {
    fill(legendre, b.line);
  }

  void stage(std::size_t batch)
  {
    begin(batch);
    load_table(batch);
    prefetch(batch + prefetch_distance);
    double *const cells = args.u + batch * n_points * n_lanes;
    double *const saved = args.u2 + batch * n_points * n_lanes;
    for (int i = 0; i < n_points; ++i)
      {
        u[i]      = load(cells + i * n_lanes);
        result[i] = Vector{};
      }
    if (args.save)
      for (int i = 0; i < n_points; ++i)
        store(saved + i * n_lanes, u[i]);
    if (args.measure)
      for (int i = 0; i < n_points; ++i)
        rates[i] = squares[i] = Vector{};

    direction<0>(batch);
    if constexpr (dim > 1)
      direction<1>(batch);
    if constexpr (dim > 2)
      direction<2>(batch);

    if (args.measure)
      measure(batch);
    if (!args.advance)
      return;
    if (args.combine)
      for (int i = 0; i < n_points; ++i)
        {
          const Vector old = load(saved + i * n_lanes);
          store(saved + i * n_lanes, args.u2_keep * old + args.u2_mix * (u[i] + args.u2_step * result[i]));
          u[i] = args.keep * u[i] + args.mix * old + args.step * result[i];
        }
    else if (args.mix != 0.)
      for (int i = 0; i < n_points; ++i)
        u[i] = args.keep * u[i] + args.mix * load(saved + i * n_lanes) + args.step * result[i];
    else
      for (int i = 0; i < n_points; ++i)
        u[i] = args.keep * u[i] + args.step * result[i];
    for (int i = 0; i < n_points; ++i)
      store(cells + i * n_lanes, u[i]);
    traces(batch);
  }

  void only_traces(std::size_t batch)
  {
    begin(batch);
    for (int i = 0; i < n_points; ++i)
      u[i] = load(args.u + (batch * n_points + static_cast<std::size_t>(i)) * n_lanes);
    traces(batch);
  }

private:
  /// Neighbours' traces are spread over memory: without asking for them ahead of time the sweep would wait for each.
  void prefetch(std::size_t batch) const
  {
    if (batch >= b.n_batches)
      return;
    for (int side = 0; side < 2 * dim; ++side)
      LaneSources(b.neighbor.data() + (batch * 2 * dim + static_cast<std::size_t>(side)) * n_lanes)
        .prefetch(args.traces_in, n_side);
  }

  void begin(std::size_t batch)
  {
    size = load(b.size.data() + batch * n_lanes);
    for (int d = 0; d < dim; ++d)
      place[d] = load(b.place.data() + (batch * dim + static_cast<std::size_t>(d)) * n_lanes);
    if constexpr (radially_weighted)
      fill(last, b.layers.data(), b.layer.data() + batch * n_lanes);
    else
      last = legendre;
    if constexpr (has_outer_weight)
      for (int i = 0; i < n; ++i)
        a[i] = b.coarse_extent[0] * size * (place[0] + legendre.nodes[i]);
  }

  /// The lanes' rows of the velocity table.
  void load_table(std::size_t batch)
  {
    const std::int32_t *row = b.feature_row.data() + batch * n_lanes;
    // Without an outer weight the values ψ come first, of which no velocity is made.
    for (int i = has_outer_weight ? 0 : n_nodes / 8 * 8; i < n_rows; i += 8)
      load_transposed(args.table + i, row, table + i);
    if constexpr (quadratic)
      for (int i = 0; i < n_rows; i += 8)
        {
          load_transposed(args.constant_table + i, row, constant + i);
          load_transposed(args.square_table + i, row, square + i);
        }
  }

  template <int d, typename Body>
  void with_line(const Body &body)
  {
    if constexpr (d == dim - 1)
      body(last);
    else
      body(legendre);
  }

  /// −λ θ_d/h_d at the nodes of a line, and at its two ends.
  template <int d, typename Constants>
  void confinement(const Constants &line, Vector (&confine)[n + 2]) const
  {
    for (int q = 0; q < n; ++q)
      confine[q] = -args.lambda * (place[d] + line.nodes[q]);
    confine[n]     = -args.lambda * place[d];
    confine[n + 1] = -args.lambda * (place[d] + 1.);
  }

  /// A velocity along a coordinate of ω without confinement, from a row of the tables.
  Vector along_omega(int row, const Vector &weight) const
  {
    if constexpr (quadratic)
      return constant[row] + weight * (table[row] + weight * square[row]);
    else
      return weight * table[row];
  }

  template <int d>
  void direction(std::size_t batch)
  {
    with_line<d>([&](const auto &line) {
      Vector confine[n + 2];
      confinement<d>(line, confine);
      Vector along_a[has_outer_weight && d == 0 ? n_side : 1];
      if constexpr (has_outer_weight && d == 0)
        {
          const Vector scale = -1. / (b.coarse_extent[0] * size);
          for (int t = 0; t < n_side; ++t)
            along_a[t] = scale * table[t];
        }
      // −∂_a(a² ψ₃)/h = 2 ψ₃ (−a/h), at the nodes of a line and at its two ends.
      Vector twice_a[quadratic && d == 0 ? n + 2 : 1];
      if constexpr (quadratic && d == 0)
        {
          for (int q = 0; q < n; ++q)
            twice_a[q] = -2. * (place[0] + legendre.nodes[q]);
          twice_a[n]     = -2. * place[0];
          twice_a[n + 1] = -2. * (place[0] + 1.);
        }

      const LaneSources  seen_lower(b.neighbor.data() + (batch * 2 * dim + 2 * d) * n_lanes);
      const LaneSources  seen_upper(b.neighbor.data() + (batch * 2 * dim + 2 * d + 1) * n_lanes);
      const std::uint8_t given_lower = b.given[batch * 2 * dim + 2 * d], given_upper = b.given[batch * 2 * dim + 2 * d + 1];
      constexpr int      stride = power(n, d);
      for (int t = 0; t < n_side; ++t)
        {
          const int start = line_start(d, t);
          Vector    flux[n], v_lower, v_upper, u_lower = Vector{}, u_upper = Vector{};
          for (int q = 0; q < n; ++q)
            {
              const int node = start + q * stride;
              Vector    v;
              if constexpr (!has_outer_weight)
                v = table[gradient(d) + node] + confine[q];
              else if constexpr (d == 0)
                {
                  v = along_a[t] + confine[q];
                  if constexpr (quadratic)
                    v += twice_a[q] * square[t];
                }
              else
                v = along_omega(gradient(d) + node / n, a[node % n]) + confine[q];
              flux[q] = v * u[node];
              u_lower += line.lower[q] * u[node];
              u_upper += line.upper[q] * u[node];
              if (args.measure)
                {
                  rates[node] += absolute(v);
                  const Vector physical = b.coarse_extent[d] * size * v;
                  squares[node] += physical * physical;
                }
            }
          if constexpr (!has_outer_weight)
            {
              v_lower = table[end(d, 0) + t] + confine[n];
              v_upper = table[end(d, 1) + t] + confine[n + 1];
            }
          else if constexpr (d == 0)
            {
              v_lower = along_a[t] + confine[n];
              v_upper = along_a[t] + confine[n + 1];
              if constexpr (quadratic)
                {
                  v_lower += twice_a[n] * square[t];
                  v_upper += twice_a[n + 1] * square[t];
                }
            }
          else
            {
              v_lower = along_omega(end(d, 0) + t / n, a[t % n]) + confine[n];
              v_upper = along_omega(end(d, 1) + t / n, a[t % n]) + confine[n + 1];
            }
          const Vector other_lower = seen_lower.gather(args.traces_in, t * static_cast<int>(n_lanes));
          const Vector other_upper = seen_upper.gather(args.traces_in, t * static_cast<int>(n_lanes));
          Vector       f_lower     = v_lower * select(v_lower > 0., other_lower, u_lower);
          Vector       f_upper     = v_upper * select(v_upper > 0., u_upper, other_upper);
          if (given_lower != 0)
            f_lower = select_bits(given_lower, other_lower, f_lower);
          if (given_upper != 0)
            f_upper = select_bits(given_upper, other_upper, f_upper);
          for (int i = 0; i < n; ++i)
            {
              Vector r = line.lower_lift[i] * f_lower - line.upper_lift[i] * f_upper;
              for (int q = 0; q < n; ++q)
                r += line.stiffness[i][q] * flux[q];
              result[start + i * stride] += r;
            }
        }
    });
  }

  Vector volume() const
  {
    Vector product = broadcast(1.);
    for (int d = 0; d < dim; ++d)
      product *= b.coarse_extent[d] * size;
    return product;
  }

  void measure(std::size_t batch)
  {
    Vector largest = Vector{}, sum = Vector{};
    for (int i = 0; i < n_points; ++i)
      {
        largest  = maximum(largest, rates[i]);
        Vector w = last.weights[i / n_side] * u[i];
        for (int d = 0, rest = i; d < dim - 1; ++d, rest /= n)
          w *= legendre.weights[rest % n];
        sum += w * squares[i];
      }
    double lanes[n_lanes];
    store(lanes, largest);
    for (const double rate : lanes)
      args.max_rate = rate > args.max_rate ? rate : args.max_rate;
    store(args.dissipation + batch * n_lanes, volume() * sum);
  }

  void traces(std::size_t batch)
  {
    double *const out = args.traces_out + batch * 2 * dim * n_side * n_lanes;
    direction_traces<0>(out);
    if constexpr (dim > 1)
      direction_traces<1>(out);
    if constexpr (dim > 2)
      direction_traces<2>(out);
    if constexpr (has_outer_weight)
      {
        const Vector j = volume();
        for (int t = 0; t < n_side; ++t)
          {
            Vector sum = Vector{};
            for (int q = 0; q < n; ++q)
              sum += legendre.weights[q] * a[q] * u[n * t + q];
            sum *= j * last.weights[t / n_edge];
            if constexpr (dim > 2)
              sum *= legendre.weights[t % n];
            double lanes[n_lanes];
            store(lanes, sum);
            for (unsigned int lane = 0; lane < n_lanes; ++lane)
              args.columns[(batch * n_lanes + lane) * n_side + static_cast<std::size_t>(t)] = lanes[lane];
          }
      }
  }

  template <int d>
  void direction_traces(double *out)
  {
    with_line<d>([&](const auto &line) {
      constexpr int stride = power(n, d);
      for (int t = 0; t < n_side; ++t)
        {
          const int start = line_start(d, t);
          Vector    lower = Vector{}, upper = Vector{};
          for (int q = 0; q < n; ++q)
            {
              lower += line.lower[q] * u[start + q * stride];
              upper += line.upper[q] * u[start + q * stride];
            }
          store(out + (2 * d * n_side + t) * static_cast<int>(n_lanes), lower);
          store(out + ((2 * d + 1) * n_side + t) * static_cast<int>(n_lanes), upper);
        }
    });
  }

  StageArguments           &args;
  const DGBatches          &b;
  const VelocityTableShape &shape;
  LineConstants<n, double>  legendre;
  LineConstants<n, Last>    last;

  Vector size, place[dim], a[n];
  Vector u[n_points], result[n_points], rates[n_points], squares[n_points];
  Vector table[n_rows], constant[quadratic ? n_rows : 1], square[quadratic ? n_rows : 1];
};
} // namespace rhoflow
