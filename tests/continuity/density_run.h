#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

#include <meshes/adaptive_mesh.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/comparison/parameters.h>
#include <solvers/continuity/continuity_state.h>
#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/parameters.h>
#include <solvers/discretization/dg/initial_density.h>
#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/discretization/output_parameters.h>
#include <solvers/discretization/refinement.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/initial_law.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>
#include <solvers/particles/parameters.h>
#include <solvers/single_neuron/parameters.h>

#include <tests/support/run.h>

/// The continuity equation from parameters, stepped without a run directory and open to inspection.
class DensityRun
{
public:
  /// Whether to refine the cell with this centre [D].
  using Where = std::function<bool(const double *centre)>;

  /// `where`: cells that are refined once before the start, for hanging faces that stay.
  explicit DensityRun(const Settings &settings, MPI_Comm communicator = MPI_COMM_SELF, const Where &where = {})
  {
    using namespace rhoflow;
    // A box that holds Reference A; later settings win.
    const auto prm = make_parameters(Settings{{"Domain/Lower corner", "-6.5, -2.6, 0"},
                                              {"Domain/Upper corner", "6.5, 2.6, 2"},
                                              {"Domain/Subdivisions", "16, 24, 14"}} +
                                     settings);
    Domain     domain;
    domain.parse(*prm);
    parameters.parse(*prm);
    refinement.parse(*prm, domain.dimension());
    MeanFieldParameters mean_field_parameters;
    mean_field_parameters.parse(*prm);
    SingleNeuronParameters reduction;
    reduction.parse(*prm);
    kappa       = reduction.radial_weight;
    problem     = make_learning_problem(*prm, domain.lower, domain.upper, 1);
    const int o = problem->has_outer_weight() ? 1 : 0;
    mean_field  = std::make_unique<MeanField>(*problem, std::vector<double>(domain.lower.begin() + o, domain.lower.end()),
                                             std::vector<double>(domain.upper.begin() + o, domain.upper.end()),
                                             mean_field_parameters);
    natural.assign(domain.dimension(), false);
    const auto names = problem->parameter_names();
    for (unsigned int d = 0; d < domain.dimension(); ++d)
      natural[d] = names[d] == "r" && domain.lower[d] == 0.;

    mesh = std::make_unique<AdaptiveMesh>(domain, communicator);
    if (where)
      refine(where);
    method   = RungeKutta::from_name(parameters.time_stepping);
    solution = std::make_unique<ContinuityState>(*mean_field, method, parameters.limit);
    std::vector<double> values;
    do
      {
        make_space();
        values = project_initial_density(problem->initial_law(), *space, missing_mass);
    } while (refinement.adaptive && adapt_to(values, true));
    start(values);
  }

  /// Begins with this density, [cells][points].
  void start(const std::vector<double> &values)
  {
    solution->reinit(*space, values);
    solution->dissipation();
  }

  double time_step() const
  {
    const unsigned int k     = parameters.degree;
    double             limit = method.stability_limit[k - 1];
    if (parameters.limit)
      limit = std::min(limit, method.positivity_limit(k));
    return std::min(parameters.maximum_time_step, parameters.cfl * limit / std::max(solution->max_rate(), 1e-100));
  }

  void step(double dt)
  {
    if (refinement.adaptive && steps % refinement.interval == 0)
      {
        std::vector<double> values = solution->values();
        adaptations += adapt_to(values, false) ? 1 : 0;
      }
    solution->step(dt);
    record(solution->dissipation_before());
    time += dt;
    ++steps;
  }

  void advance(double end)
  {
    while (time < end)
      {
        const double dt   = time_step();
        const double left = end - time;
        const bool   last = left <= dt * (1. + 1e-10);
        step(last ? left : (left < 2. * dt ? 0.5 * left : dt));
        if (last)
          time = end;
      }
  }

  rhoflow::Diagnostics diagnose() { return rhoflow::diagnose(*solution, natural, rhoflow::Observables()); }
  double               risk() { return mean_field->risk(solution->moments()); }
  /// ∫ ∫ |∇Ψ_λ|² ρ dt from the start until now.
  double dissipated()
  {
    record(solution->dissipation());
    return rhoflow::integrate_samples(dissipation_times, dissipation_values);
  }

  std::unique_ptr<rhoflow::LearningProblem> problem;
  std::unique_ptr<rhoflow::MeanField>       mean_field;
  rhoflow::ContinuityParameters             parameters;
  rhoflow::RefinementParameters             refinement;
  double                                    kappa = 0., missing_mass = 0., time = 0.;
  unsigned int                              steps = 0, adaptations = 0;
  std::vector<bool>                         natural;
  rhoflow::RungeKutta                       method;
  std::unique_ptr<rhoflow::AdaptiveMesh>    mesh;
  std::unique_ptr<rhoflow::DGMesh>          space;
  std::unique_ptr<rhoflow::ContinuityState> solution;

private:
  void make_space() { space = std::make_unique<rhoflow::DGMesh>(*mesh, parameters.degree, problem->has_outer_weight(), kappa); }

