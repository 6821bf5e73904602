#include <solvers/spread/spread_prediction.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include <solvers/base/error.h>
#include <solvers/base/numerics/adaptive_runge_kutta.h>
#include <solvers/base/progress.h>
#include <solvers/base/text.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/spread/adjoint_operator.h>

namespace rhoflow
{
namespace
{
using State = std::vector<double>;

constexpr double first_step = 1e-3, shortest_step = 1e-13;
/// Of so many points all steps are kept, of more of them every 16th. On all ranks together: the numbers depend on it.
constexpr std::size_t few_points = 5000, steps_between_marks = 16;

/// This rank's points at one time.
struct Mark
{
  double time;
  State  points; ///< [n][D]
};

/// The points forwards in time.
class Forward
{
public:
  Forward(AdjointOperator &right_hand_side, const double tolerance)
    : system(right_hand_side)
    , method(tolerance, first_step, right_hand_side.communicator())
  {}

  void start(const Mark &mark)
  {
    state = mark.points;
    state.push_back(0.); // at rest: a rank without points has a state, too
    method.restore(mark.time, method.next_step(), {});
  }

  void step(const double end)
  {
    const auto velocity = [this](const State &x, State &rate) {
      rate.resize(x.size());
      system.update(x.data());
      system.velocity(rate.data());
      rate.back() = 0.;
    };
    if (!method.step(velocity, state, end, shortest_step))
      throw RunError("the points need time steps below 1e-13 at t = " + short_number(method.time()));
  }

  double time() const { return method.time(); }
  Mark   mark() const { return {method.time(), State(state.begin(), state.end() - 1)}; }

private:
  AdjointOperator   &system;
  AdaptiveRungeKutta method;
  State              state;
};

/// The functionals of one output time during the sweep.
struct Functionals
{
  std::size_t output;    ///< index of the output time
  std::size_t first;     ///< of the first functional among all
  std::size_t n;         ///< 1, or the number of modes
  State       residual;  ///< e at the output time
  double      scale;     ///< what the functional was divided by
  std::size_t integrals; ///< place of the n × n integrals over time
};

/// The adjoints of the functionals so far, backwards in time.
class Backward
{
public:
  Backward(AdjointOperator &right_hand_side, const SpreadPrediction::Options &given, const double end)
    : system(right_hand_side)
    , options(given)
    , end_time(end)
    , next_step(first_step)
  {}

  /// The functionals of an output time, at the points there: the risk, or all moments for the second order.
  void add(const std::size_t output, const State &points)
  {
    system.update(points.data());
    const State      &e = system.residual();
    const std::size_t n = system.n_points(), D = system.n_coordinates(), J = options.second_order ? e.size() : 1;
    Functionals       added{output, S, J, e, 1., integrals.size()};
    phi.resize((S + J) * n);
    P.resize((S + J) * n * D);
    integrals.resize(integrals.size() + J * J, 0.);
    double square = 0.;
    for (const double value : e)
      square += value * value;
    if (!options.second_order && square > 0.)
      added.scale = std::sqrt(square);
    for (std::size_t j = 0; j < J; ++j)
      {
        State c(e.size(), 0.);
        if (options.second_order)
          c[j] = 1.;
        else
          for (std::size_t i = 0; i < e.size(); ++i)
            c[i] = e[i] / added.scale;
        system.functional(c, phi.data() + (S + j) * n, P.data() + (S + j) * n * D);
      }
    S += J;
    functionals.push_back(std::move(added));
    method.reset();
  }

  /// From the end of a step to its beginning.
  void step(const State &points, const double end, const double beginning)
  {
    State state = points;
    for (const State *part : {&P, &phi, &integrals})
      state.insert(state.end(), part->begin(), part->end());
    const auto rates = [this](const State &x, State &rate) { evaluate(x, rate); };
    // A method is for one size of the state. Its time runs from the end.
    if (!method)
      method = std::make_unique<AdaptiveRungeKutta>(options.tolerance, next_step, system.communicator());
    method->restore(end_time - end, next_step, {});
    while (method->time() < end_time - beginning)
      if (!method->step(rates, state, end_time - beginning, shortest_step))
        throw RunError("the adjoint equation needs time steps below 1e-13 at t = " + short_number(end_time - method->time()));
    next_step = method->next_step();
    auto from = state.begin() + static_cast<std::ptrdiff_t>(points.size());
    for (State *part : {&P, &phi, &integrals})
      {
        std::copy_n(from, part->size(), part->begin());
        from += static_cast<std::ptrdiff_t>(part->size());
      }
  }

  /// At t = 0.
  void finish(std::vector<RiskVariance> &variances) const
  {
    const std::size_t n = system.n_points();
    for (const Functionals &f : functionals)
      {
        RiskVariance &result  = variances[f.output];
        State         initial = system.covariances(f.n, phi.data() + f.first * n);
        State         data(integrals.begin() + static_cast<std::ptrdiff_t>(f.integrals),
                           integrals.begin() + static_cast<std::ptrdiff_t>(f.integrals + f.n * f.n));
        if (!options.second_order)
          {
            result.of_data    = f.scale * f.scale * data[0];
            result.of_initial = f.scale * f.scale * initial[0];
            continue;
          }
        for (std::size_t i = 0; i < f.n; ++i)
          for (std::size_t j = 0; j < f.n; ++j)
            {
              result.of_data += f.residual[i] * data[i * f.n + j] * f.residual[j];
              result.of_initial += f.residual[i] * initial[i * f.n + j] * f.residual[j];
            }
        result.data_covariance    = std::move(data);
        result.initial_covariance = std::move(initial);
      }
  }

private:
  void evaluate(const State &x, State &rate)
  {
    const std::size_t n = system.n_points(), D = system.n_coordinates();
    rate.resize(x.size());
    const std::size_t at_P = n * D, at_phi = at_P + S * n * D, at_integrals = at_phi + S * n;
    system.update(x.data());
    system.velocity(rate.data());
    const State A = system.rates(S, x.data() + at_P, rate.data() + at_phi, rate.data() + at_P);
    for (std::size_t i = 0; i < at_integrals; ++i)
      rate[i] = -rate[i];
    noise(A, rate.data() + at_integrals);
  }

