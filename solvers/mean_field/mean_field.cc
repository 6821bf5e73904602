#include <solvers/mean_field/mean_field.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/random.h>
#include <solvers/mean_field/compression.h>
#include <solvers/mean_field/input_map.h>
#include <solvers/mean_field/projection_kernel.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
void MeanFieldParameters::declare(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Mean field");
  prm.declare_entry("Compression tolerance", "1e-10", dealii::Patterns::Double(0., 1.),
                    "Largest error of the kernel U and of V on the domain, relative to the largest kernel, that the truncated "
                    "singular value decomposition of the features may make; 0 keeps all data nodes.");
  prm.declare_entry("Weight decay", "0", dealii::Patterns::Double(0., std::numeric_limits<double>::max()),
                    "lambda of the confining potential (lambda/2)|theta|^2, which is added to the risk.");
  prm.declare_entry("Inverse temperature", "inf", dealii::Patterns::Anything(),
                    "beta > 0 of the entropy (1/beta) int rho log(rho), which noise in the training adds to the risk; inf: none.");
  prm.leave_subsection();
}

void MeanFieldParameters::parse(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Mean field");
  tolerance    = prm.get_double("Compression tolerance");
  weight_decay = prm.get_double("Weight decay");
  const std::string temperature = prm.get("Inverse temperature");
  prm.leave_subsection();
  if (temperature == "inf")
    inverse_temperature = std::numeric_limits<double>::infinity();
  else if (!parse_number(temperature, inverse_temperature) || !std::isfinite(inverse_temperature) || !(inverse_temperature > 0.))
    throw InputError("Mean field/Inverse temperature", "'" + temperature + "' is neither a number above 0 nor inf.");
}

void MeanFieldParameters::refuse_entropy(const std::string &solver) const
{
  if (std::isfinite(inverse_temperature))
    throw InputError("Mean field/Inverse temperature", "the solver '" + solver +
                                                         "' is for the equation without entropy: leave it at inf, or choose a "
                                                         "solver that has it.");
}

