#include <postprocess/page/findings.h>
#include <postprocess/page/html.h>
#include <postprocess/records/run_record.h>
#include <solvers/base/number.h>

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
namespace
{
using html::number;

/// The value of a parameter, or `standard` where it is no number.
double number_of(const RunRecord &record, const std::string &parameter, const double standard)
{
  double value = 0;
  return parse_number(record.parameter(parameter), value) ? value : standard;
}

/// Index of the largest |value| that is not NaN; the number of values if there is none.
std::size_t largest(const std::vector<double> &values)
{
  std::size_t found = values.size();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i]) && (found == values.size() || std::abs(values[i]) > std::abs(values[found])))
      found = i;
  return found;
}

std::string networks(const RunRecord &record)
{
  const bool walkers = record.parameter("Learning problem/Neuron") == "landscape";
  return html::escaped(record.parameter("Particles/Replicas")) + (walkers ? " replicas of " : " networks of ") +
         html::escaped(record.parameter("Particles/Number of neurons")) + (walkers ? " walkers" : " neurons");
}

/// How often independent comparisons exceed the limit by chance: |T| of Student's law with R - 1 degrees of freedom.
std::string by_chance(const RunRecord &record)
{
  const double replicas = number_of(record, "Particles/Replicas", 0);
  if (!(replicas >= 2 && replicas < 1e9))
    return "";
  const boost::math::students_t_distribution<double> law(replicas - 1);
  return "With " + number(replicas) + " replicas chance alone exceeds " + number(deviation_limit) + " standard errors in " +
         number(200. * cdf(complement(law, deviation_limit)), 2) + " of 100 independent comparisons.";
}

std::string distances(const RunRecord &record)
{
  if (!record.has("comparison", "sliced W1") || !record.has("comparison", "sliced W1 floor"))
    return "";
  const double distance = record.column("comparison", "sliced W1").back();
  const double floor    = record.column("comparison", "sliced W1 floor").back();
  return html::paragraph(
    "The sliced Wasserstein-1 distance of density and neurons is " + number(distance, 3) +
    " at the end; sampling alone would make " + number(floor, 3) +
    (distance > 2. * floor ? ". What is above that is the error of the mesh or the finite width and step." : "."));
}

std::string hints(const RunRecord &record)
{
  const bool  no_bias = record.parameter("Comparison/Bias estimation") == "none";
  std::string text    = "What to look at: ";
  if (no_bias)
    text += "the deviations contain the biases of width and step, " + html::code("Comparison/Bias estimation = richardson") +
            " takes them out; ";
  return html::paragraph(
    text + "a smaller " + html::code("Particles/Step size") + " and a larger " + html::code("Particles/Number of neurons") +
    " tell whether the finite networks are to blame, a finer mesh whether the density is, and the invariants "
    "below whether the density stayed in its box.");
}
} // namespace

std::string reason_of_end(const std::string &log)
{
  for (const char *const beginning : {"\n\nError (exit status ", "\n\nStopped at "})
    if (const std::size_t found = log.rfind(beginning);
        found != std::string::npos && log.find("\nGoing on", found) == std::string::npos)
      return log.substr(found + 2, log.find_last_not_of('\n') - found - 1);
  return "";
}

std::string position(const RunRecord &record, const std::string &table, const std::size_t row)
{
  const CsvTable &rows = record.tables.at(table);
  const bool      rest = rows.columns.front() == "inverse temperature";
  return std::string(rest ? "β = " : "t = ") + number(rows.rows[row][0]);
}

/// What the density's own error is beside the standard error of the networks.
std::string own_error(const RunRecord &record, const std::size_t row)
{
  const std::string unit = "standard error without bias";
  if (!record.has("comparison", "risk error") || !record.has("comparison", unit))
    return "";
  const double error = record.column("comparison", "risk error")[row] / record.column("comparison", unit)[row];
  return std::isfinite(error) ? " The density’s own error there is " + number(error, 2) + " standard errors." :
                                " The density’s own error was not estimated.";
}