  void refine(const Where &where)
  {
    std::vector<signed char> flags;
    for (const rhoflow::CellKey &key : mesh->cells())
      {
        double centre[3] = {};
        for (unsigned int d = 0; d < mesh->dimension(); ++d)
          centre[d] = 0.5 * (mesh->position(key, d, 0) + mesh->position(key, d, 1));
        flags.push_back(where(centre) ? 1 : 0);
      }
    std::vector<double>   nothing(mesh->cells().size());
    rhoflow::CellTransfer transfer;
    transfer.refine  = [](const rhoflow::CellKey &, const double *, double *value) { *value = 0.; };
    transfer.coarsen = transfer.refine;
    mesh->adapt(flags, 1, nothing, transfer);
  }

  bool adapt_to(std::vector<double> &values, bool only_refine)
  {
    auto flags = refinement_flags(space->mesh(), resolution_indicator(*space, values), refinement, refinement.tolerance);
    if (only_refine)
      for (auto &flag : flags)
        flag = std::max<signed char>(flag, 0);
    if (!mesh->adapt(flags, space->points_per_cell(), values, space->cell_transfer()))
      return false;
    if (!only_refine)
      {
        make_space();
        solution->reinit(*space, values);
      }
    return true;
  }

  void record(double dissipation)
  {
    if (!dissipation_times.empty() && dissipation_times.back() == time)
      return;
    dissipation_times.push_back(time);
    dissipation_values.push_back(dissipation);
  }

  std::vector<double> dissipation_times, dissipation_values;
};

struct Errors
{
  double l1, l2;
};

/// ∫ |ρ − exact| and (∫ |ρ − exact|²)^½ with the Gauss points of half cells: the element's polynomial, not its nodes. Serial.
template <typename Exact>
Errors errors(const DensityRun &run, const Exact &exact)
{
  using namespace rhoflow;
  const DGMesh       &space = *run.space;
  const unsigned int  dim = space.dimension(), n = space.batches().n;
  const LineBasis     half_rule = make_line_basis(n - 1, 0., 0., 1.);
  const unsigned int  n_rule    = 2 * half_rule.n;
  std::vector<double> xi(n_rule), weight(n_rule);
  for (unsigned int q = 0; q < n_rule; ++q)
    {
      xi[q]     = 0.5 * (q / half_rule.n + half_rule.nodes[q % half_rule.n]);
      weight[q] = 0.5 * half_rule.weights[q % half_rule.n];
    }
  const std::vector<double> values = run.solution->values();
  std::vector<double>       u, folded;
  Errors                    sum{0., 0.};
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      const CellKey &key = run.mesh->cells()[c];
      u.assign(values.begin() + static_cast<std::ptrdiff_t>(c * space.points_per_cell()),
               values.begin() + static_cast<std::ptrdiff_t>((c + 1) * space.points_per_cell()));
      unsigned int done = 1, left = space.points_per_cell();
      double       volume = 1.;
      for (unsigned int d = 0; d < dim; ++d)
        {
          left /= n;
          folded.assign(static_cast<std::size_t>(done) * n_rule * left, 0.);
          for (unsigned int q = 0; q < n_rule; ++q)
            for (unsigned int i = 0; i < n; ++i)
              {
                const double l = space.line(key, d).value(i, xi[q]);
                for (unsigned int outer = 0; outer < left; ++outer)
                  for (unsigned int inner = 0; inner < done; ++inner)
                    folded[(outer * n_rule + q) * done + inner] += l * u[(outer * n + i) * done + inner];
              }
          u.swap(folded);
          done *= n_rule;
          volume *= run.mesh->extent(key, d);
        }
      for (unsigned int s = 0; s < done; ++s)
        {
          double theta[3], w = volume;
          for (unsigned int d = 0, rest = s; d < dim; ++d, rest /= n_rule)
            {
              theta[d] = run.mesh->position(key, d, 0) + run.mesh->extent(key, d) * xi[rest % n_rule];
              w *= weight[rest % n_rule];
            }
          const double difference = u[s] - exact(theta);
          sum.l1 += w * std::abs(difference);
          sum.l2 += w * difference * difference;
        }
    }
  sum.l2 = std::sqrt(sum.l2);
  return sum;
}

/// Points θ_j [n][D] with weights of sum one.
struct PointLaw
{
  std::vector<double> theta, weights;
};