  /// The integrands: covariances of r_ξ a_ξ over the samples ξ.
  void noise(const State &A, double *rates) const
  {
    const MeanField       &field   = system.mean_field();
    const LearningProblem &problem = field.learning_problem();
    const std::size_t      K = problem.n_nodes(), n_modes = system.residual().size();
    State                  r = system.prediction();
    for (std::size_t k = 0; k < K; ++k)
      r[k] -= problem.targets()[k];
    for (const Functionals &f : functionals)
      {
        std::vector<State> a;
        State              means(f.n, 0.);
        for (std::size_t i = 0; i < f.n; ++i)
          {
            const auto first = A.begin() + static_cast<std::ptrdiff_t>((f.first + i) * n_modes);
            a.push_back(field.prediction(State(first, first + static_cast<std::ptrdiff_t>(n_modes))));
            for (std::size_t k = 0; k < K; ++k)
              means[i] += problem.weights()[k] * r[k] * a[i][k];
          }
        for (std::size_t i = 0; i < f.n; ++i)
          for (std::size_t j = 0; j <= i; ++j)
            {
              double sum = 0.;
              for (std::size_t k = 0; k < K; ++k)
                sum += problem.weights()[k] * (r[k] * r[k] + problem.noise_variance()) * a[i][k] * a[j][k];
              double *const at = rates + f.integrals;
              at[i * f.n + j] = at[j * f.n + i] = sum - means[i] * means[j];
            }
      }
  }

  AdjointOperator                    &system;
  const SpreadPrediction::Options     options;
  const double                        end_time;
  double                              next_step;
  std::unique_ptr<AdaptiveRungeKutta> method;
  std::size_t                         S = 0; ///< functionals of all output times so far
  std::vector<Functionals>            functionals;
  State                               P, phi, integrals; ///< [S][n][D], [S][n], [all]
};
} // namespace

double RiskVariance::variance(const double step_per_batch, const double inverse_width) const
{
  double result = step_per_batch * of_data + inverse_width * of_initial;
  for (std::size_t i = 0; i < data_covariance.size(); ++i)
    {
      const double c = step_per_batch * data_covariance[i] + inverse_width * initial_covariance[i];
      result += .5 * c * c;
    }
  return std::max(result, 0.); // no round-off below
}

SpreadPrediction::SpreadPrediction(const MeanField &mean_field, const Measure &law, const std::vector<double> &times,
                                   const Options &options, const MPI_Comm communicator, Progress *const progress)
{
  AdjointOperator   system(mean_field, law, communicator);
  const std::size_t between = law.weights.size() <= few_points ? 1 : steps_between_marks;
  const double      end     = times.empty() ? 0. : times.back();
  const auto        tell    = [&](const double done) {
    if (progress != nullptr)
      progress->update(done, {{"preparing", "spread of networks"}});
  };

  Forward           forward(system, options.tolerance);
  std::vector<Mark> marks{{0., system.start().points}};
  forward.start(marks.front());
  for (const double time : times)
    {
      variances.emplace_back();
      variances.back().time = time;
      for (std::size_t steps = 1; forward.time() < time; ++steps)
        {
          forward.step(time);
          if (steps % between == 0 || forward.time() == time)
            marks.push_back(forward.mark());
          tell(end > 0. ? .2 * forward.time() / end : 0.);
        }
    }

  Backward    backward(system, options, end);
  std::size_t output = times.size();
  for (std::size_t last = marks.size(); last-- > 0;)
    {
      if (output > 0 && times[output - 1] == marks[last].time)
        backward.add(--output, marks[last].points);
      if (last == 0)
        break;
      std::vector<Mark> steps{marks[last - 1]};
      if (between == 1)
        steps.push_back(marks[last]);
      else
        forward.start(steps.front());
      while (steps.back().time < marks[last].time)
        {
          forward.step(marks[last].time);
          steps.push_back(forward.mark());
        }
      for (std::size_t i = steps.size() - 1; i > 0; --i)
        {
          // The last points are those that the functionals began with.
          const State &points = i + 1 == steps.size() ? marks[last].points : steps[i].points;
          backward.step(points, steps[i].time, steps[i - 1].time);
          tell(1. - .8 * steps[i - 1].time / end);
        }
      marks.pop_back();
    }
  backward.finish(variances);
}

const RiskVariance &SpreadPrediction::at(const double time) const
{
  for (const RiskVariance &variance : variances)
    if (variance.time == time)
      return variance;
  throw std::out_of_range("the spread of networks was not predicted at t = " + short_number(time));
}

double SpreadPrediction::memory(const MeanField &field, const double n_points, const std::size_t n_times,
                                const bool second_order)
{
  const double D = field.learning_problem().n_parameters(), J = second_order ? field.n_modes() : 1.;
  // Features; the points of some hundreds of steps; the vectors of a Runge-Kutta method for points and functionals.
  constexpr double n_marks = 400., n_vectors = 12.;
  return 8. * n_points *
         (field.n_modes() * (1. + field.n_feature_parameters()) + n_marks * D +
          n_vectors * (D + static_cast<double>(n_times) * J * (D + 1.)));
}
} // namespace rhoflow
