#include <solvers/model/model_choices.h>

#include <cmath>

#include <solvers/base/error.h>

namespace rhoflow
{
const Choices<NeuronKind> &neuron_choices()
{
  static const Choices<NeuronKind> choices{{"linear", NeuronKind::linear},
                                           {"ridge", NeuronKind::ridge},
                                           {"weighted ridge", NeuronKind::weighted_ridge},
                                           {"biased ridge", NeuronKind::biased_ridge},
                                           {"bump", NeuronKind::bump},
                                           {"single neuron", NeuronKind::single_neuron},
                                           {"isotropic", NeuronKind::isotropic},
                                           {"landscape", NeuronKind::landscape}};
  return choices;
}

const Choices<TargetKind> &target_choices()
{
  static const Choices<TargetKind> choices{{"automatic", TargetKind::automatic},
                                           {"expression", TargetKind::expression},
                                           {"teachers", TargetKind::teachers},
                                           {"random teachers", TargetKind::random_teachers}};
  return choices;
}

Activation ModelChoices::make_target_activation() const
{
  if (target_activation == "same")
    return make_activation();
  return Activation(Activation::kind_from_name(target_activation), activation_nodes);
}

unsigned int ModelChoices::finite_input_dimension(unsigned int automatic, unsigned int lowest, unsigned int highest,
                                                  const std::string &reason) const
{
  if (input_dimension == 0.)
    return automatic;
  if (!(input_dimension >= lowest && input_dimension <= highest))
    throw InputError("Learning problem/Input dimension",
                     reason + " needs a dimension from " + std::to_string(lowest) + " to " + std::to_string(highest) + ".");
  return static_cast<unsigned int>(input_dimension);
}

std::string expand_gaussian_neurons(const std::string &text, NeuronKind neuron, double input_dimension)
{
  const std::string name   = "gaussian_neurons";
  std::string       result = text;
  for (auto start = result.find(name); start != std::string::npos; start = result.find(name, start))
    {
      const auto  open  = result.find_first_not_of(" \t", start + name.size());
      std::size_t close = open;
      int         depth = 0;
      if (open != std::string::npos && result[open] == '(')
        for (; close < result.size(); ++close)
          if ((depth += (result[close] == '(') - (result[close] == ')')) == 0)
            break;
      if (open == std::string::npos || close == open || close >= result.size())
        throw InputError("Initial law/Law", "write gaussian_neurons(gamma): weights w ~ N(0, gamma^2/d I).");

      const std::string gamma = "(" + result.substr(open + 1, close - open - 1) + ")";
      const auto  d = [&](unsigned int offset) { return std::to_string(static_cast<unsigned int>(input_dimension) - offset); };
      std::string factors;
      if (!std::isfinite(input_dimension))
        factors = "point(0), point" + gamma;
      else if (neuron == NeuronKind::single_neuron)
        factors = "normal(0, " + gamma + "/sqrt(" + d(0) + ")), chi(" + d(1) + ", " + gamma + "/sqrt(" + d(0) + "))";
      else if (neuron == NeuronKind::isotropic)
        factors = "chi(" + d(0) + ", " + gamma + "/sqrt(" + d(0) + "))";
      else
        for (unsigned int c = 0; c < input_dimension; ++c)
          factors += (c > 0 ? ", normal(0, " : "normal(0, ") + gamma + "/sqrt(" + d(0) + "))";
      result.replace(start, close + 1 - start, factors);
      start += factors.size();
    }
  return result;
}
} // namespace rhoflow
