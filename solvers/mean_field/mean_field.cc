#include <solvers/mean_field/mean_field.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/progress.h>
#include <solvers/mean_field/compression.h>
#include <solvers/mean_field/input_map.h>
#include <solvers/mean_field/projection_kernel.h>
#include <solvers/mean_field/thinning.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
/// β is infinite, or a number.
Spelling<double> temperature_spelling()
{
  const auto value = [](const std::string &text) {
    double number = std::numeric_limits<double>::infinity();
    if (text != "inf" && (!parse_number(text, number) || !std::isfinite(number) || !(number > 0.)))
      throw InputError(parse_number(text, number) ? Refusal::out_of_range : Refusal::malformed,
                       "Mean field/Inverse temperature", "'" + text + "' is neither a number above 0 nor inf.");
    return number;
  };
  return {shortest_text, value};
}
} // namespace

void MeanFieldParameters::bind(ParameterBinding &p)
{
  p.section("Mean field");
  p.add("Compression tolerance", tolerance, range(0., 1.),
        "Largest error of the kernel U and of V on the domain, relative to the largest kernel, that the truncated singular "
        "value decomposition of the features may make; 0 keeps all data nodes. With more than 1000 rows of data, or 5000 "
        "quadrature nodes, a few nodes stand for all of them within this error, and a warning says so where it takes too "
        "many, as for activations with kinks.");
  p.add("Weight decay", weight_decay, at_least(0.),
        "lambda of the confining potential (lambda/2)|theta|^2, which is added to the risk.");
  p.add("Inverse temperature", inverse_temperature, temperature_spelling(),
        "beta > 0 of the entropy (1/beta) int rho log(rho), which noise in the training adds to the risk; inf: none.");
}

void MeanFieldParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<MeanFieldParameters>(prm);
}

void MeanFieldParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
}

void MeanFieldParameters::refuse_entropy(const std::string &solver) const
{
  if (std::isfinite(inverse_temperature))
    throw InputError(Refusal::unsupported, "Mean field/Inverse temperature",
                     "the solver '" + solver +
                       "' is for the equation without entropy: leave it at inf, or choose a "
                       "solver that has it.");
}

namespace
{
std::size_t max_sample_points(const std::size_t n_nodes)
{
  return std::max<std::size_t>(256, std::min<std::size_t>(4096, 60000000 / n_nodes));
}

/// A tensor grid of Chebyshev points on the box, [n][D]: dense enough for the features' directions; points that it misses are
/// added by MeanField.
std::vector<double> sample_points(const std::vector<double> &lower, const std::vector<double> &upper, std::size_t n_nodes)
{
  const std::size_t dim      = lower.size();
  const std::size_t budget   = max_sample_points(n_nodes);
  const std::size_t most     = dim == 1 ? 256 : (dim == 2 ? 40 : 16);
  const std::size_t per_axis = std::min<std::size_t>(
    most, static_cast<std::size_t>(std::floor(std::pow(static_cast<double>(budget), 1. / static_cast<double>(dim)) + 1e-9)));
  std::size_t n_points = 1;
  for (std::size_t d = 0; d < dim; ++d)
    n_points *= per_axis;
  std::vector<double> points(n_points * dim);
  for (std::size_t i = 0; i < n_points; ++i)
    for (std::size_t d = 0, index = i; d < dim; ++d, index /= per_axis)
      {
        const double angle  = M_PI * static_cast<double>(index % per_axis) / static_cast<double>(per_axis - 1);
        points[i * dim + d] = 0.5 * (lower[d] + upper[d]) - 0.5 * (upper[d] - lower[d]) * std::cos(angle);
      }
  return points;
}

constexpr std::uint64_t max_check_rounds = 10, first_round_of_thinning = 100;

std::vector<double> random_points(const std::vector<double> &lower, const std::vector<double> &upper, std::size_t n_points,
                                  std::uint64_t round)
{
  const std::size_t   dim = lower.size();
  std::vector<double> points(n_points * dim);
  CounterRandom       random(0, RandomPurpose::check_points, round);
  for (std::size_t i = 0; i < n_points * dim; ++i)
    points[i] = lower[i % dim] + (upper[i % dim] - lower[i % dim]) * random.uniform();
  return points;
}
} // namespace

