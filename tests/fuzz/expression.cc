// Formulas, lists of factors and initial laws: the first byte chooses, the rest is the text.
#include <tests/fuzz/fuzz.h>

#include <solvers/base/numerics/random.h>
#include <solvers/model/expression.h>
#include <solvers/model/initial_law.h>

namespace
{
using namespace rhoflow;

void use_law(const std::string &text, const std::vector<std::string> &names)
{
  const std::vector<double> lower(names.size(), -2.), upper(names.size(), 2.);
  const auto                law = make_initial_law(text, names, lower, upper);
  require(law->dimension() == names.size(), "a law of another dimension");
  std::vector<double> theta(names.size(), 0.25);
  if (law->has_density())
    {
      const double density = law->density(theta.data());
      require(density >= 0., "a density that is negative or no number");
    }
  double weights = 0.;
  for (unsigned int c = 0; c < law->n_products(); ++c)
    weights += law->product_weight(c);
  require(law->n_products() == 0 || std::abs(weights - 1.) < 1e-9, "weights whose sum is not one");
}
} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  if (size == 0)
    return 0;
  const std::string text(reinterpret_cast<const char *>(data) + 1, size - 1);
  allow_refusal([&]() {
    switch (data[0] % 6)
      {
          case 0: {
            const Expression formula(text, {"x", "y"}, "Target/Expression");
            const double     at[2] = {0.3, -1.7};
            const double     one = formula(at), other = formula(at);
            require(one == other || (std::isnan(one) && std::isnan(other)), "a formula that is not the same twice");
            return;
          }
        case 1:
          require(std::isfinite(evaluate_constant(text, "Data/Lower corner")), "a constant that is not finite");
          return;
        case 2:
          for (const WeightedEntries &item : parse_weighted_entries(text, "Data/Points"))
            require(std::isfinite(item.weight) && !item.entries.empty(), "a weight that is not finite");
          return;
        case 3:
          return use_law(text, {"x"});
        case 4:
          return use_law(text, {"a", "w"});
        default:
          return use_law(text.find("expression") == std::string::npos ? text : "point(0),point(0),point(0)", {"a", "s", "r"});
      }
  });
  return 0;
}
