#include <solvers/discretization/dg/moment_functionals.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/discretization/dg/coupling.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
/// Feature cells whose sums are added up before they join the order-independent ones.
constexpr std::size_t group_size = 16;
} // namespace

MomentFunctionals::MomentFunctionals(const DGMesh &dg_mesh, const Coupling &coupling, const EquidistantPoints &points)
  : mesh(dg_mesh)
  , equidistant(points)
  , first_summed(coupling.first_summed())
  , last_summed(coupling.last_summed())
{
  const DGBatches   &b        = mesh.batches();
  const unsigned int n_points = mesh.points_per_cell(), n_omega = b.dim - (b.has_outer_weight ? 1 : 0);
  n_modes                      = coupling.mean_field().n_modes();
  const unsigned int n_squares = n_omega * (n_omega + 1) / 2;
  layout.n_line                = b.has_outer_weight ? b.n : 1;
  layout.n_nodes               = n_points / layout.n_line;
  layout.n_powers              = b.has_outer_weight ? 3 : 1;
  layout.first[1]              = 1 + n_omega + n_squares + (b.has_outer_weight ? 0 : n_modes);
  layout.first[2]              = layout.first[1] + 1 + n_omega + n_modes;
  layout.first[3]              = layout.first[2] + 1;

  const auto   &cells   = mesh.mesh().cells();
  const Domain &box     = mesh.mesh().domain();
  const double  largest = std::max(std::abs(box.lower[0]), std::abs(box.upper[0]));
  point_measure.resize(cells.size() * n_points);
  lines.assign(cells.size() * layout.n_powers * layout.n_line, 1.);
  for (std::size_t c = 0; c < cells.size(); ++c)
    {
      for (unsigned int i = 0; i < n_points; ++i)
        {
          double &measure = point_measure[c * n_points + i];
          measure         = 1.;
          for (unsigned int d = 0, rest = i; d < b.dim; ++d, rest /= b.n)
            measure *= mesh.mesh().extent(cells[c], d) * equidistant.line(cells[c], d).measure[rest % b.n];
        }
      for (unsigned int p = 1; p < layout.n_powers; ++p)
        {
          std::array<double, max_points> f{};
          for (unsigned int q = 0; q < b.n; ++q)
            f[q] = std::pow(
              (mesh.mesh().position(cells[c], 0, 0) + mesh.mesh().extent(cells[c], 0) * b.line.nodes[q]) / largest, p);
          equidistant.line(cells[c], 0).functional(b.line, f, lines.data() + (c * layout.n_powers + p) * layout.n_line);
        }
    }
  rows.resize(mesh.feature_cells().size());
  for (std::size_t f = 0; f < rows.size(); ++f)
    if (coupling.modes(f) != nullptr)
      build_rows(f, mesh.feature_cells()[f], coupling);
}

void MomentFunctionals::build_rows(std::size_t feature, const CellKey &key, const Coupling &coupling)
{
  const DGBatches   &b     = mesh.batches();
  const Domain      &box   = mesh.mesh().domain();
  const unsigned int first = b.has_outer_weight ? 1 : 0, n_omega = b.dim - first;
  const unsigned int K = size(), n_nodes = layout.n_nodes;
  auto              &row = rows[feature];
  row.assign(n_nodes * K, 0.);

  // line_values[d][p][e]: the functional of the p-th power of a coordinate.
  double line_values[3][3][max_points];
  for (unsigned int d = first; d < b.dim; ++d)
    for (unsigned int p = 0; p < 3; ++p)
      {
        const LineBasis               &basis = mesh.line(key, d);
        std::array<double, max_points> f{};
        for (unsigned int q = 0; q < b.n; ++q)
          f[q] = std::pow((mesh.mesh().position(key, d, 0) + mesh.mesh().extent(key, d) * basis.nodes[q] -
                           0.5 * (box.lower[d] + box.upper[d])) /
                            (0.5 * (box.upper[d] - box.lower[d])),
                          p);
        equidistant.line(key, d).functional(basis, f, line_values[d][p]);
      }
  std::vector<double> weight(n_nodes), measure(n_nodes), column(n_nodes);
  for (unsigned int i = 0; i < n_nodes; ++i)
    {
      unsigned int at[3] = {0, 0, 0};
      weight[i] = measure[i] = 1.;
      for (unsigned int d = first, rest = i; d < b.dim; ++d, rest /= b.n)
        {
          at[d]                  = rest % b.n;
          const LineBasis &basis = mesh.line(key, d);
          weight[i] *= basis.weights[at[d]] * basis.weight_mean;
          measure[i] *= equidistant.line(key, d).measure[at[d]];
        }
      const auto product = [&](const std::array<unsigned int, 3> &power) {
        double value = 1.;
        for (unsigned int d = first; d < b.dim; ++d)
          value *= line_values[d][power[d]][at[d]];
        return value;
      };
      unsigned int k = 0;
      for (unsigned int p = 0; p < layout.n_powers; ++p)
        {
          k                = layout.first[p];
          row[i * K + k++] = product({{0, 0, 0}});
          for (unsigned int d = first; d < b.dim && p < 2; ++d)
            {
              std::array<unsigned int, 3> power{};
              power[d]         = 1;
              row[i * K + k++] = product(power);
            }
          for (unsigned int d = first; d < b.dim && p < 1; ++d)
            for (unsigned int e = d; e < b.dim; ++e)
              {
                std::array<unsigned int, 3> power{};
                ++power[d];
                ++power[e];
                row[i * K + k++] = product(power);
              }
        }
    }
  const unsigned int first_mode = b.has_outer_weight ? layout.first[1] + 1 + n_omega : layout.first[1] - n_modes;
  const ModeTable   &modes      = *coupling.modes(feature);
  for (unsigned int j = 0; j < n_modes; ++j)
    {
      for (unsigned int i = 0; i < n_nodes; ++i)
        column[i] = weight[i] * modes.entry(i, j);
      equidistant.transposed_to_gauss(key, first, column);
      for (unsigned int i = 0; i < n_nodes; ++i)
        row[i * K + first_mode + j] = column[i] / measure[i];
    }
}

