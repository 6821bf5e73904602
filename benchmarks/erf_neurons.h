#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <solvers/base/numerics/random.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
/// Neurons a σ(w·x), σ = erf(·/√2), a ~ N(0, 1), w ~ N(0, I/d), that learn y = σ(x_1), x ~ N(0, I_d): what the benchmarks of
/// SGD train. Only the particles' view is there.
class ErfNeurons : public LearningProblem
{
public:
  explicit ErfNeurons(unsigned int input_dimension)
    : d(input_dimension)
  {
    sigma = std::make_unique<Activation>(Activation::Kind::erf);
  }
  unsigned int             n_parameters() const override { return 3; }
  std::vector<std::string> parameter_names() const override { return {"a", "s", "r"}; }
  bool                     has_outer_weight() const override { return true; }
  void                     features(unsigned int, const double *, double *, double *) const override {}
  double                   self_kernel(const double *) const override { return 0.; }
  ParticleNeuron           particle_neuron() const override { return {ParticleNeuron::Type::weighted_ridge, d}; }
  void                     sample(CounterRandom &random, double *x, double &y) const override
  {
    random.normals(d, x);
    y = sigma->value(x[0]);
  }
  void sample_particle(CounterRandom &random, double *theta) const override
  {
    for (unsigned int i = 0; i <= d; ++i)
      theta[i] = random.normal() / (i == 0 ? 1. : std::sqrt(static_cast<double>(d)));
  }
  void        reduce(const double *, double *) const override {}
  double      particle_risk(const double *, std::uint64_t, MPI_Comm) const override { return 0.; }
  std::string particle_risk_method() const override { return ""; }

private:
  unsigned int d;
};
} // namespace rhoflow