namespace
{
/// The part of the targets outside of the basis becomes one more direction, unless it is round-off: V and the target are then
/// exact, and the only thing that truncation can change is what the network adds outside, at most the features' error.
void append_target(const std::vector<double> &weighted_target, std::vector<double> &q)
{
  const std::size_t   n_nodes = weighted_target.size();
  std::vector<double> rest    = weighted_target;
  const auto          norm    = [&](const std::vector<double> &v) {
    double sum = 0.;
    for (const double x : v)
      sum += x * x;
    return std::sqrt(sum);
  };
  for (unsigned int pass = 0; pass < 2; ++pass)
    for (std::size_t j = 0; j < q.size(); j += n_nodes)
      {
        double c = 0.;
        for (std::size_t k = 0; k < n_nodes; ++k)
          c += q[j + k] * rest[k];
        for (std::size_t k = 0; k < n_nodes; ++k)
          rest[k] -= c * q[j + k];
      }
  const double size = norm(rest);
  if (size <= 1e-12 * norm(weighted_target))
    return;
  for (double &x : rest)
    x /= size;
  q.insert(q.end(), rest.begin(), rest.end());
}
} // namespace

namespace
{
/// Nodes up to which all of them are used everywhere. Data sets are thinned as soon as it pays. Quadratures, of which those of
/// reference results have up to 4480 nodes, keep the digits of these results.
constexpr std::size_t max_rows = 1000, max_quadrature_nodes = 5000;

bool has_many_nodes(const LearningProblem &problem)
{
  return problem.n_nodes() > (problem.data_set_size() > 0 ? max_rows : max_quadrature_nodes);
}
} // namespace

double MeanField::memory(const LearningProblem &problem, const MeanFieldParameters &parameters)
{
  const double K = static_cast<double>(problem.n_nodes());
  if (K == 0.)
    return 0.;
  // Q and √p Q.
  if (parameters.tolerance == 0.)
    return 16. * K * K;
  // The features at the points, those that are left over, and the directions found.
  const double of_all_nodes = 8. * K * 2.5 * static_cast<double>(max_sample_points(problem.n_nodes()));
  if (!has_many_nodes(problem))
    return of_all_nodes;
  const double of_thinning = Thinning::memory(problem.n_nodes());
  return problem.n_nodes() > max_quadrature_nodes ? of_thinning : std::max(of_all_nodes, of_thinning);
}

bool MeanField::takes_long(const LearningProblem &problem)
{
  return problem.n_nodes() > 2000;
}

MeanField::MeanField(const LearningProblem &p, const std::vector<double> &lower, const std::vector<double> &upper,
                     const MeanFieldParameters &parameters, Progress *const progress)
  : problem(p)
  , n_omega(p.n_feature_parameters())
  , lambda(parameters.weight_decay)
{
  const std::size_t n_nodes = p.n_nodes();
  if (n_nodes == 0)
    return; // a landscape: nothing to learn, no modes
  root.resize(n_nodes);
  for (std::size_t k = 0; k < n_nodes; ++k)
    root[k] = std::sqrt(p.weights()[k]);
  if (!(parameters.tolerance > 0. && has_many_nodes(p) && find_thinning(lower, upper, parameters.tolerance, progress)))
    compress(lower, upper, parameters.tolerance, progress);
  find_double_modes(random_points(lower, upper, 400, max_check_rounds), parameters.tolerance);
  const std::vector<double> inputs = p.map_inputs();
  if (inputs.empty())
    return;
  auto candidate = std::make_unique<InputMap>(*this, inputs, sample_points(lower, upper, inputs.size() / 2),
                                              random_points(lower, upper, 400, max_check_rounds + 1));
  if (candidate->covered() >= 0.25)
    map = std::move(candidate);
}