template <typename Work, typename End>
void MomentFunctionals::for_each_group(const Work &work, const End &end) const
{
  if (mesh.batches().has_outer_weight)
    for (std::size_t f = first_summed; f < last_summed; ++f)
      {
        work(f);
        if (f + 1 == last_summed || (f + 1) % group_size == 0)
          end();
      }
  else
    // Every cell by itself: which cells are neighbours in the list depends on the partition.
    for (std::size_t c = 0; c < mesh.n_cells(); ++c)
      {
        work(mesh.feature_of(c));
        end();
      }
}

std::vector<double> MomentFunctionals::columns(const std::vector<double> &v) const
{
  const unsigned int  n_points = mesh.points_per_cell(), width = layout.n_pairs() * layout.n_nodes;
  std::vector<double> result(rows.size() * width, 0.), low(mesh.batches().has_outer_weight ? result.size() : 0, 0.),
    sums(width);
  const BinnedScale scale(total);
  for (std::size_t c = 0; c < mesh.n_cells(); ++c)
    {
      const std::size_t place = mesh.feature_of(c) * width;
      column_sums(layout, lines.data() + c * layout.n_powers * layout.n_line, point_measure.data() + c * n_points,
                  v.data() + c * n_points, sums.data());
      if (mesh.batches().has_outer_weight)
        add_binned(width, sums.data(), scale, result.data() + place, low.data() + place);
      else
        std::copy(sums.begin(), sums.end(), result.begin() + static_cast<std::ptrdiff_t>(place));
    }
  if (mesh.batches().has_outer_weight)
    {
      const MPI_Comm comm = mesh.mesh().communicator();
      for (auto *part : {&result, &low})
        MPI_Allreduce(MPI_IN_PLACE, part->data(), static_cast<int>(part->size()), MPI_DOUBLE, MPI_SUM, comm);
      for (std::size_t i = 0; i < result.size(); ++i)
        result[i] += low[i];
    }
  return result;
}

void MomentFunctionals::normalize(const std::vector<double> &v, double least)
{
  const MPI_Comm comm = mesh.mesh().communicator();
  ExactSum       sum;
  for (std::size_t i = 0; i < v.size(); ++i)
    sum.add(point_measure[i] * v[i]);
  total = global_sum(sum, comm);

  const unsigned int        K = size(), width = layout.n_pairs() * layout.n_nodes;
  const std::vector<double> sums = columns(v);
  std::vector<ExactSum>     squares(K);
  std::vector<double>       partial(K, 0.);
  for_each_group(
    [&](std::size_t f) {
      for (unsigned int p = 0; p < layout.n_powers; ++p)
        for (unsigned int i = 0; i < layout.n_nodes; ++i)
          {
            const double weight = sums[f * width + layout.pair(p, p) * layout.n_nodes + i];
            for (unsigned int k = layout.first[p]; k < layout.first[p + 1]; ++k)
              partial[k] += weight * rows[f][i * K + k] * rows[f][i * K + k];
          }
    },
    [&]() {
      for (unsigned int k = 0; k < K; ++k)
        squares[k].add(partial[k]);
      std::fill(partial.begin(), partial.end(), 0.);
    });
  std::vector<double> factor = global_sums(squares, comm);
  for (double &s : factor)
    s = s > least * total ? std::sqrt(total / s) : 0.;
  for (auto &row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] *= factor[i % K];
}

