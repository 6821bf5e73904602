#include <solvers/discretization/dg/coupling.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
Coupling::Coupling(const MeanField &mean_field)
  : Coupling(mean_field, {mean_field.n_modes(), mean_field.n_double_modes(), 1,
                          [&mean_field](unsigned int count, const double *omega, double *values, double *gradients) {
                            mean_field.modes(count, omega, values, gradients);
                          }})
{}

Coupling::Coupling(const MeanField &mean_field, CoupledModes modes)
  : field(mean_field)
  , functions(std::move(modes))
{}

std::vector<double> Coupling::points(const DGMesh &mesh, const CellKey &key) const
{
  const unsigned int dim = mesh.dimension(), n = mesh.batches().n, first = table_shape.first, n_omega = dim - first;
  const unsigned int n_nodes = table_shape.n_nodes, n_side = table_shape.n_side;
  const auto        &grid = mesh.mesh();

  // Nodes, then the points of the sides.
  const unsigned int  n_points = n_nodes + 2 * n_omega * n_side;
  std::vector<double> omega(n_points * n_omega);
  for (unsigned int i = 0; i < n_nodes; ++i)
    for (unsigned int d = 0, rest = i; d < n_omega; ++d, rest /= n)
      omega[i * n_omega + d] = grid.position(key, d + first, 0) +
                               grid.extent(key, d + first) * mesh.line(key, d + first).nodes[rest % n];
  for (unsigned int axis = 0; axis < n_omega; ++axis)
    for (unsigned int s = 0; s < 2; ++s)
      for (unsigned int i = 0; i < n_side; ++i)
        {
          double *const point = omega.data() + (n_nodes + (2 * axis + s) * n_side + i) * n_omega;
          for (unsigned int d = 0, rest = i; d < n_omega; ++d)
            if (d == axis)
              {
                // Across a periodic side both cells must see the same velocity, to the last bit.
                CellKey    next;
                const bool wraps = s == 1 && grid.neighbor(key, d + first, 1, next) && next.index[d + first] == 0;
                point[d]         = wraps ? grid.position(next, d + first, 0) : grid.position(key, d + first, s);
              }
            else
              {
                point[d] = grid.position(key, d + first, 0) +
                           grid.extent(key, d + first) * mesh.line(key, d + first).nodes[rest % n];
                rest /= n;
              }
        }
  return omega;
}

void Coupling::tabulate(const DGMesh &mesh, const CellKey &key, ModeTable &modes) const
{
  const unsigned int        first = table_shape.first, n_omega = mesh.dimension() - first;
  const unsigned int        n_modes = functions.n, n_nodes = table_shape.n_nodes, n_side = table_shape.n_side;
  const auto               &grid     = mesh.mesh();
  const std::vector<double> omega    = points(mesh, key);
  const auto                n_points = static_cast<unsigned int>(omega.size() / n_omega);
  std::vector<double>       values(n_points * n_modes), gradients(n_points * n_omega * n_modes);
  functions.evaluate(n_points, omega.data(), values.data(), gradients.data());

  for (unsigned int j = 0; j < n_modes; ++j)
    {
      for (unsigned int i = 0; i < n_nodes; ++i)
        modes.set(i, j, values[i * n_modes + j]);
      for (unsigned int axis = 0; axis < n_omega; ++axis)
        {
          const double scale = -1. / grid.extent(key, axis + first);
          for (unsigned int i = 0; i < n_nodes; ++i)
            modes.set(table_shape.gradient(axis + first) + i, j, scale * gradients[(i * n_omega + axis) * n_modes + j]);
          for (unsigned int s = 0; s < 2; ++s)
            for (unsigned int i = 0; i < n_side; ++i)
              modes.set(table_shape.side(axis + first, s) + i, j,
                        scale * gradients[((n_nodes + (2 * axis + s) * n_side + i) * n_omega + axis) * n_modes + j]);
        }
    }
}