/// The initial law by five Gauss points in each of n intervals along every axis of a box: where the flow has made the density
/// rough, a Gauss rule of the whole law converges slowly.
inline PointLaw composite_quadrature(const rhoflow::LearningProblem &problem, const std::vector<double> &lower,
                                     const std::vector<double> &upper, unsigned int n)
{
  const rhoflow::LineBasis line = rhoflow::make_line_basis(rhoflow::max_degree, 0., 0., 1.);
  const unsigned int       dim = problem.n_parameters(), n_line = n * line.n;
  std::size_t              count = 1;
  for (unsigned int d = 0; d < dim; ++d)
    count *= n_line;
  PointLaw law;
  double   total = 0.;
  for (std::size_t i = 0; i < count; ++i)
    {
      double point[3] = {}, weight = 1.;
      for (std::size_t d = 0, rest = i; d < dim; ++d, rest /= n_line)
        {
          const std::size_t q = rest % n_line;
          const double      h = (upper[d] - lower[d]) / n;
          point[d]            = lower[d] + h * (static_cast<double>(q / line.n) + line.nodes[q % line.n]);
          weight *= h * line.weights[q % line.n];
        }
      weight *= problem.initial_law().density(point);
      if (weight < 1e-17)
        continue;
      law.theta.insert(law.theta.end(), point, point + dim);
      law.weights.push_back(weight);
      total += weight;
    }
  for (double &weight : law.weights)
    weight /= total;
  return law;
}

/// R at the given times by characteristics, which share nothing with the mesh: ρ = Σ w_j δ_{θ_j}, θ_j' = −∇Ψ_λ(θ_j; ρ), by the
/// classical Runge–Kutta method with steps of about dt.
inline std::vector<double> risk_by_characteristics(const rhoflow::LearningProblem &problem, const rhoflow::MeanField &field,
                                                   PointLaw law, const std::vector<double> &times, double dt)
{
  std::vector<double>       &theta   = law.theta;
  const std::vector<double> &weights = law.weights;
  const unsigned int         dim = problem.n_parameters(), n_omega = problem.n_feature_parameters(), offset = dim - n_omega;
  const unsigned int         n_modes = field.n_modes(), n = static_cast<unsigned int>(weights.size());
  std::vector<double>        omega(n * n_omega), chi(n * n_modes), gradients(chi.size() * n_omega);

  const auto moments = [&](const std::vector<double> &at, bool with_gradients) {
    for (unsigned int i = 0; i < n; ++i)
      std::copy_n(&at[i * dim + offset], n_omega, &omega[i * n_omega]);
    field.modes(n, omega.data(), chi.data(), with_gradients ? gradients.data() : nullptr);
    std::vector<double> m(n_modes, 0.);
    for (unsigned int i = 0; i < n; ++i)
      for (unsigned int j = 0; j < n_modes; ++j)
        m[j] += weights[i] * (offset == 1 ? at[i * dim] : 1.) * chi[i * n_modes + j];
    return m;
  };
  const auto velocity = [&](const std::vector<double> &at) {
    const std::vector<double> e = field.residual(moments(at, true));
    std::vector<double>       v(at.size());
    for (unsigned int i = 0; i < n; ++i)
      for (unsigned int d = 0; d < dim; ++d)
        {
          double sum = 0.;
          for (unsigned int j = 0; j < n_modes; ++j)
            sum += e[j] * (d < offset ? chi[i * n_modes + j] : gradients[(i * n_omega + d - offset) * n_modes + j]);
          v[i * dim + d] = -(d >= offset && offset == 1 ? at[i * dim] : 1.) * sum - field.weight_decay() * at[i * dim + d];
        }
    return v;
  };
  const auto moved = [](std::vector<double> at, double step, const std::vector<double> &v) {
    for (std::size_t i = 0; i < at.size(); ++i)
      at[i] += step * v[i];
    return at;
  };

  std::vector<double> result;
  double              present = 0.;
  for (const double time : times)
    {
      const int    steps = static_cast<int>(std::ceil((time - present) / dt - 1e-9));
      const double h     = steps > 0 ? (time - present) / steps : 0.;
      for (int step = 0; step < steps; ++step)
        {
          const auto k1 = velocity(theta), k2 = velocity(moved(theta, 0.5 * h, k1)), k3 = velocity(moved(theta, 0.5 * h, k2)),
                     k4 = velocity(moved(theta, h, k3));
          for (std::size_t i = 0; i < theta.size(); ++i)
            theta[i] += h / 6. * (k1[i] + 2. * k2[i] + 2. * k3[i] + k4[i]);
        }
      present = time;
      result.push_back(field.risk(moments(theta, false)));
    }
  return result;
}
