#include <meshes/cell_key.h>
#include <meshes/domain.h>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace rhoflow
{
using namespace dealii;

namespace
{
/// Makes one value for each coordinate of one value for all.
template <class T>
void spread(std::vector<T> &values, const std::string &name, const std::size_t dimension)
{
  if (values.size() == 1)
    values.resize(dimension, values.front());
  if (values.size() != dimension)
    throw InputError(Refusal::inconsistent, "Domain/" + name,
                     "there are " + std::to_string(values.size()) + " values, but the lower corner has " +
                       std::to_string(dimension) +
                       (dimension == 1 ? " coordinate." : " coordinates. Give one value for each, or one for all."));
}

std::string text_of(const double value)
{
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}
} // namespace

void Domain::bind(ParameterBinding &p)
{
  const ListLength corner{1, 3, false, true}, per_coordinate{1, 3, true}, cells{1, 3, true, true};
  p.section("Domain");
  p.add("Lower corner", lower, any_number(), corner,
        "Lower corner of the box of parameter space: one coordinate for each parameter of the neuron. automatic, for both "
        "corners: a box that holds the density until the end, found by a coarse solution before the run.");
  p.add("Upper corner", upper, any_number(), corner, "Upper corner of the box; as many coordinates as the lower corner.");
  p.add("Subdivisions", subdivisions, range(1, 100000), cells,
        "Cells of the coarse mesh along each axis: one number for each coordinate, or one for all. With elements at most "
        "128 in two and three dimensions, where 'Refinement' makes the mesh finer. automatic: a coarse mesh, from which "
        "'Refinement' makes what section 'Accuracy' asks for.");
  p.add("Refinement", refinement, range(0, 20),
        "Uniform refinements of the coarse mesh: each halves the cells along every axis.");
  p.add("Periodic", periodic, per_coordinate,
        "Whether opposite sides are identified: true or false for each coordinate, or once for all. Nothing flows through "
        "the other sides.");
  p.add("Extendable", extendable,
        Choices<Extendable>{{"automatic", Extendable::automatic}, {"true", Extendable::yes}, {"false", Extendable::no}},
        "Whether the box gets more coarse cells at its sides where the density needs them until the end time, as when a run "
        "goes on to a later one. automatic: where the program chose the corners. The corners here stay those of the first "
        "box. For the solvers 'continuity' and 'single neuron'.",
        may_change);
}

void Domain::declare(ParameterHandler &prm)
{
  declare_parameters<Domain>(prm);
}

void Domain::parse(const ParameterHandler &prm)
{
  read_parameters(*this, prm);
  if (lower.empty() && upper.empty())
    {
      if (std::any_of(periodic.begin(), periodic.end(), [](const bool is) { return is; }))
        throw InputError(Refusal::missing, "Domain/Lower corner",
                         "a periodic coordinate needs its period: give both corners of the box.");
      return;
    }
  if (lower.empty() || upper.empty())
    throw InputError(Refusal::missing, lower.empty() ? "Domain/Lower corner" : "Domain/Upper corner",
                     "only the other corner of the box is given: give both, or leave both to the program.");
  check_corners();
}

void Domain::set_box(const std::vector<double> &lower_corner, const std::vector<double> &upper_corner)
{
  lower = lower_corner;
  upper = upper_corner;
  check_corners();
}

void Domain::set_subdivisions(const unsigned int n)
{
  subdivisions.assign(dimension(), n);
  for (std::size_t d = 0; d < added.size(); ++d)
    subdivisions[d] += added[d];
  check_cells();
}

void Domain::extend(const std::vector<double> &below, const std::vector<double> &above, const unsigned int unit)
{
  const unsigned int most = CellKey::max_subdivisions(dimension());
  added.assign(dimension(), 0);
  for (unsigned int d = 0; d < dimension(); ++d)
    {
      const unsigned int n     = subdivisions.empty() ? automatic_subdivisions(dimension()) : subdivisions[d];
      const double       cell  = (upper[d] - lower[d]) / n;
      const auto         cells = [&](const double length) {
        const double       blocks = std::ceil(length / (cell * unit));
        const unsigned int room   = (most - std::min(most, n + added[d])) / unit;
        return unit * (blocks < room ? static_cast<unsigned int>(blocks) : room);
      };
      const unsigned int n_below = cells(below[d]);
      added[d] += n_below;
      const unsigned int n_above = cells(above[d]);
      added[d] += n_above;
      lower[d] -= n_below * cell;
      upper[d] += n_above * cell;
      if (!subdivisions.empty())
        subdivisions[d] += added[d];
    }
  check_corners();
}

void Domain::coarsen()
{
  if (refinement > 0)
    --refinement;
  else
    for (unsigned int &n : subdivisions)
      n = (n + 1) / 2;
}

void Domain::check_corners()
{
  if (upper.size() != lower.size())
    throw InputError(Refusal::inconsistent, "Domain/Upper corner",
                     "the upper corner has " + std::to_string(upper.size()) + " coordinates, but the lower corner has " +
                       std::to_string(lower.size()) + ".");
  for (std::size_t d = 0; d < lower.size(); ++d)
    if (!(lower[d] < upper[d]))
      throw InputError(Refusal::inconsistent, "Domain/Upper corner",
                       "coordinate " + std::to_string(d + 1) + " of the upper corner must be larger than " +
                         Utilities::to_string(lower[d]) + ", that of the lower corner.");
  spread(periodic, "Periodic", lower.size());
  if (subdivisions.empty())
    return;
  spread(subdivisions, "Subdivisions", lower.size());
  check_cells();
}

void Domain::check_cells() const
{
  double volume = 1.;
  for (unsigned int d = 0; d < dimension(); ++d)
    {
      const double length = upper[d] - lower[d], cell = std::ldexp(length / subdivisions[d], -static_cast<int>(refinement));
      if (!std::isfinite(length) || !(cell > 1e-14 * std::max(std::abs(lower[d]), std::abs(upper[d]))))
        throw InputError(Refusal::out_of_range, "Domain/Upper corner",
                         "coordinate " + std::to_string(d + 1) + " goes from " + text_of(lower[d]) + " to " +
                           text_of(upper[d]) +
                           ": the cells have no size that floating-point numbers can tell. Choose "
                           "corners of a usual size.");
      volume *= cell;
    }
  if (!std::isnormal(volume) || !std::isnormal(1. / volume))
    throw InputError(Refusal::out_of_range, "Domain/Upper corner",
                     "the volume of a cell, " + text_of(volume) +
                       ", is beyond the range of numbers. Choose corners of a usual size.");
}

void Domain::check_mesh() const
{
  if (refinement > CellKey::max_level)
    throw InputError(Refusal::out_of_range, "Domain/Refinement",
                     "at most " + std::to_string(CellKey::max_level) + " refinements are possible.");
  const unsigned int most = CellKey::max_subdivisions(dimension());
  for (const unsigned int n : subdivisions)
    if (n > most)
      throw InputError(Refusal::out_of_range, "Domain/Subdivisions",
                       "at most " + std::to_string(most) +
                         " subdivisions along an axis; use 'Refinement' to make the mesh finer (each one halves all cells).");
}

void Domain::check_number(const double n_cells, const std::string &parameter)
{
  if (n_cells > max_cells)
    throw InputError(Refusal::too_large, parameter,
                     "the mesh would have " + text_of(n_cells) + " cells, but lists of all cells can have " +
                       std::to_string(max_cells) + " at most. Choose a coarser mesh and a higher degree.");
}

double Domain::n_cells() const
{
  double n = 1.;
  for (const unsigned int cells : subdivisions)
    n *= std::ldexp(static_cast<double>(cells), static_cast<int>(refinement));
  return n;
}
} // namespace rhoflow
