#include <postprocess/page/html.h>
#include <postprocess/page/problem_text.h>
#include <postprocess/records/run_record.h>
#include <solvers/base/number.h>
#include <solvers/model/activation/activation_info.h>
#include <solvers/model/data_law_info.h>

#include <map>

namespace rhoflow
{
namespace
{
using html::escaped;

/// Parts of `text` between separators that stand in no parentheses.
std::vector<std::string> split(const std::string &text, const char separator)
{
  std::vector<std::string> parts(1);
  int                      depth = 0;
  for (const char c : text)
    {
      depth += (c == '(') - (c == ')');
      if (c == separator && depth == 0)
        parts.emplace_back();
      else
        parts.back() += c;
    }
  for (std::string &part : parts)
    part = trimmed(part);
  return parts;
}

std::string equation(const std::string &text)
{
  return html::scrolling(text, "equation");
}

class ProblemText
{
public:
  explicit ProblemText(const RunRecord &run)
    : record(run)
    , neuron(value("Learning problem/Neuron"))
    , is_landscape(neuron == "landscape")
    , has_decay(is_positive("Mean field/Weight decay"))
    , has_noise(value("Mean field/Inverse temperature") != "inf" && !value("Mean field/Inverse temperature").empty())
  {}

  std::string text() const { return equations() + table(); }

private:
  std::string value(const std::string &path) const { return record.parameter(path); }

  /// The value of a parameter as plain HTML.
  std::string shown(const std::string &path) const { return escaped(value(path)); }

  bool is_positive(const std::string &path) const
  {
    double x = 0;
    return parse_number(value(path), x) && x > 0;
  }

  /// Number of inputs as a symbol; "auto" is what the solvers make of it.
  std::string dimension() const
  {
    const std::string d = value("Learning problem/Input dimension");
    if (d == "inf")
      return "∞";
    if (d != "auto")
      return escaped(d);
    if (neuron == "single neuron" || neuron == "isotropic")
      return "40";
    return value("Data/Law") == "csv" ? std::to_string(split(value("Data/Input columns"), ',').size()) : "1";
  }

  std::string with_decay() const { return has_decay ? " + (λ/2)|θ|²" : ""; }

  /// The potential that moves the neurons.
  std::string potential() const
  {
    return is_landscape ? "Ψ(θ) = L(θ)" + with_decay() :
                          "Ψ(θ; ρ) = E[(f(x; ρ) − y) σ*(x; θ)]" + with_decay() + ",&emsp;f(x; ρ) = ∫ σ*(x; θ) ρ(dθ)";
  }

  std::string risk() const
  {
    if (!record.traits.has_density())
      return is_landscape ? "R = (1/M) Σ<sub>j</sub> L(θ<sub>j</sub>)" : "R = ½ E(y − f(x))²";
    return is_landscape ? "R(ρ) = ∫ L ρ" : "R(ρ) = ½ E(y − f(x; ρ))²";
  }

  std::string free_energy() const
  {
    return "F(ρ) = R(ρ)" + std::string(has_decay ? " + (λ/2) ∫ |θ|² ρ" : "") + (has_noise ? " + (1/β) ∫ ρ log ρ" : "");
  }