double MeanField::find_basis(const std::vector<double> &lower, const std::vector<double> &upper,
                             const std::vector<double> &samples, const FeatureVectors &vectors, Compression &compression,
                             Progress *const progress)
{
  const auto tick = [progress] {
    if (progress != nullptr)
      progress->update(0., {{"preparing", "features"}});
  };
  compression.add(vectors(samples), tick);
  // Points that the basis was not built from must be as well represented as those that it was.
  double error = 0.;
  for (std::uint64_t round = 0; round < max_check_rounds; ++round)
    {
      const std::vector<double> checked = vectors(random_points(lower, upper, 400, round));
      error                             = compression.relative_error(checked);
      if (error <= compression.relative_tolerance())
        break;
      compression.add(checked, tick);
    }
  return error;
}

void MeanField::compress(const std::vector<double> &lower, const std::vector<double> &upper, const double tolerance,
                         Progress *const progress)
{
  const std::size_t   n_nodes = problem.n_nodes();
  std::vector<double> weighted_target(n_nodes);
  for (std::size_t k = 0; k < n_nodes; ++k)
    weighted_target[k] = root[k] * problem.targets()[k];

  std::vector<double> q; // Q, [n][K]
  if (tolerance == 0.)
    {
      mode_count = static_cast<unsigned int>(n_nodes);
      q.assign(n_nodes * n_nodes, 0.);
      for (std::size_t k = 0; k < n_nodes; ++k)
        q[k * n_nodes + k] = 1.;
    }
  else
    {
      const auto weighted_features = [&](const std::vector<double> &points) {
        const std::size_t   n = points.size() / n_omega;
        std::vector<double> g(n * n_nodes);
        problem.features(static_cast<unsigned int>(n), points.data(), g.data(), nullptr);
        for (std::size_t i = 0; i < g.size(); ++i)
          g[i] *= root[i % n_nodes];
        return g;
      };
      // U ≈ χ·χ' errs by g_⊥·g'_⊥, at most the square of the features' error.
      Compression  compression(n_nodes, std::sqrt(tolerance));
      const double feature_error = find_basis(lower, upper, sample_points(lower, upper, n_nodes), weighted_features,
                                              compression, progress);
      measured_error             = feature_error * feature_error;
      q                          = compression.basis();
      append_target(weighted_target, q);
      mode_count = static_cast<unsigned int>(q.size() / n_nodes);
    }

  // √p_k Q_kj, [K][n padded], is what features are multiplied with.
  padded_rank = projection_padding(mode_count);
  basis.assign(n_nodes * padded_rank, 0.);
  target.assign(mode_count, 0.);
  thinned_basis.clear();
  perpendicular_risk       = 0.;
  std::vector<double> rest = weighted_target;
  for (unsigned int j = 0; j < mode_count; ++j)
    {
      double c = 0.;
      for (std::size_t k = 0; k < n_nodes; ++k)
        {
          basis[k * padded_rank + j] = root[k] * q[j * n_nodes + k];
          c += q[j * n_nodes + k] * weighted_target[k];
        }
      target[j] = c;
      for (std::size_t k = 0; k < n_nodes; ++k)
        rest[k] -= c * q[j * n_nodes + k];
    }
  for (const double r : rest)
    perpendicular_risk += 0.5 * r * r;
}

bool MeanField::find_thinning(const std::vector<double> &lower, const std::vector<double> &upper, const double tolerance,
                              Progress *const progress)
{
  // Most attempts end at half the tolerance, a few in a hundred somewhat above it. That is a matter of which nodes were drawn:
  // those of another attempt with a lower aim do.
  constexpr double near = 10.;
  for (const double aim : {tolerance, tolerance / near})
    {
      if (!thin(lower, upper, aim, progress))
        return false;
      measured_error = error_of_thinning(random_points(lower, upper, 200, max_check_rounds + 2));
      if (measured_error <= tolerance)
        return true;
      if (measured_error > near * tolerance)
        break;
    }
  return problem.n_nodes() > max_quadrature_nodes;
}