namespace
{
std::size_t most_sample_points(const std::size_t n_nodes)
{
  return std::max<std::size_t>(256, std::min<std::size_t>(4096, 60000000 / n_nodes));
}

/// A tensor grid of Chebyshev points on the box, [n][D]: dense enough for the features' directions; points that it misses are
/// added by MeanField.
std::vector<double> sample_points(const std::vector<double> &lower, const std::vector<double> &upper, std::size_t n_nodes)
{
  const std::size_t dim      = lower.size();
  const std::size_t budget   = most_sample_points(n_nodes);
  const std::size_t most     = dim == 1 ? 256 : (dim == 2 ? 40 : 16);
  const std::size_t per_axis = std::min<std::size_t>(
    most, static_cast<std::size_t>(std::floor(std::pow(static_cast<double>(budget), 1. / static_cast<double>(dim)) + 1e-9)));
  std::size_t       n_points = 1;
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

constexpr std::uint64_t most_check_rounds = 10;

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

double MeanField::memory(const std::size_t n_nodes, const MeanFieldParameters &parameters)
{
  if (n_nodes == 0)
    return 0.;
  const double K = static_cast<double>(n_nodes);
  // Q and √p Q; or the features at the points, those that are left over, and the directions found.
  return parameters.tolerance == 0. ? 16. * K * K : 8. * K * 2.5 * static_cast<double>(most_sample_points(n_nodes));
}

MeanField::MeanField(const LearningProblem &p, const std::vector<double> &lower, const std::vector<double> &upper,
                     const MeanFieldParameters &parameters)
  : problem(p)
  , n_omega(p.n_feature_parameters())
  , lambda(parameters.weight_decay)
{
  const std::size_t n_nodes = p.n_nodes();
  if (n_nodes == 0)
    return; // a landscape: nothing to learn, no modes
  std::vector<double> root(n_nodes), weighted_target(n_nodes);
  for (std::size_t k = 0; k < n_nodes; ++k)
    {
      root[k]            = std::sqrt(p.weights()[k]);
      weighted_target[k] = root[k] * p.targets()[k];
    }

  std::vector<double> q; // Q, [n][K]
  if (parameters.tolerance == 0.)
    {
      rank = static_cast<unsigned int>(n_nodes);
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
      const double feature_tolerance = std::sqrt(parameters.tolerance);
      Compression  compression(n_nodes, feature_tolerance);
      compression.add(weighted_features(sample_points(lower, upper, n_nodes)));
      // Points that the basis was not built from must be as well represented as those that it was.
      for (std::uint64_t round = 0; round < most_check_rounds; ++round)
        {
          const std::vector<double> checked = weighted_features(random_points(lower, upper, 400, round));
          const double feature_error        = compression.relative_error(checked);
          measured_error                    = feature_error * feature_error;
          if (feature_error <= feature_tolerance)
            break;
          compression.add(checked);
        }
      q = compression.basis();
      append_target(weighted_target, q);
      rank = static_cast<unsigned int>(q.size() / n_nodes);
    }

  // √p_k Q_kj, [K][n padded], is what features are multiplied with.
  padded_rank = projection_padding(rank);
  basis.assign(n_nodes * padded_rank, 0.);
  target.assign(rank, 0.);
  std::vector<double> rest = weighted_target;
  for (unsigned int j = 0; j < rank; ++j)
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
  inverse_root.resize(n_nodes);
  for (std::size_t k = 0; k < n_nodes; ++k)
    inverse_root[k] = root[k] > 0. ? 1. / root[k] : 0.;
  find_double_modes(random_points(lower, upper, 400, most_check_rounds), parameters.tolerance);
  const std::vector<double> inputs = p.map_inputs();
  if (inputs.empty())
    return;
  auto candidate = std::make_unique<InputMap>(*this, inputs, sample_points(lower, upper, inputs.size() / 2),
                                              random_points(lower, upper, 400, most_check_rounds + 1));
  if (candidate->covered() >= 0.25)
    map = std::move(candidate);
}

MeanField::~MeanField() = default;

std::vector<double> MeanField::map_prediction(const std::vector<double> &moments) const
{
  return map ? map->prediction(moments) : std::vector<double>();
}

void MeanField::find_double_modes(const std::vector<double> &points, double tolerance)
{
  const std::size_t   n_points = points.size() / n_omega;
  std::vector<double> values(n_points * rank), largest(rank, 0.);
  modes(static_cast<unsigned int>(n_points), points.data(), values.data(), nullptr);
  for (std::size_t i = 0; i < values.size(); ++i)
    largest[i % rank] = std::max(largest[i % rank], std::abs(values[i]));
  double kernel = 0.;
  for (const double size : largest)
    kernel += size * size;
  // Rounding χ_j to single precision changes U by χ_j δχ_j and V by c_j δχ_j.
  const double rounding = std::ldexp(1., -24);
  double_modes          = rank;
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
  if (rank == 0)
    return;
  constexpr unsigned int chunk   = 32;
  const std::size_t      n_nodes = problem.n_nodes();
  std::vector<double>    g(chunk * n_nodes), dg(gradients != nullptr ? chunk * n_omega * n_nodes : 0);
  for (unsigned int first = 0; first < count; first += chunk)
    {
      const unsigned int n = std::min(chunk, count - first);
      problem.features(n, omega + static_cast<std::size_t>(first) * n_omega, g.data(),
                       gradients != nullptr ? dg.data() : nullptr);
      project(n, n_nodes, rank, padded_rank, g.data(), basis.data(), values + static_cast<std::size_t>(first) * rank);
      if (gradients != nullptr)
        project(n * n_omega, n_nodes, rank, padded_rank, dg.data(), basis.data(),
                gradients + static_cast<std::size_t>(first) * n_omega * rank);
    }
}

std::vector<double> MeanField::residual(const std::vector<double> &moments) const
{
  std::vector<double> e(rank);
  for (unsigned int j = 0; j < rank; ++j)
    e[j] = moments[j] - target[j];
  return e;
}

double MeanField::excess_risk(const std::vector<double> &moments) const
{
  double sum = 0.;
  for (unsigned int j = 0; j < rank; ++j)
    sum += (moments[j] - target[j]) * (moments[j] - target[j]);
  return 0.5 * sum + perpendicular_risk;
}

double MeanField::risk(const std::vector<double> &moments) const
{
  return excess_risk(moments) + 0.5 * problem.noise_variance();
}

std::vector<double> MeanField::prediction(const std::vector<double> &moments) const
{
  const std::size_t   n_nodes = problem.n_nodes();
  std::vector<double> f(n_nodes, 0.);
  for (std::size_t k = 0; k < n_nodes; ++k)
    {
      for (unsigned int j = 0; j < rank; ++j)
        f[k] += basis[k * padded_rank + j] * moments[j];
      // basis holds √p Q, and W f = Q m.
      f[k] *= inverse_root[k] * inverse_root[k];
    }
  return f;
}
} // namespace rhoflow