void Coupling::rebuild(const DGMesh &mesh)
{
  table_shape            = VelocityTableShape(mesh.dimension(), mesh.batches().n, mesh.batches().has_outer_weight);
  const auto   &features = mesh.feature_cells();
  const Domain &box      = mesh.mesh().domain();

  const int         n_ranks = number_of_ranks(mesh.mesh().communicator()), rank = rank_of(mesh.mesh().communicator());
  const std::size_t n_groups = (features.size() + group_size - 1) / group_size;
  first_group                = n_groups * static_cast<std::size_t>(rank) / static_cast<std::size_t>(n_ranks);
  last_group                 = n_groups * (static_cast<std::size_t>(rank) + 1) / static_cast<std::size_t>(n_ranks);
  // Below a few ten microseconds of work a second reduction costs more than it saves.
  everyone_sums = mesh.batches().has_outer_weight && features.size() * functions.n < 60000;

  const auto needed = [&](std::size_t f) {
    return mesh.feature_used()[f] || everyone_sums ||
           (mesh.batches().has_outer_weight && f / group_size >= first_group && f / group_size < last_group);
  };
  std::size_t n_needed = 0;
  for (std::size_t f = 0; f < features.size(); ++f)
    n_needed += needed(f) ? 1 : 0;
  const std::size_t high_size = static_cast<std::size_t>(table_shape.n_rows) * functions.n_double;
  const std::size_t low_size  = static_cast<std::size_t>(table_shape.n_rows) * (functions.n - functions.n_double);
  decltype(doubles) new_doubles(n_needed * high_size);
  decltype(singles) new_singles(n_needed * low_size);
  decltype(known)   now_known(2 * n_needed);
  std::size_t       slot = 0;
  tables.assign(features.size(), ModeTable{0, 0, 0, nullptr, nullptr});
  for (std::size_t f = 0; f < features.size(); ++f)
    if (needed(f))
      {
        ModeTable &modes = tables[f];
        modes            = {table_shape.n_rows, functions.n_double, functions.n - functions.n_double,
                            new_doubles.data() + slot * high_size, new_singles.data() + slot * low_size};
        const auto old   = known.find(features[f]);
        if (old == known.end())
          tabulate(mesh, features[f], modes);
        else
          {
            std::copy_n(old->second.high, high_size, modes.high);
            std::copy_n(old->second.low, low_size, modes.low);
          }
        now_known.emplace(features[f], modes);
        ++slot;
      }
  doubles.swap(new_doubles);
  singles.swap(new_singles);
  known.swap(now_known);
  velocity_table.assign(features.size() * table_shape.n_rows, 0.);

  // |χ| ≤ |W g| ≤ max √U; the domain's corners are where features that grow are largest, the centre where bumps may be.
  const unsigned int  n_omega = field.n_feature_parameters(), first = table_shape.first;
  std::vector<double> corner(n_omega), values(functions.n);
  double              largest = 0.;
  for (unsigned int c = 0; c < (1U << n_omega) + 1; ++c)
    {
      for (unsigned int d = 0; d < n_omega; ++d)
        corner[d] = c == (1U << n_omega) ? 0.5 * (box.lower[d + first] + box.upper[d + first]) :
                                           (((c >> d) & 1U) != 0 ? box.upper[d + first] : box.lower[d + first]);
      functions.evaluate(1, corner.data(), values.data(), nullptr);
      for (const double v : values)
        largest = std::max(largest, std::abs(v));
    }
  const double weight = mesh.batches().has_outer_weight ? std::max({1e-3, std::abs(box.lower[0]), std::abs(box.upper[0])}) : 1.;
  const double amplitude = functions.power == 1 ? weight : std::pow(weight, functions.power);
  column_scale           = BinnedScale(amplitude);
  node_weights.assign(mesh.batches().has_outer_weight ? 0 : table_shape.n_nodes, 1.);
  for (std::size_t i = 0; i < node_weights.size(); ++i)
    for (std::size_t d = 0, rest = i; d < mesh.batches().dim; ++d, rest /= mesh.batches().n)
      node_weights[i] *= mesh.batches().coarse_extent[d] * mesh.batches().line.weights[rest % mesh.batches().n];
  moment_scale = BinnedScale(amplitude * std::max(largest, 1e-3));
}

void Coupling::check_capacity(const std::vector<double> &sums, const BinnedScale &scale) const
{
  if (!all_below(sums, scale.capacity))
    throw RunError(
      "the moments of the density are no longer finite or have grown a thousandfold: the scheme is unstable. "
      "Reduce 'Discontinuous Galerkin/CFL number'; if mass is pressed against a side of the box, enlarge it or set "
      "'Discontinuous Galerkin/Positivity = every stage'.");
}

std::vector<double> Coupling::moments(const DGMesh &mesh, const double *u, const double *columns) const
{
  const unsigned int n_padded = table_shape.n_padded_nodes;
  if (!mesh.batches().has_outer_weight)
    return sums(mesh, n_padded / 8, moment_scale,
                [&](std::size_t, const std::size_t c, double *weights) { masses(mesh, u, c, weights); });
  std::vector<double> &global = column_sums;
  global.assign(2 * tables.size() * n_padded, 0.);
  add_columns(mesh.n_cells(), mesh.feature_of_cells(), table_shape.n_nodes, n_padded, columns, column_scale, global.data());
  MPI_Allreduce(MPI_IN_PLACE, global.data(), static_cast<int>(global.size()), MPI_DOUBLE, MPI_SUM, mesh.mesh().communicator());
  check_capacity(global, column_scale);
  return sums(mesh, n_padded / 8, moment_scale, [&](const std::size_t f, std::size_t, double *weights) { masses(f, weights); });
}