void MomentFunctionals::orthonormalize(const std::vector<double> &v)
{
  // Cholesky's decomposition of the Gram matrix resolves combinations whose mean square is 1e-14 of the functionals' or more,
  // if the largest remaining pivot is taken first. It is applied twice: smaller combinations come out of explicit differences,
  // whose round-off is 1e-16 of the functionals, and are orthonormal after the second time.
  constexpr double  resolution = 1e-14, least = 1e-24;
  const std::size_t K = size();
  normalize(v, 0.);
  for (unsigned int pass = 0; pass < 2; ++pass)
    {
      std::vector<double> matrix = gram(v);
      for (unsigned int p = 0; p < layout.n_powers; ++p)
        {
          std::vector<std::size_t> remaining(layout.first[p + 1] - layout.first[p]);
          std::iota(remaining.begin(), remaining.end(), layout.first[p]);
          const auto entry = [&](std::size_t k, std::size_t l) -> double & {
            return matrix[std::min(k, l) * K + std::max(k, l)];
          };
          while (!remaining.empty())
            {
              const auto        smaller = [&](std::size_t k, std::size_t l) { return entry(k, k) < entry(l, l); };
              const auto        largest = std::max_element(remaining.begin(), remaining.end(), smaller);
              const std::size_t k       = *largest;
              if (!(entry(k, k) > resolution * total))
                break;
              remaining.erase(largest);
              const double pivot = std::sqrt(entry(k, k) / total);
              for (const std::size_t l : remaining)
                entry(k, l) /= pivot * total;
              for (const std::size_t i : remaining)
                for (const std::size_t l : remaining)
                  if (i <= l)
                    entry(i, l) -= entry(k, i) * entry(k, l) * total;
              for (auto &table : rows)
                for (std::size_t i = 0; i < table.size(); i += K)
                  {
                    table[i + k] /= pivot;
                    for (const std::size_t l : remaining)
                      table[i + l] -= entry(k, l) * table[i + k];
                  }
            }
        }
      normalize(v, pass == 0 ? least : resolution);
    }
}

std::vector<double> MomentFunctionals::integrals(const std::vector<double> &v) const
{
  const unsigned int        K = size(), width = layout.n_pairs() * layout.n_nodes;
  const std::vector<double> sums = columns(v);
  std::vector<ExactSum>     exact(K);
  std::vector<double>       partial(K, 0.);
  for_each_group(
    [&](std::size_t f) {
      for (unsigned int p = 0; p < layout.n_powers; ++p)
        for (unsigned int i = 0; i < layout.n_nodes; ++i)
          {
            const double weight = sums[f * width + layout.pair(0, p) * layout.n_nodes + i];
            for (unsigned int k = layout.first[p]; k < layout.first[p + 1]; ++k)
              partial[k] += weight * rows[f][i * K + k];
          }
    },
    [&]() {
      for (unsigned int k = 0; k < K; ++k)
        exact[k].add(partial[k]);
      std::fill(partial.begin(), partial.end(), 0.);
    });
  return global_sums(exact, mesh.mesh().communicator());
}

std::vector<double> MomentFunctionals::gram(const std::vector<double> &s) const
{
  const std::size_t         K = size(), width = layout.n_pairs() * layout.n_nodes, n = K * K;
  const std::vector<double> sums = columns(s);
  const BinnedScale         scale(total);
  std::vector<double>       partial(n, 0.), binned(2 * n, 0.);
  for_each_group([&](std::size_t f) { add_gram(layout, rows[f].data(), sums.data() + f * width, partial.data()); },
                 [&]() {
                   add_binned(n, partial.data(), scale, binned.data(), binned.data() + n);
                   std::fill(partial.begin(), partial.end(), 0.);
                 });
  MPI_Allreduce(MPI_IN_PLACE, binned.data(), static_cast<int>(2 * n), MPI_DOUBLE, MPI_SUM, mesh.mesh().communicator());
  for (std::size_t i = 0; i < n; ++i)
    partial[i] = binned[i] + binned[n + i];
  return partial;
}

void MomentFunctionals::combine(const std::vector<double> &c, std::vector<double> &t) const
{
  const unsigned int  n_points = mesh.points_per_cell(), width = layout.n_powers * layout.n_nodes;
  std::vector<double> contracted(rows.size() * width);
  for (std::size_t f = 0; f < rows.size(); ++f)
    if (!rows[f].empty())
      contract_functionals(layout, rows[f].data(), c.data(), contracted.data() + f * width);
  t.resize(mesh.n_cells() * n_points);
  for (std::size_t cell = 0; cell < mesh.n_cells(); ++cell)
    add_up_functionals(layout, lines.data() + cell * layout.n_powers * layout.n_line,
                       contracted.data() + mesh.feature_of(cell) * width, t.data() + cell * n_points);
}
} // namespace rhoflow