/// How far the networks are apart at the end, beside what the density predicts.
std::string spread(const RunRecord &record)
{
  const std::string measured = "standard deviation of networks", predicted = "predicted standard deviation";
  if (!record.has("comparison", measured) || !record.has("comparison", predicted))
    return "";
  const double deviation = record.column("comparison", measured).back();
  const double n         = std::atof(record.parameter("Particles/Replicas").c_str());
  if (!std::isfinite(deviation) || !(n > 1.))
    return "";
  // A sample deviation of Gaussian values scatters by 1/√(2 (n − 1)) of itself.
  return html::paragraph("The risks of the networks have a standard deviation of " + number(deviation, 3) + " ± " +
                         number(deviation / std::sqrt(2. * (n - 1.)), 2) + " there. The density predicts " +
                         number(record.column("comparison", predicted).back(), 3) +
                         ", from the noise of the data and of the initial neurons.");
}

Verdict verdict(const RunRecord &record)
{
  const std::string column = "deviation [standard errors]";
  Verdict           result;
  const bool        sgd     = record.parameter("Particles/Method").find("SGD") != std::string::npos;
  const bool        walkers = record.parameter("Learning problem/Neuron") == "landscape";
  const std::string who     = walkers ? "walkers" : sgd ? "SGD" : "the finite networks";
  result.word               = "not compared with " + who;
  if (!record.has("comparison", column))
    {
      if (!record.traits.has_density())
        result.html = html::paragraph(
          "This run is finite networks alone. A density beside them: the same file with a solver of "
          "densities and " +
          html::code("Compare with SGD = true") + ".");
      else if (!record.traits.has_time())
        result.html = html::paragraph(
          "A density at rest has no time at which networks could be compared. The way to it does: " +
          html::code("Solver = fokker planck") + " with " + html::code("Compare with SGD = true") + ".");
      else
        result.html = html::paragraph(std::string(walkers ? "No walkers moved" : "No finite networks were trained") +
                                      " beside this density. " + html::code("Compare with SGD = true") +
                                      " does it, from the same parameter file.");
      return result;
    }

  const std::vector<double> deviations = record.column("comparison", column);
  const std::size_t         worst      = largest(deviations);
  if (worst == deviations.size())
    {
      result.html = html::paragraph(
        "The networks were trained, but there is no standard error to measure deviations by: at least "
        "two replicas are needed (" +
        html::code("Particles/Replicas") + ").");
      return result;
    }
  const double size = std::abs(deviations[worst]);
  const bool   fine = size <= deviation_limit;
  result.mark       = fine ? Mark::fine : Mark::look;
  result.word       = (fine ? "agrees with " : "differs from ") + who;
  result.html = html::paragraph("The largest deviation of the networks’ risk from the density’s is " + number(size, 3) +
                                " standard errors, at " + position(record, "comparison", worst) + " (of " +
                                number(static_cast<double>(deviations.size())) + " output times; " +
                                (fine ? "up to " : "beyond ") + number(deviation_limit) + " counts as " +
                                (fine ? "agreement" : "a difference") + "). " + by_chance(record) + own_error(record, worst));
  if (record.has("comparison", "mean risk of networks") && record.has("comparison", "standard error"))
    {
      const std::size_t last = deviations.size() - 1;
      std::string       text = "At " + position(record, "comparison", last) + " the risk of " + networks(record) + " is " +
                         number(record.column("comparison", "mean risk of networks").back()) + " ± " +
                         number(record.column("comparison", "standard error").back(), 2) + " in the mean";
      if (record.has("comparison", "risk"))
        text += ", that of the density " + number(record.column("comparison", "risk").back());
      if (record.has("comparison", "expected bias") && !std::isnan(record.column("comparison", "expected bias").back()))
        text += "; finite width and step are expected to make " +
                number(record.column("comparison", "expected bias").back(), 2) + " of the difference";
      result.html += html::paragraph(text + ".");
      result.html += spread(record);
    }
  result.html += distances(record);
  if (!fine)
    result.html += hints(record);
  return result;
}