  /// The Wasserstein gradient flow of risk or free energy, and what it is used for in this run.
  std::string equations() const
  {
    using Solution             = SolverTraits::Solution;
    const Solution    solution = record.traits.solution;
    const std::string who = is_landscape ? "independent walkers in the potential L" : "the neurons of a wide two-layer network";
    std::string       text;
    if (solution == Solution::density_at_rest)
      text = html::paragraph("The density ρ* at which " + who +
                             ", moved by the gradient of the potential and by noise, come to "
                             "rest: the one minimiser of the free energy, the self-consistent Boltzmann density. It was found "
                             "without going through time, by Newton’s method on the dual problem.") +
             equation("ρ*(θ) = Z<sup>−1</sup> exp(−β Ψ(θ; ρ*)),&emsp;ρ* = argmin F") + equation(potential());
    else if (solution == Solution::networks)
      text = particle_equations();
    else
      {
        const std::string &method = record.traits.method;
        text                      = html::paragraph("The density ρ(θ, t) of " + who +
                                                    ", which gradient descent with small steps moves downhill in the potential Ψ" +
                                                    (has_noise ? " while noise of the inverse temperature β spreads it" : "") +
                                                    ". It is the gradient flow of the " +
                                                    (has_noise ? "free energy" :
                                                     has_decay ? "risk with weight decay" :
                                                                 "risk") +
                                                    " in the Wasserstein metric" + ", solved by " +
                                                    (method.empty() ? html::code(record.solver) : method) + ".") +
               equation("∂ρ/∂t = ∇·(ρ ∇Ψ)" + std::string(has_noise ? " + (1/β) Δρ" : "")) + equation(potential());
        if (is_landscape)
          text += html::paragraph("The walkers do not interact: the equation is linear.");
      }
    text += equation(risk() + (record.traits.has_density() && (has_noise || has_decay) ? ",&emsp;" + free_energy() : ""));
    return text + reduction();
  }

  /// The finite network itself.
  std::string particle_equations() const
  {
    const std::string method = value("Particles/Method");
    const bool        lazy   = value("Particles/Output scaling") == "lazy";
    std::string       text   = html::paragraph(
              is_landscape ? "Walkers in the potential L by " + escaped(method) + ", each for itself, in independent replicas." :
                             "The finite network itself, trained by " + escaped(method) + " in independent replicas" +
                               (lazy ? ", in the lazy scaling, in which the neurons of wide networks hardly move." : "."));
    if (!is_landscape)
      text += equation("f(x) = " + std::string(lazy ? "(1/√M)" : "(1/M)") + " Σ<sub>j</sub> σ*(x; θ<sub>j</sub>)");
    const std::string decay = has_decay ? "(1 − ηλ) θ<sub>j</sub>" : "θ<sub>j</sub>";
    const std::string noise = has_noise ? " + √(2η/β) g<sub>j</sub>" : "";
    if (method == "gradient flow")
      text += equation("dθ<sub>j</sub>/dt = −∇" +
                       std::string(is_landscape ? "L(θ<sub>j</sub>)" : "Ψ(θ<sub>j</sub>; ρ<sub>M</sub>)") +
                       (has_decay ? " − λ θ<sub>j</sub>" : ""));
    else if (is_landscape)
      text += equation("θ<sub>j</sub> ← " + decay + " − η ∇L(θ<sub>j</sub>)" + noise);
    else if (method == "gradient descent")
      text += equation("θ<sub>j</sub> ← " + decay + " − η ∇Ψ(θ<sub>j</sub>; ρ<sub>M</sub>)" + noise);
    else
      text += equation("θ<sub>j</sub> ← " + decay + " + " + (lazy ? "(η/√M)" : "η") +
                       " (y − f(x)) ∇<sub>θ</sub>σ*(x; θ<sub>j</sub>)" + noise);
    return text;
  }

  /// What became of the parameter space where a symmetry allowed fewer coordinates.
  std::string reduction() const
  {
    std::string text;
    if (neuron == "single neuron")
      text = "Only output weight a, overlap s = ⟨w*, w⟩ with the target’s direction and radius r = |w − s w*| matter, by the "
             "rotations that keep w*: " +
             std::string(record.traits.has_density() ? "θ stands for (a, s, r)" : "they are what is reported") + ".";
    else if (neuron == "isotropic")
      text = "Only the length r = |w| matters, by the rotations of the inputs.";
    if (text.empty())
      return "";
    const std::string weight = value("Single neuron/Radial weight");
    double            kappa  = 0;
    if (record.traits.radial_weight && parse_number(weight, kappa) && kappa != 0)
      text += " The density is taken with respect to r<sup>" + escaped(weight) + "</sup> da ds dr.";
    if (record.traits.ambient_measure)
      text += " Laplacian and entropy are those of the space of the weights before this reduction.";
    return html::paragraph(text);
  }

