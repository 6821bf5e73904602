#include <solvers/base/text.h>
#include <solvers/model/activation/activation.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/spelling.h>
#include <solvers/model/activation/activation_kernel.h>

namespace rhoflow
{
Activation::Activation(Kind kind, std::vector<std::pair<double, double>> nodes)
  : type(kind)
  , table(std::move(nodes))
{
  if (type != Kind::piecewise_linear)
    {
      table.clear();
      return;
    }
  const std::string parameter = "Learning problem/Activation nodes";
  if (table.size() < 2)
    throw InputError(parameter, "a piecewise linear activation needs at least two nodes t:value, such as 0.5:-2.5, 1.5:7.5.");
  for (const auto &node : table)
    if (!std::isfinite(node.first) || !std::isfinite(node.second))
      throw InputError(parameter, "the nodes of the activation must be finite numbers.");
  for (std::size_t i = 0; i + 1 < table.size(); ++i)
    if (!(table[i].first < table[i + 1].first))
      throw InputError(parameter, "the arguments t of the nodes t:value must increase strictly.");
  for (const auto &node : table)
    {
      abscissae.push_back(node.first);
      ordinates.push_back(node.second);
    }
}

Activation::Kind Activation::kind_from_name(const std::string &name)
{
  const std::vector<std::string> valid    = names();
  const auto                     position = std::find(valid.begin(), valid.end(), name);
  if (position == valid.end())
    throw InputError("Learning problem/Activation", "unknown activation '" + name + "'." + did_you_mean(name, valid) +
                                                      " The choices are " + listed(valid) + ".");
  return static_cast<Kind>(position - valid.begin());
}

std::vector<std::string> Activation::names()
{
  return {"erf", "tanh", "sigmoid", "softplus", "relu", "piecewise linear", "cosine", "rectified cosine"};
}

int Activation::parity() const
{
  switch (type)
    {
      case Kind::erf:
      case Kind::tanh:
        return -1;
      case Kind::cosine:
      case Kind::rectified_cosine:
        return 1;
      default:
        return 0;
    }
}

double Activation::value(double t) const
{
  switch (type)
    {
      case Kind::erf:
        return std::erf(t * std::sqrt(0.5));
      case Kind::tanh:
        return std::tanh(t);
      case Kind::sigmoid:
        return (t > 0. ? 1. : std::exp(t)) / (1. + std::exp(-std::abs(t)));
      case Kind::softplus:
        return std::max(t, 0.) + std::log1p(std::exp(-std::abs(t)));
      case Kind::relu:
        return std::max(t, 0.);
      case Kind::cosine:
        return std::cos(t);
      case Kind::rectified_cosine:
        return std::max(std::cos(t), 0.);
      case Kind::piecewise_linear:
        break;
    }
  double value = ordinates[0];
  for (std::size_t i = 0; i + 1 < abscissae.size(); ++i)
    {
      const double width = abscissae[i + 1] - abscissae[i];
      value += (ordinates[i + 1] - ordinates[i]) / width * std::min(std::max(t - abscissae[i], 0.), width);
    }
  return value;
}

double Activation::derivative(double t) const
{
  switch (type)
    {
      case Kind::erf:
        return std::sqrt(2. / 3.14159265358979323846) * std::exp(-0.5 * t * t);
        case Kind::tanh: {
          const double e = std::exp(-2. * std::abs(t));
          return 4. * e / ((1. + e) * (1. + e));
        }
        case Kind::sigmoid: {
          const double e = std::exp(-std::abs(t));
          return e / ((1. + e) * (1. + e));
        }
      case Kind::softplus:
        return (t > 0. ? 1. : std::exp(t)) / (1. + std::exp(-std::abs(t)));
      case Kind::relu:
        return t > 0. ? 1. : 0.;
      case Kind::cosine:
        return -std::sin(t);
      case Kind::rectified_cosine:
        return std::cos(t) > 0. ? -std::sin(t) : 0.;
      case Kind::piecewise_linear:
        break;
    }
  for (std::size_t i = 0; i + 1 < abscissae.size(); ++i)
    if (t >= abscissae[i] && t < abscissae[i + 1])
      return (ordinates[i + 1] - ordinates[i]) / (abscissae[i + 1] - abscissae[i]);
  return 0.;
}

void Activation::evaluate(const double *t, unsigned int n, double *values, double *derivatives) const
{
  kernel::evaluate_activation(type, static_cast<unsigned int>(abscissae.size()), abscissae.data(), ordinates.data(), n, t,
                              values, derivatives);
}

void Activation::evaluate(const float *t, unsigned int n, float *values, float *derivatives) const
{
  kernel::evaluate_activation(type, static_cast<unsigned int>(abscissae.size()), abscissae.data(), ordinates.data(), n, t,
                              values, derivatives);
}
} // namespace rhoflow