bool MeanField::thin(const std::vector<double> &lower, const std::vector<double> &upper, const double tolerance,
                     Progress *const progress)
{
  const std::size_t n_nodes = problem.n_nodes();
  const Thinning    thinning(
       problem, sample_points(lower, upper, 1),
       [&](std::uint64_t round, std::size_t n_points) {
      return random_points(lower, upper, n_points, first_round_of_thinning + round);
    },
       tolerance, progress);
  const std::size_t n = thinning.rank();
  if (n == 0)
    return false;
  Compression         compression(n, std::sqrt(0.3 * tolerance));
  std::vector<double> samples = sample_points(lower, upper, 1);
  samples.insert(samples.end(), thinning.pivot_points().begin(), thinning.pivot_points().end());
  find_basis(
    lower, upper, samples, [&](const std::vector<double> &points) { return thinning.coefficients(points); }, compression,
    progress);

  // From here on the targets are those in the span of the thinning's basis, as coefficients.
  std::vector<double> target_coefficients(n, 0.);
  for (std::size_t k = 0; k < n_nodes; ++k)
    for (std::size_t i = 0; i < n; ++i)
      target_coefficients[i] += thinning.basis()[k * thinning.padded_rank() + i] * root[k] * problem.targets()[k];
  std::vector<double> q = compression.basis(); // [rank][n]
  append_target(target_coefficients, q);
  mode_count  = static_cast<unsigned int>(q.size() / n);
  padded_rank = projection_padding(mode_count);
  target.assign(mode_count, 0.);
  std::vector<double> rotation(static_cast<std::size_t>(thinning.padded_rank()) * padded_rank, 0.);
  for (unsigned int j = 0; j < mode_count; ++j)
    for (std::size_t i = 0; i < n; ++i)
      {
        target[j] += q[j * n + i] * target_coefficients[i];
        rotation[i * padded_rank + j] = q[j * n + i];
      }
  const auto rotated = [&](const std::vector<double> &rows) {
    const std::size_t   count = rows.size() / thinning.padded_rank();
    std::vector<double> result(count * padded_rank);
    project(count, thinning.padded_rank(), padded_rank, padded_rank, rows.data(), rotation.data(), result.data());
    return result;
  };
  basis              = rotated(thinning.basis());
  thinned_basis      = rotated(thinning.interpolation());
  thinned_features   = problem.features_of(thinning.nodes());
  n_thinned          = thinning.nodes().size();
  perpendicular_risk = 0.;
  for (std::size_t k = 0; k < n_nodes; ++k)
    {
      double rest = root[k] * problem.targets()[k];
      for (unsigned int j = 0; j < mode_count; ++j)
        {
          rest -= basis[k * padded_rank + j] * target[j];
          basis[k * padded_rank + j] *= root[k];
        }
      perpendicular_risk += 0.5 * rest * rest;
    }
  return true;
}

double MeanField::error_of_thinning(const std::vector<double> &points) const
{
  constexpr std::size_t chunk   = 16;
  const std::size_t     n_nodes = problem.n_nodes(), n_points = points.size() / n_omega;
  std::vector<double>   g(chunk * n_nodes), exact(chunk * mode_count), thinned(chunk * mode_count);
  double                target_square = 0., scale = 0., missed = 0., difference = 0., difference_of_v = 0.;
  for (std::size_t k = 0; k < n_nodes; ++k)
    target_square += root[k] * root[k] * problem.targets()[k] * problem.targets()[k];
  for (std::size_t first = 0; first < n_points; first += chunk)
    {
      const std::size_t count = std::min(chunk, n_points - first);
      const auto        n     = static_cast<unsigned int>(count);
      problem.features(n, &points[first * n_omega], g.data(), nullptr);
      project(count, n_nodes, mode_count, padded_rank, g.data(), basis.data(), exact.data());
      modes(n, &points[first * n_omega], thinned.data(), nullptr);
      for (std::size_t i = 0; i < count; ++i)
        {
          double square = 0., v = 0., in_basis = 0., error = 0., v_of_modes = 0.;
          for (std::size_t k = 0; k < n_nodes; ++k)
            {
              const double pg = problem.weights()[k] * g[i * n_nodes + k];
              square += pg * g[i * n_nodes + k];
              v += pg * problem.targets()[k];
            }
          for (unsigned int j = 0; j < mode_count; ++j)
            {
              const double chi = exact[i * mode_count + j], delta = thinned[i * mode_count + j] - chi;
              in_basis += chi * chi;
              error += delta * delta;
              v_of_modes += target[j] * thinned[i * mode_count + j];
            }
          scale           = std::max(scale, square);
          missed          = std::max(missed, square - in_basis);
          difference      = std::max(difference, std::sqrt(error));
          difference_of_v = std::max(difference_of_v, std::abs(v - v_of_modes));
        }
    }
  // U − χ·χ' is what both features miss, and the errors of the modes times the other mode.
  const double of_modes = difference / std::sqrt(scale);
  return std::max(missed / scale + (2. + of_modes) * of_modes,
                  target_square > 0. ? difference_of_v / std::sqrt(scale * target_square) : 0.);
}

