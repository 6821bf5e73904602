#include <solvers/comparison/quantization.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <utility>

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
    const std::array<double, 3> origin = range.front().center;
    std::array<double, 3>       mean{}, square{};
    double                      mass = 0.;
    for (const Piece &piece : range)
      {
        mass += piece.mass;
        for (unsigned int d = 0; d < dimension; ++d)
          {
            const double x = piece.center[d] - origin[d];
            mean[d] += piece.mass * x;
            square[d] += piece.mass * (x * x + piece.extent[d] * piece.extent[d] / 12.);
          }
      }
    unsigned int axis   = 0;
    double       widest = -1.;
    for (unsigned int d = 0; d < dimension; ++d)
      {
        const double variance = square[d] / mass - (mean[d] / mass) * (mean[d] / mass);
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
    struct Open
    {
      double lower, upper, per_width, mass; // per_width: ∞ for a point
      /// A point on x is above: 0 · ∞ is not larger than 0. Without branches, which nobody could predict.
      double share_below(double x) const { return std::min(std::max(0., (x - lower) * per_width), 1.); }
    };
    const auto open_piece = [axis](const Piece &piece) {
      const double width = piece.extent[axis], half = .5 * width, x = piece.center[axis];
      return Open{x - half, x + half, 1. / width, piece.mass};
    };
    // The plane lies between lo and hi; `open`: pieces that have to do with it; `below`: the mass of the others below it.
    std::vector<Open> open;
    open.reserve(range.size());
    double lo = std::numeric_limits<double>::infinity(), hi = -lo, below = 0.;
    for (const Piece &piece : range)
      {
        open.push_back(open_piece(piece));
        lo = std::min(lo, open.back().lower);
        hi = std::max(hi, open.back().upper);
      }
    hi = std::nextafter(hi, std::numeric_limits<double>::infinity()); // above all points
    for (bool settled = false; !settled;)
      {
        const double middle = lo + .5 * (hi - lo);
        if (!(middle > lo && middle < hi))
          break;
        double sum = below;
        for (const Open &piece : open)
          sum += piece.mass * piece.share_below(middle);
        (sum <= mass ? lo : hi) = middle;
        // Settled: all boxes cross the whole slab, or all are points in one place.
        bool        cross = true, one_place = true;
        std::size_t kept = 0;
        for (const Open piece : open)
          {
            const bool point    = piece.lower == piece.upper;
            const bool is_below = (piece.upper < lo) | ((!point) & (piece.upper == lo));
            const bool is_open  = (!is_below) & (piece.lower < hi);
            below += is_below ? piece.mass : 0.;
            cross &= (!is_open) | ((!point) & (piece.lower <= lo) & (piece.upper >= hi));
            open[kept] = piece;
            one_place &= (!is_open) | (point & (piece.lower == open[0].lower));
            kept += is_open;
          }
        open.resize(kept);
        settled = cross | one_place;
      }
    double inside = 0.;
    for (const Open &piece : open)
      {
        below += piece.mass * piece.share_below(lo);
        inside += piece.mass * (piece.share_below(hi) - piece.share_below(lo));
      }
    const double share = inside > 0. ? std::min(std::max((mass - below) / inside, 0.), 1.) : 0.;

    std::vector<Piece> upper;
    upper.reserve(range.size());
    std::size_t n_lower = 0;
    for (std::size_t i = 0; i < range.size(); ++i)
      {
        const Piece  piece = range[i];
        const Open   ends  = open_piece(piece);
        const double low = ends.share_below(lo), part_below = low + share * (ends.share_below(hi) - low);
        if (part_below >= 1.)
          {
            range[n_lower++] = piece;
            continue;
          }
        if (part_below <= 0.)
          {
            upper.push_back(piece);
            continue;
          }
        const double start = ends.lower, width = piece.extent[axis];
        upper.push_back(piece);
        upper.back().mass *= 1. - part_below;
        upper.back().extent[axis] = (1. - part_below) * width;
        upper.back().center[axis] = start + .5 * (1. + part_below) * width;
        Piece &lower              = range[n_lower++];
        lower                     = piece;
        lower.mass *= part_below;
        lower.extent[axis] = part_below * width;
        lower.center[axis] = start + .5 * part_below * width;
      }
    range.resize(n_lower);
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
/// By place, and by all else in the same place. Keys are sorted, since pieces are large.
void sort(std::vector<Piece> &pieces)
{
  std::vector<std::pair<double, std::size_t>> keys;
  keys.reserve(pieces.size());
  for (const Piece &piece : pieces)
    keys.emplace_back(piece.center[0], keys.size());
  std::sort(keys.begin(), keys.end(), [&](const auto &one, const auto &other) {
    if (one.first != other.first)
      return one.first < other.first;
    const Piece &a = pieces[one.second], &b = pieces[other.second];
    return std::tie(a.center, a.mass, a.extent, a.label) < std::tie(b.center, b.mass, b.extent, b.label);
  });
  std::vector<Piece> sorted;
  sorted.reserve(pieces.size());
  for (const auto &key : keys)
    sorted.push_back(pieces[key.second]);
  pieces.swap(sorted);
}
} // namespace

Quantization quantize(const Measure &measure, unsigned int dimension, std::size_t n_points,
                      const std::vector<unsigned int> &labels, unsigned int n_labels, const std::vector<unsigned int> &axes,
                      bool keep_small)
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
  sort(pieces);
  double total = 0.;
  for (const Piece &piece : pieces)
    total += piece.mass;
  for (Piece &piece : pieces)
    piece.mass /= total;

  Quantization result;
  if (keep_small && pieces.size() <= n_points)
    {
      for (const Piece &piece : pieces)
        {
          result.points.weights.push_back(piece.mass);
          for (unsigned int d = 0; d < dimension; ++d)
            {
              result.points.points.push_back(piece.center[d]);
              result.points.extents.push_back(piece.extent[d]);
            }
        }
      return result;
    }
  Halving(dimension, 1. / static_cast<double>(n_points), n_labels, axes, result).divide(pieces, n_points);
  result.error.w2 = std::sqrt(result.error.w2);
  return result;
}
} // namespace rhoflow
