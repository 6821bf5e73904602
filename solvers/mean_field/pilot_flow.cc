#include <solvers/base/numerics/adaptive_runge_kutta.h>
#include <solvers/mean_field/pilot_flow.h>
#include <solvers/model/initial_law.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace rhoflow
{
namespace
{
constexpr double       neglected_mass = 1e-9, local_error = 1e-3, margin = 0.25;
constexpr unsigned int max_steps = 1000, max_data_nodes = 2000, n_snapshots = 5;

/// The points of the initial law. The more coordinates, the fewer for each.
Measure points_of(const InitialLaw &law)
{
  constexpr unsigned int n_per_coordinate[] = {0, 24, 14, 10};
  Measure                start;
  law.quadrature(n_per_coordinate[law.dimension()], start.points, start.weights);
  drop_light_points(start, law.dimension(), neglected_mass);
  return start;
}

/// θ_i' = −∇Ψ_λ(θ_i; ρ).
class Velocity
{
public:
  Velocity(const LearningProblem &what, const double weight_decay, std::vector<double> point_weights)
    : problem(what)
    , lambda(weight_decay)
    , dim(what.n_parameters())
    , n_omega(what.n_feature_parameters())
    , weights(std::move(point_weights))
  {
    for (const std::string &name : problem.parameter_names())
      is_radius.push_back(name == "r");
    const unsigned int K = problem.n_nodes();
    if (K == 0)
      return;
    const unsigned int        stride = (K + max_data_nodes - 1) / max_data_nodes;
    std::vector<unsigned int> chosen;
    double                    total = 0.;
    for (unsigned int k = 0; k < K; k += stride)
      {
        chosen.push_back(k);
        data_weights.push_back(problem.weights()[k]);
        targets.push_back(problem.targets()[k]);
        total += problem.weights()[k];
      }
    for (double &weight : data_weights)
      weight /= total;
    features = problem.features_of(chosen);
  }

  void operator()(const std::vector<double> &x, std::vector<double> &rate)
  {
    const std::size_t  n = weights.size(), K = data_weights.size();
    const unsigned int first = dim - n_omega;
    rate.assign(x.size(), 0.);
    if (K > 0)
      {
        omega.resize(n * n_omega);
        for (std::size_t i = 0; i < n; ++i)
          for (unsigned int d = 0; d < n_omega; ++d)
            {
              const double value     = x[i * dim + first + d];
              omega[i * n_omega + d] = is_radius[first + d] ? std::max(value, 0.) : value;
            }
        values.resize(n * K);
        slopes.resize(n * n_omega * K);
        features(static_cast<unsigned int>(n), omega.data(), values.data(), slopes.data());
        residual.assign(K, 0.);
        for (std::size_t i = 0; i < n; ++i)
          {
            const double mass = weights[i] * (first == 1 ? x[i * dim] : 1.);
            for (std::size_t k = 0; k < K; ++k)
              residual[k] += mass * values[i * K + k];
          }
        for (std::size_t k = 0; k < K; ++k)
          residual[k] = data_weights[k] * (residual[k] - targets[k]);
        const auto product = [&](const double *of) {
          double sum = 0.;
          for (std::size_t k = 0; k < K; ++k)
            sum += residual[k] * of[k];
          return sum;
        };
        for (std::size_t i = 0; i < n; ++i)
          {
            if (first == 1)
              rate[i * dim] = -product(&values[i * K]);
            for (unsigned int d = 0; d < n_omega; ++d)
              rate[i * dim + first + d] = -(first == 1 ? x[i * dim] : 1.) * product(&slopes[(i * n_omega + d) * K]);
          }
      }
    if (problem.has_external_potential())
      for (std::size_t i = 0; i < n; ++i)
        {
          double gradient[3] = {0., 0., 0.};
          problem.external_gradient(&x[i * dim], gradient);
          for (unsigned int d = 0; d < dim; ++d)
            rate[i * dim + d] -= gradient[d];
        }
    for (std::size_t i = 0; i < x.size(); ++i)
      {
        rate[i] -= lambda * x[i];
        if (is_radius[i % dim] && x[i] <= 0.)
          rate[i] = std::max(rate[i], 0.);
      }
  }

private:
  const LearningProblem    &problem;
  double                    lambda;
  unsigned int              dim, n_omega;
  std::vector<double>       weights;
  std::vector<bool>         is_radius;
  std::vector<double>       data_weights, targets;
  LearningProblem::Features features;
  std::vector<double>       omega, values, slopes, residual;
};
} // namespace

PilotFlow::PilotFlow(const LearningProblem &problem, const double weight_decay, const double end)
{
  const unsigned int                 dim   = problem.n_parameters();
  const Measure                      start = points_of(problem.initial_law());
  const double                       reach = problem.external_reach();
  std::vector<double>                x     = start.points;
  AdaptiveRungeKutta                 method(local_error, 1e-3 * std::max(end, 1e-3));
  Velocity                           right_hand_side(problem, weight_decay, start.weights);
  const AdaptiveRungeKutta::Velocity velocity = [&](const auto &state, auto &rate) { right_hand_side(state, rate); };

  lower.assign(dim, std::numeric_limits<double>::infinity());
  upper.assign(dim, -std::numeric_limits<double>::infinity());
  const auto look = [&]() {
    for (std::size_t i = 0; i < x.size(); ++i)
      {
        lower[i % dim] = std::min(lower[i % dim], x[i]);
        upper[i % dim] = std::max(upper[i % dim], x[i]);
      }
  };
  look();
  snapshots.push_back(start);
  reached = 0.;
  for (unsigned int step = 0; step < max_steps && reached < end; ++step)
    {
      // Densities change fast at first: snapshots at T/16, T/8, T/4, ...
      const double next = snapshots.size() < n_snapshots ?
                            end * std::ldexp(1., static_cast<int>(snapshots.size()) - static_cast<int>(n_snapshots)) :
                            end;
      if (!method.step(velocity, x, next, 1e-12) ||
          !std::all_of(x.begin(), x.end(), [&](const double value) { return std::abs(value) < reach; }))
        break;
      reached = method.time();
      look();
      if (reached >= next)
        snapshots.push_back({x, start.weights, {}});
    }
}

MissingRoom::MissingRoom(const DensityPlaces &places, const std::vector<std::string> &names, const std::vector<double> &lower,
                         const std::vector<double> &upper)
{
  constexpr double least = 0.1;
  for (std::size_t d = 0; d < names.size(); ++d)
    {
      const double extent  = places.upper[d] - places.lower[d];
      const auto   missing = [&](const double room) { return room < least * extent ? margin * extent - room : 0.; };
      below.push_back(names[d] == "r" && lower[d] == 0. ? 0. : missing(places.lower[d] - lower[d]));
      above.push_back(missing(upper[d] - places.upper[d]));
    }
}

bool MissingRoom::exists() const
{
  const auto is_positive = [](const double length) { return length > 0.; };
  return std::any_of(below.begin(), below.end(), is_positive) || std::any_of(above.begin(), above.end(), is_positive);
}

void enlarge_to_round_numbers(const std::vector<std::string> &names, std::vector<double> &lower, std::vector<double> &upper)
{
  for (std::size_t d = 0; d < names.size(); ++d)
    {
      // A point mass that stays has no extent of its own.
      const double extent = std::max(upper[d] - lower[d], 1e-3 * std::max({std::abs(lower[d]), std::abs(upper[d]), 1e-3}));
      const double tens   = std::pow(10., std::floor(std::log10(extent / 20.)));
      double       unit   = tens;
      for (const double factor : {2., 5.})
        if (factor * tens <= extent / 20.)
          unit = factor * tens;
      // Whole numbers of a unit that is a decimal number: what the division by its inverse gives is that number's nearest.
      const auto multiple = [&](const double n) { return unit < 1. ? n / std::round(1. / unit) : n * unit; };
      const bool radius   = names[d] == "r";
      lower[d]            = multiple(std::floor((lower[d] - margin * extent) / unit));
      upper[d]            = multiple(std::ceil((upper[d] + margin * extent) / unit));
      if (radius)
        lower[d] = std::max(lower[d], 0.);
    }
}
} // namespace rhoflow
