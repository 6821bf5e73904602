#include <solvers/base/text.h>
#include <solvers/model/activation/activation.h>

#include <cmath>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/spelling.h>
#include <solvers/model/activation/activation_functions.h>
#include <solvers/model/activation/activation_kernel.h>

namespace rhoflow
{
namespace
{
constexpr double pi = 3.14159265358979323846;
} // namespace

Activation::Activation(Kind kind, std::vector<std::pair<double, double>> nodes)
  : row(&activation_info(kind))
  , table(std::move(nodes))
{
  if (row->kinks != Kinks::nodes)
    {
      table.clear();
      return;
    }
  const std::string parameter = "Learning problem/Activation nodes";
  if (table.size() < 2)
    throw InputError(Refusal::missing, parameter,
                     "a piecewise linear activation needs at least two nodes t:value, such as 0.5:-2.5, 1.5:7.5.");
  for (const auto &node : table)
    if (!std::isfinite(node.first) || !std::isfinite(node.second))
      throw InputError(Refusal::out_of_range, parameter, "the nodes of the activation must be finite numbers.");
  for (std::size_t i = 0; i + 1 < table.size(); ++i)
    if (!(table[i].first < table[i + 1].first))
      throw InputError(Refusal::out_of_range, parameter, "the arguments t of the nodes t:value must increase strictly.");
  for (const auto &node : table)
    {
      abscissae.push_back(node.first);
      ordinates.push_back(node.second);
    }
}

Activation::Kind Activation::kind_from_name(const std::string &name)
{
  if (const ActivationInfo *found = find_activation(name))
    return found->kind;
  throw InputError(Refusal::unknown_name, "Learning problem/Activation",
                   "unknown activation '" + name + "'." + did_you_mean(name, names()) + " The choices are " + listed(names()) +
                     ".");
}

std::vector<std::string> Activation::names()
{
  std::vector<std::string> list;
  for (const ActivationInfo &known : activation_table)
    list.push_back(known.name);
  return list;
}

double Activation::value(double t) const
{
  double value = 0., slope = 0.;
  with_tables([&](Kind kind, unsigned int n_nodes, const double *nodes, const double *values) {
    activation_functions::with_function(kind, n_nodes, nodes, values, [&](const auto &function) {
      function.template apply<false, activation_functions::ScalarMath>(t, value, slope);
    });
  });
  return value;
}

double Activation::derivative(double t) const
{
  double value = 0., slope = 0.;
  with_tables([&](Kind kind, unsigned int n_nodes, const double *nodes, const double *values) {
    activation_functions::with_function(kind, n_nodes, nodes, values, [&](const auto &function) {
      function.template apply<true, activation_functions::ScalarMath>(t, value, slope);
    });
  });
  return slope;
}

std::vector<double> Activation::kinks(double range) const
{
  std::vector<double> list;
  switch (row->kinks)
    {
      case Kinks::none:
        return list;
      case Kinks::zero:
        return {0.};
      case Kinks::nodes:
        return abscissae;
      case Kinks::zeros_of_cosine:
        for (double t = 0.5 * pi; t < range; t += pi)
          list.insert(list.end(), {t, -t});
        return list;
    }
  throw std::logic_error("the kinks of an activation are not listed");
}

void Activation::evaluate(const double *t, unsigned int n, double *values, double *derivatives) const
{
  kernel::evaluate_activation(kind(), static_cast<unsigned int>(abscissae.size()), abscissae.data(), ordinates.data(), n, t,
                              values, derivatives);
}

void Activation::evaluate(const float *t, unsigned int n, float *values, float *derivatives) const
{
  kernel::evaluate_activation(kind(), static_cast<unsigned int>(abscissae.size()), abscissae.data(), ordinates.data(), n, t,
                              values, derivatives);
}

void Activation::second_derivatives(const double *t, unsigned int n, const double *values, const double *derivatives,
                                    double *second) const
{
  const auto fill = [&](const auto &formula) {
    for (unsigned int i = 0; i < n; ++i)
      second[i] = formula(t[i], values[i], derivatives[i]);
  };
  switch (kind())
    {
      case Kind::erf:
        return fill([](double at, double, double slope) { return -at * slope; });
      case Kind::tanh:
        return fill([](double, double value, double slope) { return -2. * value * slope; });
      case Kind::sigmoid:
        return fill([](double, double value, double slope) { return slope * (1. - 2. * value); });
      case Kind::softplus:
        return fill([](double, double, double slope) { return slope * (1. - slope); });
      case Kind::relu:
      case Kind::piecewise_linear:
        return fill([](double, double, double) { return 0.; });
      case Kind::cosine:
      case Kind::rectified_cosine:
        return fill([](double, double value, double) { return -value; });
    }
  throw std::logic_error("an activation has no second derivative");
}
} // namespace rhoflow
