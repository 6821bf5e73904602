#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/boltzmann/density_places.h>
#include <solvers/model/learning_problem.h>

#include <tests/support/refusals.h>

#include "run.h"

using namespace rhoflow;

namespace
{
DensityPlaces places_of(const std::string &landscape, const std::string &law, const double beta, const Settings &more = {})
{
  const auto prm = make_parameters(
    Settings{{"Learning problem/Neuron", "landscape"}, {"Landscape/Function", landscape}, {"Initial law/Law", law}} + more);
  Domain domain;
  domain.parse(*prm);
  MeanFieldParameters parameters;
  parameters.parse(*prm);
  return boltzmann_places(*make_learning_problem(*prm, domain.lower, domain.upper, 1), domain, parameters, {beta});
}
} // namespace

TEST_CASE("The box of a Boltzmann density holds all but 1e-9 of it, wherever the search begins", "[boltzmann]")
{
  // N(3, 1/(2 β)): 6 deviations hold all but 2e-9.
  const double beta = 8., deviation = .25;
  for (const char *const law : {"normal(3, 0.25)", "normal(0, 0.01)", "normal(50, 1)", "normal(0, 300)"})
    {
      CAPTURE(law);
      const DensityPlaces places = places_of("(x - 3)^2", law, beta);
      CHECK(places.lower.front() < 3. - 5.9 * deviation);
      CHECK(places.upper.front() > 3. + 5.9 * deviation);
      CHECK(places.lower.front() > 3. - 9. * deviation);
      CHECK(places.upper.front() < 3. + 9. * deviation);
      const Measure &density = places.snapshots.front();
      double         mean    = 0.;
      for (std::size_t i = 0; i < density.weights.size(); ++i)
        mean += density.weights[i] * density.points[i];
      CHECK(mean == Approx(3.).margin(1e-3));
    }
}

TEST_CASE("Both wells have a place in the box", "[boltzmann]")
{
  const DensityPlaces places = places_of("20*(x^2 - 4)^2", "normal(2, 0.1)", 2.);
  CHECK(places.lower.front() < -2.1);
  CHECK(places.upper.front() > 2.1);
}

TEST_CASE("Where there is no density at rest, a box is asked for", "[boltzmann]")
{
  CHECK(refusal([]() { places_of("x", "normal(0, 1)", 2.); }) == Refused{"Domain/Lower corner", Refusal::missing});
}

TEST_CASE("Subdivisions are as many as the tolerance asks for", "[boltzmann]")
{
  const auto prm = make_parameters({{"Learning problem/Neuron", "landscape"},
                                    {"Landscape/Function", "20*(x^2 - 1)^2"},
                                    {"Domain/Lower corner", "-2"},
                                    {"Domain/Upper corner", "2"},
                                    {"Initial law/Law", "normal(0, 1)"}});
  Domain     domain;
  domain.parse(*prm);
  const auto   problem = make_learning_problem(*prm, domain.lower, domain.upper, 1);
  unsigned int before  = 0;
  for (const double tolerance : {1e-2, 1e-8})
    {
      MeanFieldParameters parameters;
      parameters.inverse_temperature = 400.;
      const unsigned int n           = enough_subdivisions(*problem, domain, parameters, 2, tolerance);
      CHECK(n > before);
      before = n;
      // log Z against the trapezoidal rule.
      domain.set_subdivisions(n);
      double    sum = 0.;
      const int m   = 40000;
      for (int i = 1; i < m; ++i)
        sum += 4. / m * std::exp(-400. * 20. * std::pow(std::pow(-2. + 4. * i / m, 2.) - 1., 2.));
      const MeanField   field(*problem, domain.lower, domain.upper, parameters);
      const DualProblem dual(field, domain, 2, MPI_COMM_SELF);
      CHECK(dual.evaluate({}, 400., false).log_partition == Approx(std::log(sum)).margin(tolerance));
    }
}