MeanField::~MeanField() = default;

std::vector<double> MeanField::map_prediction(const std::vector<double> &moments) const
{
  return map ? map->prediction(moments) : std::vector<double>();
}

void MeanField::find_double_modes(const std::vector<double> &points, double tolerance)
{
  const std::size_t   n_points = points.size() / n_omega;
  std::vector<double> values(n_points * mode_count), largest(mode_count, 0.);
  modes(static_cast<unsigned int>(n_points), points.data(), values.data(), nullptr);
  for (std::size_t i = 0; i < values.size(); ++i)
    largest[i % mode_count] = std::max(largest[i % mode_count], std::abs(values[i]));
  double kernel = 0.;
  for (const double size : largest)
    kernel += size * size;
  // Rounding χ_j to single precision changes U by χ_j δχ_j and V by c_j δχ_j.
  const double rounding = std::ldexp(1., -24);
  double_modes          = mode_count;
  while (double_modes > 0)
    {
      const unsigned int j = double_modes - 1;
      if (rounding * largest[j] * (largest[j] + std::abs(target[j])) > 0.1 * tolerance * kernel)
        break;
      --double_modes;
    }
}

void MeanField::modes(unsigned int count, const double *omega, double *values, double *gradients) const
{
  if (mode_count == 0)
    return;
  constexpr unsigned int chunk   = 32;
  const std::size_t      n_nodes = thinned() ? n_thinned : problem.n_nodes();
  const double *const    factors = thinned() ? thinned_basis.data() : basis.data();
  std::vector<double>    g(chunk * n_nodes), dg(gradients != nullptr ? chunk * n_omega * n_nodes : 0);
  for (unsigned int first = 0; first < count; first += chunk)
    {
      const unsigned int  n      = std::min(chunk, count - first);
      const double *const points = omega + static_cast<std::size_t>(first) * n_omega;
      double *const       slopes = gradients != nullptr ? dg.data() : nullptr;
      if (thinned())
        thinned_features(n, points, g.data(), slopes);
      else
        problem.features(n, points, g.data(), slopes);
      project(n, n_nodes, mode_count, padded_rank, g.data(), factors, values + static_cast<std::size_t>(first) * mode_count);
      if (gradients != nullptr)
        project(n * n_omega, n_nodes, mode_count, padded_rank, dg.data(), factors,
                gradients + static_cast<std::size_t>(first) * n_omega * mode_count);
    }
}

std::vector<double> MeanField::residual(const std::vector<double> &moments) const
{
  std::vector<double> e(mode_count);
  for (unsigned int j = 0; j < mode_count; ++j)
    e[j] = moments[j] - target[j];
  return e;
}

double MeanField::excess_risk(const std::vector<double> &moments) const
{
  double sum = 0.;
  for (unsigned int j = 0; j < mode_count; ++j)
    sum += (moments[j] - target[j]) * (moments[j] - target[j]);
  return 0.5 * sum + perpendicular_risk;
}

double MeanField::risk(const std::vector<double> &moments) const
{
  return excess_risk(moments) + 0.5 * problem.noise_variance();
}
} // namespace rhoflow