  std::string activation(const std::string &name) const
  {
    const ActivationInfo *info = find_activation(name);
    if (info == nullptr)
      return escaped(name);
    return info->formula +
           (info->kinks == Kinks::nodes ? " " + html::code(value("Learning problem/Activation nodes")) : std::string());
  }

  std::string network() const
  {
    static const std::map<std::string, std::string> formulas = {
      {"linear", "θ·x"},        {"ridge", "σ(w·x)"},           {"weighted ridge", "a σ(w·x)"}, {"biased ridge", "a σ(w·x + b)"},
      {"bump", "σ(|x − θ|/δ)"}, {"single neuron", "a σ(w·x)"}, {"isotropic", "σ(w·x)"}};
    const auto  found = formulas.find(neuron);
    std::string text  = "σ*(x; θ) = " + (found == formulas.end() ? escaped(neuron) : found->second);
    if (neuron == "bump")
      text += ", δ = " + shown("Learning problem/Bump width");
    if (neuron != "linear")
      text += ", σ(t) = " + activation(value("Learning problem/Activation"));
    return text;
  }

  std::string inputs() const
  {
    const std::string d = ", d = " + dimension();
    if (neuron == "isotropic")
      return "two classes y = ±1, x ~ N(0, (1 ± Δ)² I) in R<sup>d</sup>, Δ = " + shown("Data/Class contrast") + d;
    const DataLawInfo *law = find_data_law(value("Data/Law"));
    if (law == nullptr)
      return shown("Data/Law") + d;
    const auto code = [this](const std::string &path) { return html::code(value(path)); };
    // The columns of a file tell the dimension.
    return law->words({[this](const std::string &path) { return value(path); },
                       [this](const std::string &path) { return shown(path); }, code}) +
           (law->kind == DataLawKind::csv ? "" : d);
  }

  std::string target() const
  {
    const std::string type = value("Target/Type"), own = value("Target/Activation");
    std::string       text;
    if (type == "expression")
      text = "y = " + html::code(value("Target/Expression"));
    else if (type == "teachers")
      text = "the sum of the teacher neurons " + html::code(value("Target/Teachers"));
    else if (type == "random teachers")
      text = "the mean of " + shown("Target/Number of teachers") + " neurons drawn from " +
             html::code(value("Target/Teacher law"));
    else if (neuron == "single neuron")
      text = "y = σ(⟨w*, x⟩), |w*| = 1";
    else if (neuron == "isotropic")
      text = "the class";
    else
      text = value("Data/Law") == "csv" ? "the column " + html::code(value("Data/Output column")) : "automatic";
    if (own != "same" && !own.empty())
      text += ", with the activation " + activation(own);
    if (is_positive("Target/Noise deviation"))
      text += ", and Gaussian noise of deviation " + shown("Target/Noise deviation") + " on every label";
    return text;
  }

  /// One factor of the initial law in words.
  std::string factor(const std::string &text) const
  {
    const std::size_t open = text.find('(');
    if (open == std::string::npos || text.back() != ')')
      return html::code(text);
    const std::string              name = trimmed(text.substr(0, open));
    const std::vector<std::string> all  = split(text.substr(open + 1, text.size() - open - 2), ',');
    const auto                     a = [&](const std::size_t i) { return i < all.size() ? escaped(all[i]) : std::string("?"); };
    if (name == "normal" && all.size() == 2)
      return "normal with mean " + a(0) + " and deviation " + a(1);
    if (name == "uniform" && all.size() == 2)
      return "uniform from " + a(0) + " to " + a(1);
    if (name == "truncated_normal" && all.size() == 4)
      return "normal with mean " + a(0) + " and deviation " + a(1) + ", cut to [" + a(2) + ", " + a(3) + "]";
    if (name == "chi" && all.size() == 2)
      return a(1) + " times a χ variable with " + a(0) + " degrees of freedom";
    if (name == "point" && all.size() == 1)
      return "the point " + a(0);
    if (name == "gaussian_neurons" && all.size() == 1)
      return "w ~ N(0, (" + a(0) + "²/d) I)";
    return html::code(text);
  }

