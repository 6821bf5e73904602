// What is learned: lines "Section/Name = value" for the sections of the learning problem, up to the problem that is made of
// them. Much slower than the other targets, since quadratures and series are computed.
#include <deal.II/base/parameter_handler.h>

#include <tests/fuzz/parameter_values.h>

#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>

namespace
{
using namespace rhoflow;

ParameterValues &values()
{
  static ParameterValues all([](dealii::ParameterHandler &prm) {
    ModelParameters::declare(prm);
    Observables::declare(prm);
  });
  return all;
}

/// Numbers of which large ones differ from small ones in the time that they take, and in nothing else.
bool is_quick(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Data");
  const auto number = [&prm](const std::string &name, const long automatic) {
    const std::string value = prm.get(name);
    return value == "automatic" ? automatic : std::stol(value);
  };
  const long nodes = number("Quadrature nodes", 28), radial = number("Radial nodes", 6), angular = number("Angular nodes", 10);
  prm.leave_subsection();
  prm.enter_subsection("Target");
  const long teachers = prm.get_integer("Number of teachers");
  prm.leave_subsection();
  return teachers <= 100 && nodes <= 100 && radial * angular <= 400;
}
} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  if (values().set(std::string(reinterpret_cast<const char *>(data), size)) && is_quick(values().handler()))
    allow_refusal([&]() {
      const auto problem = make_learning_problem(values().handler(), {-3., -3., 0.}, {3., 3., 2.}, 1);
      const auto D       = problem->n_parameters();
      require(D >= 1 && problem->parameter_names().size() == D && problem->initial_law().dimension() == D,
              "a problem of several dimensions");
      double sum = 0.;
      for (const double weight : problem->weights())
        sum += weight;
      require(problem->n_nodes() == 0 || std::abs(sum - 1.) < 1e-6, "data whose weights do not sum to one");
      for (const double target : problem->targets())
        require(std::isfinite(target), "a target that is not finite");
      Observables().parse(values().handler(), problem->parameter_names());
    });
  values().leave_all_subsections();
  values().restore();
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, const std::size_t size, const std::size_t most,
                                               const unsigned int seed)
{
  return values().mutate(data, size, most, seed);
}
