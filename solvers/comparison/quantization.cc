#include <solvers/comparison/quantization.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
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
  Halving(unsigned int space_dimension, double part_mass, unsigned int labels, const std::vector<unsigned int> &axes,
          Quantization &target)
    : dimension(space_dimension)
    , part(part_mass)
    , n_labels(labels)
    , given_axes(axes)
    , result(target)
  {}

  /// Draws `n` parts of equal mass together.
  void divide(std::vector<Piece> &range, std::size_t n)
  {
    if (range.empty()) // round-off left nothing
      {
        result.axes.insert(result.axes.end(), n - 1, 0);
        return;
      }
    if (n == 1)
      return draw_together(range);
    const std::size_t  n_lower = n / 2;
    const unsigned int axis    = given_axes.empty() ? widest_axis(range) : given_axes.at(result.axes.size());
    result.axes.push_back(axis);
    std::vector<Piece> upper = split(range, axis, part * static_cast<double>(n_lower));
    divide(range, n_lower);
    divide(upper, n - n_lower);
  }

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

  /// Leaves the lower `mass` in `range`, returns the rest. All boxes on the plane between them are cut, and all points on it
  /// share their mass in the same proportion: no piece is preferred to another one.
  std::vector<Piece> split(std::vector<Piece> &range, unsigned int axis, double mass) const
  {
    const auto lower_end = [axis](const Piece &piece) { return piece.center[axis] - .5 * piece.extent[axis]; };
    const auto upper_end = [axis](const Piece &piece) { return piece.center[axis] + .5 * piece.extent[axis]; };
    // Of a piece below x; a point on x is above.
    const auto share_below = [&](const Piece &piece, double x) {
      const double lower = lower_end(piece);
      if (!(piece.extent[axis] > 0.))
        return lower < x ? 1. : 0.;
      return std::min(std::max((x - lower) / piece.extent[axis], 0.), 1.);
    };

    double lo = lower_end(range.front()), hi = upper_end(range.front());
    for (const Piece &piece : range)
      {
        lo = std::min(lo, lower_end(piece));
        hi = std::max(hi, upper_end(piece));
      }
    hi = std::nextafter(hi, std::numeric_limits<double>::infinity()); // above all points
    // The plane lies between lo and hi; `open`: pieces that have to do with it; `below`: the mass of the others below it.
    std::vector<const Piece *> open, still_open;
    for (const Piece &piece : range)
      open.push_back(&piece);
    double below = 0.;
    while (true)
      {
        bool settled = true; // all boxes cross the whole slab, or all are points in one place
        for (const Piece *piece : open)
          settled = settled && (piece->extent[axis] > 0. ?
                                  lower_end(*piece) <= lo && upper_end(*piece) >= hi :
                                  open.front()->extent[axis] == 0. && open.front()->center[axis] == piece->center[axis]);
        const double middle = lo + .5 * (hi - lo);
        if (settled || !(middle > lo && middle < hi))
          break;
        double sum = below;
        for (const Piece *piece : open)
          sum += piece->mass * share_below(*piece, middle);
        (sum <= mass ? lo : hi) = middle;
        still_open.clear();
        for (const Piece *piece : open)
          if (share_below(*piece, lo) == 1.)
            below += piece->mass;
          else if (share_below(*piece, hi) > 0.)
            still_open.push_back(piece);
        open.swap(still_open);
      }
    double inside = 0.;
    for (const Piece *piece : open)
      {
        below += piece->mass * share_below(*piece, lo);
        inside += piece->mass * (share_below(*piece, hi) - share_below(*piece, lo));
      }
    const double share = inside > 0. ? std::min(std::max((mass - below) / inside, 0.), 1.) : 0.;

    std::vector<Piece> lower, upper;
    for (const Piece &piece : range)
      {
        const double low = share_below(piece, lo), part_below = low + share * (share_below(piece, hi) - low);
        const double start = lower_end(piece), width = piece.extent[axis];
        if (part_below > 0.)
          {
            lower.push_back(piece);
            lower.back().mass *= part_below;
            lower.back().extent[axis] = part_below * width;
            lower.back().center[axis] = start + .5 * part_below * width;
          }
        if (part_below < 1.)
          {
            upper.push_back(piece);
            upper.back().mass *= 1. - part_below;
            upper.back().extent[axis] = (1. - part_below) * width;
            upper.back().center[axis] = start + .5 * (1. + part_below) * width;
          }
      }
    range.swap(lower);
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

  unsigned int                     dimension;
  double                           part;
  unsigned int                     n_labels;
  const std::vector<unsigned int> &given_axes;
  Quantization                    &result;
};
} // namespace

Quantization quantize(const Pieces &measure, unsigned int dimension, std::size_t n_points,
                      const std::vector<unsigned int> &labels, unsigned int n_labels, const std::vector<unsigned int> &axes)
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
  Halving(dimension, 1. / static_cast<double>(n_points), n_labels, axes, result).divide(pieces, n_points);
  result.error.w2 = std::sqrt(result.error.w2);
  return result;
}
} // namespace rhoflow