  std::string initial_law() const
  {
    const std::string law = value("Initial law/Law");
    if (law.rfind("expression", 0) == 0)
      return "proportional to " + html::code(law.size() > 12 ? law.substr(11, law.size() - 12) : law);
    std::string text;
    const auto  components = split(law, '|');
    for (const std::string &component : components)
      {
        const std::size_t colon = component.find(':');
        if (!text.empty())
          text += "; ";
        if (colon != std::string::npos)
          text += "with weight " + escaped(trimmed(component.substr(0, colon))) + ": ";
        const auto  factors = split(colon == std::string::npos ? component : component.substr(colon + 1), ',');
        std::string words;
        for (std::size_t i = 0; i < factors.size(); ++i)
          {
            const bool named = i < record.coordinates.size() && factors[i].rfind("gaussian_neurons", 0) != 0;
            words += (i == 0 ? "" : "; ") + (named ? escaped(record.coordinates[i]) + ": " : std::string()) +
                     factor(factors[i]);
          }
        text += words;
      }
    return text + (components.size() > 1 ? " (a mixture)" : "");
  }

  std::string finite_networks() const
  {
    const std::string method = value("Particles/Method");
    return shown("Particles/Replicas") + (is_landscape ? " replicas of " : " networks of ") +
           shown("Particles/Number of neurons") + (is_landscape ? " walkers, " : " neurons, ") + escaped(method) +
           (method == "gradient flow" ? "" : ", step η = " + shown("Particles/Step size")) +
           (value("Particles/Schedule") != "1" ? " times " + html::code(value("Particles/Schedule")) : "") +
           (value("Particles/Batch size") != "1" ? ", batches of " + shown("Particles/Batch size") : "");
  }

  std::string table() const
  {
    html::Table table;
    table.head = {"What", "In this run"};
    if (is_landscape)
      table.rows.push_back({"Potential", "L = " + html::code(value("Landscape/Function")) + " in the coordinates " +
                                           html::code(value("Landscape/Coordinates"))});
    else
      {
        table.rows.push_back({"Neuron", network()});
        table.rows.push_back({"Inputs", inputs()});
        table.rows.push_back({"Target", target()});
      }
    table.rows.push_back({!record.traits.has_time() ? "Law it is compared with" : "Initial law", initial_law()});
    table.rows.push_back({"Weight decay λ", shown("Mean field/Weight decay")});
    std::string beta = has_noise ? shown("Mean field/Inverse temperature") : "∞: no noise";
    if (!record.traits.has_time() && !value("Boltzmann/Path of inverse temperatures").empty())
      beta += ", from hotter ones: " + shown("Boltzmann/Path of inverse temperatures");
    table.rows.push_back({"Inverse temperature β", beta});
    if (record.traits.has_time())
      {
        table.rows.push_back({"Time", "0 to " + shown("End time") + " (step size times number of SGD steps)"});
        const bool trained = !record.traits.has_density() || value("Compare with SGD") == "true";
        table.rows.push_back({is_landscape ? "Walkers" : "Finite networks", trained ? finite_networks() : "none"});
      }
    return table.html();
  }

  const RunRecord  &record;
  const std::string neuron;
  const bool        is_landscape, has_decay, has_noise;
};
} // namespace

std::string problem_text(const RunRecord &record)
{
  return ProblemText(record).text();
}
} // namespace rhoflow
