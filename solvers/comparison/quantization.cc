#include <solvers/comparison/quantization.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <tuple>

namespace rhoflow
{
namespace
{
struct Piece
{
  std::array<double, 3> center, extent;
  double                mass;
  unsigned int          label;
};

class Halving
{
public:
  Halving(std::vector<Piece> measure, unsigned int space_dimension, double part_mass, unsigned int labels, Quantization &target)
    : pieces(std::move(measure))
    , dimension(space_dimension)
    , part(part_mass)
    , n_labels(labels)
    , result(target)
  {}

  /// Draws `n` parts of equal mass together.
  void divide(std::vector<Piece> &range, std::size_t n)
  {
    if (n == 1)
      return draw_together(range);
    const std::size_t  n_lower = n / 2;
    const unsigned int axis    = widest_axis(range);
    std::vector<Piece> upper   = split(range, axis, part * static_cast<double>(n_lower));
    divide(range, n_lower);
    divide(upper, n - n_lower);
  }

  void run(std::size_t n) { divide(pieces, n); }

private:
  unsigned int widest_axis(const std::vector<Piece> &range) const
  {
    unsigned int axis   = 0;
    double       widest = -1.;
    for (unsigned int d = 0; d < dimension; ++d)
      {
        const double origin = range.front().center[d];
        double       mass = 0., mean = 0., square = 0.;
        for (const Piece &piece : range)
          {
            const double x = piece.center[d] - origin;
            mass += piece.mass;
            mean += piece.mass * x;
            square += piece.mass * (x * x + piece.extent[d] * piece.extent[d] / 12.);
          }
        const double variance = square / mass - (mean / mass) * (mean / mass);
        if (variance > widest)
          {
            widest = variance;
            axis   = d;
          }
      }
    return axis;
  }

  /// Leaves the lower `mass` in `range`, returns the rest. The box in between is cut.
  std::vector<Piece> split(std::vector<Piece> &range, unsigned int axis, double mass) const
  {
    const auto below = [axis](const Piece &a, const Piece &b) { return a.center[axis] < b.center[axis]; };
    // [0, first) is below the cut and weighs `done`, [last, end) is above.
    std::size_t first = 0, last = range.size();
    double      done = 0.;
    while (last - first > 1)
      {
        const std::size_t middle = first + (last - first) / 2;
        const auto        begin  = range.begin();
        std::nth_element(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(middle),
                         begin + static_cast<std::ptrdiff_t>(last), below);
        double half = 0.;
        for (std::size_t i = first; i < middle; ++i)
          half += range[i].mass;
        if (done + half <= mass)
          {
            done += half;
            first = middle;
          }
        else
          last = middle;
      }
    std::vector<Piece> upper(range.begin() + static_cast<std::ptrdiff_t>(last), range.end());
    Piece              cut = range[first], rest = cut;
    const double       share = std::min(std::max((mass - done) / cut.mass, 0.), 1.);
    range.resize(first);
    const double width = cut.extent[axis], lower = cut.center[axis] - .5 * width;
    cut.mass *= share;
    cut.extent[axis] = share * width;
    cut.center[axis] = lower + .5 * share * width;
    rest.mass -= cut.mass;
    rest.extent[axis] = (1. - share) * width;
    rest.center[axis] = lower + .5 * (1. + share) * width;
    if (cut.mass > 0. || range.empty())
      range.push_back(cut);
    if (rest.mass > 0. || upper.empty())
      upper.push_back(rest);
    return upper;
  }

  void draw_together(const std::vector<Piece> &range)
  {
    std::array<double, 3> barycentre{};
    double                mass = 0.;
    for (const Piece &piece : range)
      {
        mass += piece.mass;
        for (unsigned int d = 0; d < dimension; ++d)
          barycentre[d] += piece.mass * piece.center[d];
      }
    if (!(mass > 0.)) // a cut through nothing, by round-off
      return;
    for (double &x : barycentre)
      x /= mass;
    const std::size_t first = result.label_masses.size();
    result.label_masses.resize(first + n_labels, 0.);
    for (const Piece &piece : range)
      {
        double square = 0.;
        for (unsigned int d = 0; d < dimension; ++d)
          {
            const double x = piece.center[d] - barycentre[d];
            square += x * x + piece.extent[d] * piece.extent[d] / 12.;
          }
        result.error.w1 += piece.mass * std::sqrt(square);
        result.error.w2 += piece.mass * square;
        result.label_masses[first + piece.label] += piece.mass;
      }
    result.points.points.insert(result.points.points.end(), barycentre.begin(), barycentre.begin() + dimension);
    result.points.weights.push_back(mass);
  }

  std::vector<Piece> pieces;
  unsigned int       dimension;
  double             part;
  unsigned int       n_labels;
  Quantization      &result;
};
} // namespace

Quantization quantize(const Pieces &measure, unsigned int dimension, std::size_t n_points,
                      const std::vector<unsigned int> &labels, unsigned int n_labels)
{
  if (dimension == 0 || dimension > 3 || n_points == 0)
    throw std::logic_error("quantize: one to three coordinates, at least one point");
  const std::size_t  n = measure.points.size() / dimension;
  std::vector<Piece> pieces;
  pieces.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    if (measure.weight(i) > 0.)
      {
        Piece piece{{}, {}, measure.weight(i), labels.empty() ? 0 : labels[i]};
        for (unsigned int d = 0; d < dimension; ++d)
          {
            piece.center[d] = measure.points[i * dimension + d];
            piece.extent[d] = (measure.extents.empty() ? 0. : measure.extents[i * dimension + d]);
          }
        pieces.push_back(piece);
      }
  if (pieces.empty())
    throw std::logic_error("quantize: no mass");
  // Everything below sums and halves in this order, whatever order the pieces came in.
  std::sort(pieces.begin(), pieces.end(), [](const Piece &a, const Piece &b) {
    return std::tie(a.center, a.mass, a.extent, a.label) < std::tie(b.center, b.mass, b.extent, b.label);
  });
  double total = 0.;
  for (const Piece &piece : pieces)
    total += piece.mass;
  for (Piece &piece : pieces)
    piece.mass /= total;

  Quantization result;
  if (pieces.size() <= n_points && measure.extents.empty())
    {
      for (const Piece &piece : pieces)
        {
          result.points.points.insert(result.points.points.end(), piece.center.begin(), piece.center.begin() + dimension);
          result.points.weights.push_back(piece.mass);
          result.label_masses.resize(result.label_masses.size() + n_labels, 0.);
          *(result.label_masses.end() - n_labels + piece.label) = piece.mass;
        }
      return result;
    }
  Halving(std::move(pieces), dimension, 1. / static_cast<double>(n_points), n_labels, result).run(n_points);
  result.error.w2 = std::sqrt(result.error.w2);
  return result;
}
} // namespace rhoflow