std::vector<Invariant> invariants(const RunRecord &record)
{
  std::vector<Invariant> found;
  const std::string      table = "statistics";
  const auto             has   = [&](const std::string &column) { return record.has(table, column); };
  const auto             at    = [&](const std::size_t row) { return " at " + position(record, table, row); };
  const auto             last  = [&](const std::string &column) { return record.column(table, column).back(); };
  const auto             judge = [](const bool fine) { return fine ? Mark::fine : Mark::look; };
  if (!record.has(table))
    return found;
  const bool   is_density = record.traits.has_density();
  const double beta       = number_of(record, "Mean field/Inverse temperature", std::numeric_limits<double>::infinity());

  if (has("mass") && record.traits.has_time())
    {
      std::vector<double> drift = record.column(table, "mass");
      const double        start = drift.front();
      for (double &mass : drift)
        mass -= start;
      const std::size_t row = largest(drift);
      const double      max = row < drift.size() ? std::abs(drift[row]) : std::numeric_limits<double>::quiet_NaN();
      found.push_back({"Drift of the mass", number(max, 2) + (max > 0 ? at(row) : ""), judge(max <= 1e-10),
                       "Every scheme keeps the mass to round-off; more than 10<sup>−10</sup> is a fault."});
    }
  if (has("negative mass"))
    {
      const auto        values = record.column(table, "negative mass");
      const std::size_t row    = largest(values);
      const double      max    = row < values.size() ? values[row] : std::numeric_limits<double>::quiet_NaN();
      found.push_back(
        {"Negative mass", number(max, 2) + (max > 0 ? at(row) : ""), judge(max <= 1e-2),
         "How much the mesh resolves poorly: the evolved density may be negative there, and its moments and risk "
         "are more precise than its shape. What is drawn and compared is a positive density of the same moments. "
         "Above 0.01 the shape deserves a finer mesh (" +
           (record.parameter("Refinement/Adaptive") == "true" ? "a smaller " + html::code("Refinement/Tolerance") :
                                                                html::code("Refinement/Adaptive = true")) +
           ")."});
    }
  if (has("minimum"))
    {
      const auto        values   = record.column(table, "minimum");
      const std::size_t row      = static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
      const bool        has_sign = !has("negative mass");
      found.push_back(
        {"Smallest density", number(values[row], 3) + at(row), has_sign ? judge(values[row] >= -1e-12) : Mark::note,
         has_sign ? "This scheme keeps the density positive; less than −10<sup>−12</sup> is a fault." :
                    "The most negative value of the evolved density; the negative mass says how much it matters."});
    }
  if (has("energy balance"))
    {
      const auto        values = record.column(table, "energy balance");
      const auto        risks  = record.column(table, "risk");
      const std::size_t row    = largest(values);
      const double      max    = row < values.size() ? std::abs(values[row]) : std::numeric_limits<double>::quiet_NaN();
      const double      scale  = std::abs(risks[std::min(largest(risks), risks.size() - 1)]);
      found.push_back({"Energy balance", row < values.size() ? number(values[row], 2) + at(row) : number(max),
                       judge(max <= 1e-3 * scale),
                       "What the energy has lost minus the integral of the dissipation ∫ |∇Ψ|² ρ: zero for the exact solution. "
                       "Up to a thousandth of the largest risk counts as fine."});
    }
  if (has("free energy") && record.traits.free_energy_decreases && record.tables.at(table).rows.size() > 1)
    {
      const auto  values   = record.column(table, "free energy");
      const bool  adaptive = record.parameter("Refinement/Adaptive") == "true";
      std::size_t row      = 1;
      double      range    = 0;
      for (std::size_t i = 1; i < values.size(); ++i)
        {
          range = std::max(range, std::abs(values[i] - values[0]));
          // A NaN is found as well.
          if (!(values[i] - values[i - 1] <= values[row] - values[row - 1]))
            row = i;
        }
      const double increase  = values[row] - values[row - 1];
      const double threshold = adaptive ? 1e-4 * range : 1e-10 * std::max(1., std::abs(values[0]));
      found.push_back({"Largest increase of the free energy between rows",
                       number(std::isnan(increase) ? increase : std::max(increase, 0.), 2) + (increase > 0 ? at(row) : ""),
                       judge(increase <= threshold),
                       adaptive ? "It falls all the time; only new meshes change it by their own errors, of which a part of "
                                  "10<sup>−4</sup> of all that it fell counts as fine." :
                                  "It falls all the time, to round-off (10<sup>−10</sup>)."});
    }
  if (has("free-energy gap") && has("lower bound of the gap") && has("upper bound of the gap"))
    {
      const auto lower = record.column(table, "lower bound of the gap"), middle = record.column(table, "free-energy gap"),
                 upper = record.column(table, "upper bound of the gap");
      bool in_order    = true;
      for (std::size_t i = 0; i < middle.size(); ++i)
        {
          const double slack = 1e-8 * std::max(1., std::abs(middle[i]));
          in_order           = in_order && !(lower[i] > middle[i] + slack) && !(middle[i] > upper[i] + slack);
        }
      found.push_back(
        {"Distance to equilibrium at the end",
         number(middle.back(), 3) + ", certified to be between " + number(lower.back(), 3) + " and " + number(upper.back(), 3),
         judge(in_order),
         "The free energy above that at rest, between (1/β) KL(ρ ‖ ρ*) and (1/β) KL(ρ ‖ ρ̂). Fine if it is between "
         "its bounds in every row."});
    }
  if (has("boundary mass"))
    {
      const auto        values    = record.column(table, "boundary mass");
      const std::size_t row       = largest(values);
      const double      max       = row < values.size() ? values[row] : std::numeric_limits<double>::quiet_NaN();
      const double      threshold = number_of(record, "Domain/Boundary mass warning", 1e-6);
      found.push_back({"Mass in the cells at the sides of the box", number(max, 3) + at(std::min(row, values.size() - 1)),
                       judge(max <= threshold),
                       "The box must hold the density. Above " + number(threshold) + " (" +
                         html::code("Domain/Boundary mass warning") + ") a larger box is advisable."});
    }
  if (has("duality gap"))
    found.push_back(
      {"Duality gap", number(last("duality gap"), 2), judge(last("duality gap") <= 1e-10),
       "The free energy is above its minimum on this quadrature by exactly so much; up to 10<sup>−10</sup> is fine."});
  if (has("quadrature error"))
    found.push_back({"Quadrature error of the free energy", number(last("quadrature error"), 2),
                     judge(std::isfinite(beta) ? last("quadrature error") * beta <= 1e-4 : last("quadrature error") <= 1e-4),
                     "The change that one more Gauss point a cell and axis makes. Up to 10<sup>−4</sup>/β is fine."});
  if (has("gradient"))
    {
      const double threshold = std::max(number_of(record, "Boltzmann/Tolerance", 1e-12), 1e-14);
      found.push_back({"Gradient of the dual problem", number(last("gradient"), 2), judge(last("gradient") <= 10. * threshold),
                       "How far density and potential are from being consistent; fine up to ten times " +
                         html::code("Boltzmann/Tolerance") + "."});
    }
  // Without weight decay and entropy the excess risk bounds the distance too.
  const bool says_something = has("Frank-Wolfe gap") && !(has("excess risk") && std::isinf(beta) &&
                                                          number_of(record, "Mean field/Weight decay", 0.) == 0. &&
                                                          last("Frank-Wolfe gap") >= last("excess risk"));
  if (says_something)
    found.push_back({"Frank-Wolfe gap at the end", number(last("Frank-Wolfe gap"), 3), Mark::note,
                     "∫ Ψ ρ − min Ψ: " + std::string(beta < std::numeric_limits<double>::infinity() ? "without entropy " : "") +
                       "no density on the box has a risk (with weight decay) lower than this one’s by more than that."});
  if (!is_density && has("standard error"))
    found.push_back(
      {"Standard error of the mean risk at the end", number(last("standard error"), 2), Mark::note, "Over the replicas."});
  if (has("kernel drift"))
    found.push_back(
      {"Drift of the tangent kernel at the end", number(last("kernel drift"), 3), Mark::note,
       "‖K<sub>t</sub> − K<sub>0</sub>‖/‖K<sub>0</sub>‖: near 0 in the lazy regime, of order one where features are learned."});
  return found;
}
} // namespace rhoflow