void Coupling::masses(const std::size_t feature, double *result) const
{
  const unsigned int  n_padded = table_shape.n_padded_nodes;
  const double *const high     = &column_sums[2 * feature * n_padded];
  for (unsigned int i = 0; i < table_shape.n_nodes; ++i)
    result[i] = high[i] + high[n_padded + i];
}

void Coupling::masses(const DGMesh &mesh, const double *u, const std::size_t c, double *result) const
{
  const DGBatches &b = mesh.batches();
  // 2^−level to the power D: exact.
  const double share = b.dim == 1 ? b.size[c] : (b.dim == 2 ? b.size[c] * b.size[c] : b.size[c] * b.size[c] * b.size[c]);
  for (unsigned int i = 0; i < table_shape.n_nodes; ++i)
    result[i] = share * node_weights[i] * u[mesh.at(c, i)];
}

std::vector<double> Coupling::sums(const DGMesh &mesh, const unsigned int n_blocks, const BinnedScale &scale,
                                   const RowWeights &weights) const
{
  const unsigned int n_modes = functions.n, n_rows = 8 * n_blocks;
  const MPI_Comm     comm = mesh.mesh().communicator();
  MomentSums         partial(n_modes, scale);
  if (mesh.batches().has_outer_weight)
    {
      std::vector<double> of_group(group_size * n_rows, 0.);
      const std::size_t   n_groups = (tables.size() + group_size - 1) / group_size;
      for (std::size_t group = everyone_sums ? 0 : first_group; group < (everyone_sums ? n_groups : last_group); ++group)
        {
          const std::size_t begin = group * group_size, end = std::min(begin + group_size, tables.size());
          for (std::size_t f = begin; f < end; ++f)
            weights(f, 0, &of_group[(f - begin) * n_rows]);
          partial.add_group(tables.data() + begin, end - begin, of_group.data(), n_blocks);
        }
    }
  else
    {
      std::vector<double> of_cell(n_rows, 0.);
      for (std::size_t c = 0; c < mesh.n_cells(); ++c)
        {
          weights(mesh.feature_of(c), c, of_cell.data());
          partial.add_group(&tables[mesh.feature_of(c)], 1, of_cell.data(), n_blocks);
        }
    }
  std::vector<double> &data = partial.sums();
  if (!everyone_sums)
    MPI_Allreduce(MPI_IN_PLACE, data.data(), static_cast<int>(data.size()), MPI_DOUBLE, MPI_SUM, comm);
  check_capacity(data, scale);
  std::vector<double> result(n_modes, 0.);
  for (unsigned int j = 0; j < n_modes; ++j)
    for (unsigned int lane = 0; lane < 8; ++lane)
      result[j] += data[j * 8 + lane] + data[(n_modes + j) * 8 + lane];
  return result;
}

void Coupling::update(const DGMesh &mesh, const std::vector<double> &e)
{
  residual                       = e;
  const unsigned int first_block = mesh.batches().has_outer_weight ? 0 : table_shape.n_nodes / 8;
  for (std::size_t f = 0; f < tables.size(); ++f)
    if (mesh.feature_used()[f])
      evaluate_potential(tables[f], e, first_block, table_shape.n_rows / 8, velocity_table.data() + f * table_shape.n_rows);
}

void Coupling::potential(const DGMesh &mesh, std::size_t c, double *psi) const
{
  const std::size_t   f = mesh.feature_of(c);
  std::vector<double> values(table_shape.n_padded_nodes);
  evaluate_potential(tables[f], residual, 0, table_shape.n_padded_nodes / 8, values.data());
  const unsigned int n = mesh.batches().n, n_points = mesh.points_per_cell();
  if (!mesh.batches().has_outer_weight)
    {
      std::copy_n(values.begin(), n_points, psi);
      return;
    }
  const CellKey &key = mesh.mesh().cells()[c];
  for (unsigned int i = 0; i < n_points; ++i)
    psi[i] = (mesh.mesh().position(key, 0, 0) + mesh.mesh().extent(key, 0) * mesh.line(key, 0).nodes[i % n]) * values[i / n];
}
} // namespace rhoflow
