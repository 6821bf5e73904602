#include <solvers/fokker_planck/fitted_operator.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <solvers/discretization/nodal/nodal_potential.h>
#include <solvers/discretization/nodal/nodal_space.h>

namespace rhoflow
{
namespace
{
/// x/(e^x − 1).
double bernoulli(double x)
{
  if (std::abs(x) < 1e-4)
    return 1. - x * (.5 - x / 12.);
  return x > 700. ? 0. : x / std::expm1(x);
}

/// The part of the monotone fluxes along a line of degree k over which Φ varies by `range`. Measured on an Ornstein–Uhlenbeck
/// process: up to about 2k the polynomials are better, beyond they overshoot.
double monotone_part(double range, unsigned int k)
{
  constexpr double first[max_degree] = {1., 3., 5., 6.}, all[max_degree] = {2., 5., 8., 10.};
  return std::clamp((range - first[k - 1]) / (all[k - 1] - first[k - 1]), 0., 1.);
}

/// Of Φ, before the preconditioner is made anew.
constexpr double       max_change     = 5.;
constexpr unsigned int few_iterations = 8;
} // namespace

FittedOperator::FittedOperator(const NodalSpace &space, const NodalPotential &field)
  : nodes(space)
  , potential(field)
  , degree(space.degree())
  , radial_axis(field.measure().radial_power > 0 ? space.dimension() - 1 : space.dimension())
  , falls_back(space.n_cells(), 0)
  , has_hanging(space.n_cells(), 0)
{
  const LobattoLine &element = nodes.line();
  const unsigned int n       = element.n;
  for (unsigned int d = 0, stride = 1; d < nodes.dimension(); ++d, stride *= n)
    for (unsigned int start = 0; start < nodes.points_per_cell(); ++start)
      if (start / stride % n == 0)
        {
          double across = 1.;
          for (unsigned int e = 0, rest = start; e < nodes.dimension(); ++e, rest /= n)
            if (e != d)
              across *= element.weights[rest % n];
          lines.push_back({d, start, stride, across});
        }
  for (std::size_t c = 0; c < nodes.n_cells(); ++c)
    for (unsigned int i = 0; i < nodes.points_per_cell(); ++i)
      if (nodes.number(nodes.cell(c)[i]) < 0 && !is_void(c, i))
        has_hanging[c] = 1;

  fluxes.monotone          = false;
  monotone_fluxes.monotone = true;
  list(fluxes);
  // On a line the matrix is narrow enough to be factorised as it is.
  separate = degree > 1 && nodes.dimension() > 1;
  if (separate)
    list(monotone_fluxes);
  system = std::make_unique<LinearSystem>(nodes.mesh().communicator(), nodes.n_owned(), fluxes.places,
                                          separate ? &monotone_fluxes.places : nullptr);
}

bool FittedOperator::is_void(std::size_t cell, unsigned int point) const
{
  const std::uint32_t node = nodes.cell(cell)[point];
  return nodes.terms_begin(node) == nodes.terms_end(node);
}

void FittedOperator::weigh_terms()
{
  term_weight.assign(nodes.n_terms(), 1.);
  term_factor.assign(nodes.n_terms(), 1.);
  for (std::size_t h = 0; h < nodes.n_local(); ++h)
    {
      const auto *const begin = nodes.terms_begin(h), *const end = nodes.terms_end(h);
      if (begin == end || begin->node == h)
        continue;
      double lowest = std::numeric_limits<double>::infinity(), highest = -lowest, lower = lowest, upper = highest, sum = 0.;
      for (auto t = begin; t != end; ++t)
        {
          lower = std::min(lower, phi[t->node]);
          upper = std::max(upper, phi[t->node]);
          if (t->weight > 0.)
            {
              lowest  = std::min(lowest, phi[t->node]);
              highest = std::max(highest, phi[t->node]);
            }
        }
      // A valley or a ridge between the nodes of the coarser side is not its business.
      phi[h]              = std::clamp(phi[h], lowest - 1., highest + 1.);
      const double range  = std::max(upper, phi[h]) - std::min(lower, phi[h]);
      const double upwind = std::clamp(.5 * (range - 2.), 0., 1.);
      for (auto t = begin; t != end; ++t)
        sum += std::max(t->weight, 0.) * std::exp(-std::max(phi[t->node] - phi[h], 0.));
      for (auto t = begin; t != end; ++t)
        {
          const double      difference = phi[t->node] - phi[h];
          const std::size_t k          = nodes.term_number(t);
          const double      positive   = upwind * std::max(t->weight, 0.) / sum;
          term_weight[k]               = (1. - upwind) * t->weight + positive * std::exp(-std::max(difference, 0.));
          term_factor[k]               = positive * std::exp(std::min(difference, 0.));
          if (upwind < 1.)
            term_factor[k] += (1. - upwind) * t->weight * std::exp(difference);
        }
    }
}

void FittedOperator::list(Entries &entries) const
{
  const unsigned int n = degree + 1;
  entries.first.assign(1, 0);
  for (std::size_t c = 0; c < nodes.n_cells(); ++c)
    {
      const std::uint32_t *const cell = nodes.cell(c);
      for (const Line &line : lines)
        for (unsigned int j = 0; j < n; ++j)
          for (unsigned int i = 0; i < n; ++i)
            {
              if (entries.monotone && (i > j + 1 || j > i + 1))
                continue;
              const std::uint32_t row = cell[line.start + j * line.stride], column = cell[line.start + i * line.stride];
              for (auto r = nodes.terms_begin(row); r != nodes.terms_end(row); ++r)
                for (auto t = nodes.terms_begin(column); t != nodes.terms_end(column); ++t)
                  {
                    entries.places.rows.push_back(static_cast<int>(nodes.number(r->node)));
                    entries.places.columns.push_back(static_cast<int>(nodes.number(t->node)));
                  }
            }
      entries.first.push_back(entries.places.rows.size());
    }
  for (std::size_t i = 0; i < nodes.n_owned(); ++i)
    {
      entries.places.rows.push_back(static_cast<int>(nodes.first_owned() + static_cast<std::int64_t>(i)));
      entries.places.columns.push_back(entries.places.rows.back());
    }
  entries.values.resize(entries.places.rows.size());
}

void FittedOperator::line_matrix(std::size_t c, const Line &line, bool monotone, double *matrix) const
{
  const LobattoLine         &element = nodes.line();
  const unsigned int         n       = degree + 1;
  const std::uint32_t *const cell    = nodes.cell(c);
  const CellKey             &key     = nodes.mesh().cells()[c];
  const double               h       = nodes.mesh().extent(key, line.axis);
  double                     across  = line.across / potential.beta();
  for (unsigned int e = 0; e < nodes.dimension(); ++e)
    if (e != line.axis)
      across *= nodes.mesh().extent(key, e);

  double values[max_points], lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  bool   empty[max_points];
  bool   any_empty = false;
  for (unsigned int i = 0; i < n; ++i)
    {
      const unsigned int point = line.start + i * line.stride;
      empty[i]                 = line.axis == radial_axis ? is_void(c, point) : is_void(c, line.start);
      any_empty                = any_empty || empty[i];
      values[i]                = phi[cell[point]];
      if (!empty[i])
        {
          lowest  = std::min(lowest, values[i]);
          highest = std::max(highest, values[i]);
        }
    }
  std::fill(matrix, matrix + n * n, 0.);
  // Nothing flows to r = 0, where the measure vanishes.
  const double part = monotone || any_empty || falls_back[c] != 0 ? 1. : monotone_part(highest - lowest, degree);
  if (part > 0.)
    for (unsigned int i = 0; i + 1 < n; ++i)
      {
        if (empty[i] || empty[i + 1])
          continue;
        const double difference = values[i + 1] - values[i];
        const double scale      = part * across / (h * (element.nodes[i + 1] - element.nodes[i]));
        const double up = scale * bernoulli(difference), down = scale * bernoulli(-difference);
        matrix[i * n + i] += up;
        matrix[(i + 1) * n + i] -= up;
        matrix[i * n + i + 1] -= down;
        matrix[(i + 1) * n + i + 1] += down;
      }
  if (part >= 1.)
    return;

  const bool radial = line.axis == radial_axis;
  double     growth[max_points]; // exp(Φ_i − lowest)
  double     regular[max_points];
  for (unsigned int i = 0; i < n; ++i)
    {
      growth[i]  = std::exp(values[i] - lowest);
      regular[i] = values[i] - (radial ? potential.radial_part(cell[line.start + i * line.stride]) : 0.);
    }
  for (unsigned int g = 0; g < degree; ++g)
    {
      double exponent = 0.;
      for (unsigned int i = 0; i < n; ++i)
        exponent += element.interpolate[g][i] * regular[i];
      if (radial)
        exponent -= potential.measure().radial_power *
                    std::log(nodes.mesh().position(key, line.axis, 0) + h * element.gauss_nodes[g]);
      const double weight = (1. - part) * across / h * element.gauss_weights[g] * std::exp(lowest - exponent);
      for (unsigned int j = 0; j < n; ++j)
        for (unsigned int i = 0; i < n; ++i)
          matrix[j * n + i] += weight * element.differentiate[g][j] * element.differentiate[g][i] * growth[i];
    }
}

void FittedOperator::fill(Entries &entries) const
{
  const unsigned int n = degree + 1;
  double             matrix[max_points * max_points];
  for (std::size_t c = 0; c < nodes.n_cells(); ++c)
    {
      const std::uint32_t *const cell  = nodes.cell(c);
      double                    *value = entries.values.data() + entries.first[c];
      for (const Line &line : lines)
        {
          line_matrix(c, line, entries.monotone, matrix);
          for (unsigned int j = 0; j < n; ++j)
            for (unsigned int i = 0; i < n; ++i)
              {
                if (entries.monotone && (i > j + 1 || j > i + 1))
                  continue;
                const std::uint32_t row = cell[line.start + j * line.stride], column = cell[line.start + i * line.stride];
                for (auto r = nodes.terms_begin(row); r != nodes.terms_end(row); ++r)
                  for (auto t = nodes.terms_begin(column); t != nodes.terms_end(column); ++t)
                    {
                      *value++ = term_weight[nodes.term_number(r)] * term_factor[nodes.term_number(t)] * matrix[j * n + i];
                    }
              }
        }
      if (has_hanging[c] != 0 && (falls_back[c] != 0 || entries.monotone))
        make_monotone(c, entries);
    }
}

void FittedOperator::make_monotone(std::size_t c, Entries &entries) const
{
  // What flows against the difference of u between two nodes is turned off: in K = A exp(Φ) a positive entry beside the
  // diagonal moves to the diagonal of its column, and by the symmetry of A so does its mirror image.
  struct Sum
  {
    double      value = 0.;
    std::size_t place = 0;
  };
  std::map<std::pair<int, int>, Sum> sums;
  for (std::size_t k = entries.first[c]; k < entries.first[c + 1]; ++k)
    {
      Sum &sum = sums[{entries.places.columns[k], entries.places.rows[k]}];
      sum.value += entries.values[k];
      sum.place = k;
    }
  for (const auto &[place, sum] : sums)
    if (place.first != place.second && sum.value > 0.)
      {
        entries.values[sum.place] -= sum.value;
        entries.values[sums.at({place.first, place.first}).place] += sum.value;
      }
}

void FittedOperator::set_shift(Entries &entries, double s) const
{
  for (std::size_t i = 0; i < nodes.n_owned(); ++i)
    entries.values[entries.first.back() + i] = s * nodes.weights()[i];
}

std::vector<double> FittedOperator::contributions(double s, bool monotone, MatrixPlaces &places) const
{
  Entries entries;
  entries.monotone = monotone;
  list(entries);
  fill(entries);
  set_shift(entries, s);
  places = std::move(entries.places);
  return std::move(entries.values);
}

void FittedOperator::update(const std::vector<double> &exponents)
{
  phi = exponents;
  weigh_terms();
  fill(fluxes);
  set_shift(fluxes, shift);
  system->set_matrix(fluxes.values);
}

std::vector<double> FittedOperator::apply(const std::vector<double> &p)
{
  std::vector<double> result;
  system->multiply(p, result);
  for (std::size_t i = 0; i < p.size(); ++i)
    result[i] -= shift * nodes.weights()[i] * p[i];
  return result;
}

std::vector<double> FittedOperator::values_at_nodes(const std::vector<double> &p) const
{
  const std::vector<double> free   = nodes.to_local(p);
  std::vector<double>       result = free;
  for (std::size_t i = 0; i < result.size(); ++i)
    if (nodes.number(i) < 0)
      {
        double sum = 0.;
        for (auto t = nodes.terms_begin(i); t != nodes.terms_end(i); ++t)
          sum += term_factor[nodes.term_number(t)] * free[t->node];
        result[i] = sum;
      }
  return result;
}

double FittedOperator::peclet(std::size_t c) const
{
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (unsigned int i = 0; i < nodes.points_per_cell(); ++i)
    if (!is_void(c, i))
      {
        lowest  = std::min(lowest, phi[nodes.cell(c)[i]]);
        highest = std::max(highest, phi[nodes.cell(c)[i]]);
      }
  return std::max(highest - lowest, 0.);
}

double FittedOperator::largest_rate()
{
  double rate = 0.;
  if (shift != 0.)
    {
      shift = 0.;
      set_shift(fluxes, shift);
      system->set_matrix(fluxes.values);
    }
  const std::vector<double> columns = system->column_sums_of_sizes();
  for (std::size_t i = 0; i < columns.size(); ++i)
    rate = std::max(rate, columns[i] / nodes.weights()[i]);
  return dealii::Utilities::MPI::max(rate, nodes.mesh().communicator());
}

double FittedOperator::largest_change(const std::vector<double> &old) const
{
  double change = old.empty() ? std::numeric_limits<double>::infinity() : 0.;
  for (std::size_t i = 0; i < old.size(); ++i)
    change = std::max(change, std::abs(phi[i] - old[i]));
  return dealii::Utilities::MPI::max(change, nodes.mesh().communicator());
}

void FittedOperator::renew_preconditioner()
{
  if (separate)
    {
      fill(monotone_fluxes);
      set_shift(monotone_fluxes, shift);
      system->set_preconditioner(monotone_fluxes.values);
    }
  else
    system->renew_preconditioner();
  preconditioner_shift = shift;
  preconditioner_phi   = phi;
  first_iterations     = 0;
}

LinearResult FittedOperator::solve(double s, const std::vector<double> &b, std::vector<double> &p, double tolerance)
{
  if (s != shift)
    {
      shift = s;
      set_shift(fluxes, s);
      system->set_matrix(fluxes.values);
    }
  // A preconditioner serves until the iterations become many more than they were with it when it was new, or, where they are
  // many anyway, until the potential is another one.
  bool fresh = renew || s > 2. * preconditioner_shift || s < .5 * preconditioner_shift ||
               (first_iterations > few_iterations && largest_change(preconditioner_phi) > max_change);
  if (fresh)
    renew_preconditioner();
  // What round-off leaves of K p where p is at rest.
  const double              floor          = 3e-15 * system->diagonal_size(p);
  constexpr unsigned int    max_iterations = 200;
  const unsigned int        patience       = fresh ? max_iterations : std::min(max_iterations, 15 + first_iterations);
  const std::vector<double> guess          = p;
  LinearResult              result         = system->solve(b, p, tolerance, floor, patience);
  if (!result.converged && !fresh)
    {
      const unsigned int before = result.iterations;
      renew_preconditioner();
      fresh  = true;
      result = system->solve(b, p, tolerance, floor, max_iterations);
      result.iterations += before;
    }
  if (!std::isfinite(result.residual))
    {
      result.converged = false;
      p                = guess;
    }
  if (fresh)
    first_iterations = std::max(result.iterations, 1U);
  renew = !result.converged || result.iterations > first_iterations + std::max(5U, first_iterations / 2) ||
          nodes.dimension() == 1;
  return result;
}
} // namespace rhoflow
