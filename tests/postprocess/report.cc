#include <catch2/catch.hpp>

#include <postprocess/page/findings.h>
#include <postprocess/page/problem_text.h>
#include <postprocess/page/report.h>
#include <postprocess/records/run_record.h>

#include <cmath>
#include <map>
#include <set>

#include "html_check.h"
#include "small_run.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
std::string page_of(const SmallRun &run, const std::vector<Picture> &pictures = {})
{
  write_report(RunRecord::open(run.path()), pictures, run.path("report.html"));
  return run.read("report.html");
}

/// The words of a page, entities and tags removed, on one line.
std::string words(const std::string &page)
{
  std::string text = HtmlCheck(page).visible;
  for (char &c : text)
    c = c == '\n' ? ' ' : c;
  return text;
}

Invariant invariant(const SmallRun &run, const std::string &name)
{
  for (const Invariant &one : invariants(RunRecord::open(run.path())))
    if (one.name == name)
      return one;
  FAIL("no invariant " << name);
  return {};
}
} // namespace

TEST_CASE("A report is one valid page that loads nothing and runs nothing")
{
  const SmallRun run;
  run.write("risk.png", "\x89PNG");
  const std::string page = page_of(run, {{run.path("risk.png"), "Risk", "Falls & falls.", "Learning"},
                                         {run.path("none.png"), "None", "Not there.", "Density"},
                                         {run.path("risk.png"), "Again", "The same.", "Learning"},
                                         {run.path("risk.png"), "Mass", "Constant.", "Invariants"}});
  const HtmlCheck   check(page);
  CHECK(check.problems == std::vector<std::string>());
  CHECK(check.tags.count("h1") == 1);
  CHECK(check.tags.count("img") == 3);
  CHECK(check.tags.count("script") == 0);
  CHECK_THAT(page, !Contains("http") && !Contains("<script") && !Contains("url(") && !Contains("@import"));
  CHECK_THAT(page, Contains("<h1>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;</h1>"));
  CHECK_THAT(page, Contains("the box &lt;may&gt; be too small") && Contains("a &lt; b, c") && Contains("if(x &lt; 0, 1, 2)"));
  CHECK_THAT(page, Contains("Title=it&#39;\\&#39;&#39;s &lt;b&gt;"));
  CHECK(page.find("Learning</h2>") < page.find("Density</h2>")); // in the order of the pictures
  CHECK(page.find("Mass.</strong>") < page.find("Learning</h2>"));
}

TEST_CASE("A report says why the run ended, as the log does, and not what was before it was resumed")
{
  SmallRun          run;
  const std::string before = run.files["log.txt"];
  CHECK_THAT(words(page_of(run)), !Contains("ended before it was done"));
  for (const std::string reason : {"Error (exit status 3): the step is too large.\nTry a smaller one.",
                                   "Stopped at t = 2 on SIGINT (Ctrl-C); the state is kept."})
    {
      run.write("log.txt", before + "\n" + reason + "\n");
      CHECK_THAT(page_of(run), Contains("<strong>The run ended before it was done:</strong> " + reason));
      run.write("log.txt", before + "\n" + reason + "\n\nGoing on: A title\n");
      CHECK_THAT(page_of(run), !Contains("ended before it was done"));
    }
}

TEST_CASE("A report has the sessions in which the run went on")
{
  SmallRun run;
  CHECK_THAT(words(page_of(run)), !Contains("Gone on"));
  std::string &text = run.files["provenance.json"];
  text.replace(text.rfind('}'), 1,
               ", \"continued\": [{\"time\": 1.5, \"started\": \"2026-01-03\", \"ranks\": 4, \"command line\": [\"rhoflow\", "
               "\"--resume\", \"a b\"]}, {\"time\": 1.75, \"started\": \"2026-01-04\", \"ranks\": 2, \"command line\": []}]}");
  run.write();
  const std::string page = words(page_of(run));
  CHECK_THAT(page, Contains("Gone on at 1.5") && Contains("2026-01-03, MPI ranks: 4, rhoflow --resume &#39;a b&#39;"));
  CHECK_THAT(page, Contains("Gone on at 1.75") && Contains("2026-01-04, MPI ranks: 2"));
}

TEST_CASE("A report says where each session ran, how it ended, and how long all took")
{
  SmallRun run;
  CHECK_THAT(words(page_of(run)), !Contains("Hosts") && !Contains("Batch job") && !Contains("Total time"));
  const std::string record  = run.files["provenance.json"];
  const std::string first   = "\"job\": {\"system\": \"Slurm\", \"id\": \"18\", \"name\": \"bytes:<fit>%E9\", \"array job\": "
                              "\"16\", \"array task\": \"2\"}, \"hosts\": {\"node1.cluster\": 2, \"node2.cluster\": 1}, "
                              "\"processors\": {\"A <processor>\": 3}, \"ended\": \"2026-01-02T04:04:05Z\", \"status\": 4, "
                              "\"reason\": \"Stopped at t = 1 on <SIGTERM>\"";
  const std::string session = "{\"time\": 1, \"started\": \"2026-01-03T00:00:00Z\", \"ranks\": 1, \"command line\": []";
  const auto        with    = [&](const std::string &entries) {
    run.files["provenance.json"] = std::string(record).replace(record.rfind('}'), 1, ", " + entries + "}");
    run.write();
    const std::string page = page_of(run);
    CHECK(HtmlCheck(page).problems.empty());
    return words(page);
  };
  std::string page = with(first);
  CHECK_THAT(page, Contains("node1.cluster (2 ranks), node2.cluster (1 rank)") && Contains("A &lt;processor&gt; (3 ranks)"));
  CHECK_THAT(page, Contains("Slurm 18, name &lt;fit&gt;") && Contains(", task 2 of array 16"));
  CHECK_THAT(page, Contains("2026-01-02T04:04:05Z, exit status 4: Stopped at t = 1 on &lt;SIGTERM&gt;"));
  CHECK_THAT(page, Contains("1 h 00 min") && !Contains("sessions"));
  page = with(first + ", \"continued\": [" + session + "}, " + session +
              ", \"hosts\": {\"node3\": 1}, \"ended\": \"2026-01-03T01:30:00Z\", \"status\": 0, \"reason\": \"finished\"}]");
  CHECK_THAT(page, Contains("node3 (1 rank)") && Contains("2026-01-03T01:30:00Z, exit status 0: finished"));
  CHECK_THAT(page, Contains("2 h 30 min in 2 of 3 sessions; when the others ended is not recorded"));
  page = with(first + ", \"continued\": [" + session +
              ", \"ended\": \"2026-05-03T00:00:00Z\", \"status\": 0, \"reason\": \"finished\"}]");
  CHECK_THAT(page, Contains("2881 h 00 min in 2 sessions"));
  page = with("\"ended\": \"yesterday\", \"status\": 0, \"reason\": \"finished\"");
  CHECK_THAT(page, !Contains("Total time"));

  std::string hosts;
  for (unsigned int i = 0; i < 100; ++i)
    hosts += (i == 0 ? "\"node" : ", \"node") + std::to_string(i) + "\": 1";
  page = with("\"hosts\": {" + hosts + "}");
  CHECK_THAT(page, Contains("node11 (1 rank) and 88 more") && !Contains("node12"));
}

TEST_CASE("Every number of a report is one of the run's, or follows from them")
{
  const SmallRun  run;
  const HtmlCheck check(page_of(run));

  std::set<double> known;
  for (const char *const name : {"statistics.csv", "comparison.csv", "timing.csv"})
    {
      std::string number;
      for (const char c : run.files.at(name) + "\n")
        if (c == ',' || c == '\n')
          {
            char        *end   = nullptr;
            const double value = std::strtod(number.c_str(), &end);
            if (end != number.c_str() && *end == '\0')
              known.insert(value);
            number.clear();
          }
        else
          number += c;
    }
  known.insert(2.75);                     // largest deviation, its size
  known.insert(1. - 0.99999999999999956); // drift of the mass
  known.insert(0.99999999999999956 - 1.);
  known.insert({3., 8.});   // output times and limit, replicas
  known.insert({11., 25.}); // parameters that differ, all of them
  known.insert(1e-6);       // Domain/Boundary mass warning

  REQUIRE(check.numbers.size() > 30);
  for (const auto &[value, shown] : check.numbers)
    {
      const double x = std::strtod(value.c_str(), nullptr);
      // Student's law with 7 degrees of freedom: tables have P(|T| > 2.998) = 0.02.
      if (std::abs(x - 2.) < 0.01)
        continue;
      INFO(value << " shown as " << shown);
      CHECK(known.count(x) == 1);
      std::string       plain;
      const std::size_t times = shown.find(" × 10");
      plain                   = shown.substr(0, times);
      if (plain.rfind("−", 0) == 0)
        plain.replace(0, std::string("−").size(), "-");
      if (times != std::string::npos)
        {
          std::string exponent = shown.substr(times + std::string(" × 10").size());
          if (exponent.rfind("−", 0) == 0)
            exponent.replace(0, std::string("−").size(), "-");
          plain += "e" + exponent;
        }
      CHECK(std::strtod(plain.c_str(), nullptr) == Approx(x).epsilon(0.05).margin(0.));
    }
}

TEST_CASE("The answer says what the tables say")
{
  const SmallRun    run;
  const std::string text = words(page_of(run));
  CHECK_THAT(text, Contains("The risk is 0.25 at t = 2, after 0.5 at t = 0."));
  CHECK_THAT(text, Contains("Agrees with SGD") && Contains("is 2.75 standard errors, at t = 1 (of 3 output times"));
  CHECK_THAT(text, Contains("exceeds 3 standard errors in 2 of 100"));
  CHECK_THAT(
    text, Contains("At t = 2 the risk of 8 networks of 1000 neurons is 0.2578 ± 0.0039 in the mean, that of the density 0.25; "
                   "finite width and step are expected to make 0.002 of the difference."));
  CHECK_THAT(text, Contains("is 0.0781 at the end; sampling alone would make 0.0469."));
  CHECK_THAT(text, Contains("Look at the invariants: Negative mass."));
  CHECK_THAT(text, !Contains("was to go to"));
  CHECK_THAT(text, Contains("11 of 25 parameters"));
  CHECK_THAT(text, Contains("mpirun -np 3 rhoflow"));
}

TEST_CASE("The verdict follows the comparison")
{
  SmallRun   run;
  const auto word = [&]() { return verdict(RunRecord::open(run.path())).word; };
  CHECK(word() == "agrees with SGD");
  run.change("comparison.csv", "-2.75", "-3");
  CHECK(word() == "agrees with SGD");
  run.change("comparison.csv", ",-3,", ",-3.0001,");
  CHECK(word() == "differs from SGD");
  CHECK_THAT(words(page_of(run)), Contains("Differs from SGD") && Contains("What to look at:") && Contains("at t = 1"));
  run.change("comparison.csv", ",1.5,", ",inf,");
  CHECK(word() == "differs from SGD");
  CHECK_THAT(words(page_of(run)), Contains("is ∞ standard errors, at t = 2"));
  run.change("comparison.csv", ",inf,", ",nan,");
  run.change("comparison.csv", ",-3.0001,", ",nan,");
  CHECK(word() == "agrees with SGD"); // 1 standard error at t = 0
  run.change("comparison.csv", "nan,1,0.0625", "nan,nan,0.0625");
  CHECK(word() == "not compared with SGD");
  CHECK_THAT(words(page_of(run)), Contains("at least two replicas"));
  run.remove("comparison.csv");
  CHECK(word() == "not compared with SGD");
  CHECK_THAT(words(page_of(run)), Contains("Not compared with SGD") && Contains("Compare with SGD = true"));
  run.change("parameters_used.prm", "one-pass SGD", "gradient flow");
  CHECK(word() == "not compared with the finite networks");
}

TEST_CASE("The spread of the networks stands beside the predicted one")
{
  SmallRun run;
  CHECK_THAT(words(page_of(run)), !Contains("The density predicts"));
  // Of 8 networks, in place of two columns that are not needed.
  run.change("comparison.csv", "sliced W1,sliced W1 floor", "standard deviation of networks,predicted standard deviation");
  CHECK_THAT(words(page_of(run)), Contains("have a standard deviation of 0.0781 ± 0.021 there. The density predicts 0.0469"));
}

TEST_CASE("Invariants are judged by the tables")
{
  SmallRun run;
  CHECK(invariant(run, "Drift of the mass").mark == Mark::fine);
  CHECK_THAT(words(invariant(run, "Drift of the mass").html), Contains("4.4 × 10−16 at t = 1"));
  run.change("statistics.csv", "0.99999999999999956", "1.0000000002");
  CHECK(invariant(run, "Drift of the mass").mark == Mark::look);

  CHECK(invariant(run, "Negative mass").mark == Mark::look);
  CHECK_THAT(words(invariant(run, "Negative mass").html), Contains("0.031 at t = 1"));
  run.change("statistics.csv", "0.03125", "0.01");
  run.change("statistics.csv", "0.015625", "0.0099");
  CHECK(invariant(run, "Negative mass").mark == Mark::fine);
  CHECK(invariant(run, "Smallest density").mark == Mark::note);
  CHECK_THAT(words(invariant(run, "Smallest density").html), Contains("−0.00195 at t = 1"));

  CHECK(invariant(run, "Energy balance").mark == Mark::fine);
  CHECK_THAT(words(invariant(run, "Energy balance").html), Contains("3 × 10−5 at t = 2"));
  run.change("statistics.csv", "3e-05", "-0.000501"); // a thousandth of 0.5 is allowed
  CHECK(invariant(run, "Energy balance").mark == Mark::look);

  CHECK(invariant(run, "Mass in the cells at the sides of the box").mark == Mark::fine);
  run.change("statistics.csv", ",5e-09", ",1.1e-06");
  CHECK(invariant(run, "Mass in the cells at the sides of the box").mark == Mark::look);
  run.change("parameters_used.prm", "warning = 1e-6", "warning = 1e-5");
  CHECK(invariant(run, "Mass in the cells at the sides of the box").mark == Mark::fine);
  CHECK(invariant(run, "Frank-Wolfe gap at the end").mark == Mark::note);

  // A number that is none is nothing to be content with.
  run.change("statistics.csv", "1.0000000002", "nan");
  CHECK(invariant(run, "Drift of the mass").mark == Mark::fine); // the last row is left
  run.write("statistics.csv", "time,risk,mass,negative mass,energy balance,boundary mass\n0,nan,nan,nan,nan,nan\n");
  for (const Invariant &one : invariants(RunRecord::open(run.path())))
    {
      INFO(one.name);
      CHECK(one.mark == Mark::look);
    }
  CHECK(HtmlCheck(page_of(run)).problems.empty());
}

TEST_CASE("The free energy must fall and the bounds must hold")
{
  SmallRun          run;
  const std::string head      = "time,risk,free energy,free-energy gap,lower bound of the gap,upper bound of the gap,minimum\n";
  run.files["statistics.csv"] = head + "0,1,2,1,0.5,1.5,0\n1,0.5,1.5,0.5,0.25,0.75,0\n2,0.5,1.25,0.25,0.125,0.5,1e-300\n";
  run.change("parameters_used.prm", "= continuity", "= fokker planck");
  run.write();
  const std::string growth   = "Largest increase of the free energy between rows",
                    distance = "Distance to equilibrium at the end";
  CHECK(invariant(run, growth).mark == Mark::fine);
  CHECK(words(invariant(run, growth).html) == "0");
  CHECK(invariant(run, distance).mark == Mark::fine);
  CHECK_THAT(words(invariant(run, distance).html), Contains("0.25, certified to be between 0.125 and 0.5"));
  CHECK(invariant(run, "Smallest density").mark == Mark::fine);

  run.change("statistics.csv", "2,0.5,1.25", "2,0.5,1.5078125");
  CHECK(invariant(run, growth).mark == Mark::look);
  CHECK_THAT(words(invariant(run, growth).html), Contains("0.0078 at t = 2"));
  run.change("statistics.csv", "0.125,0.5", "0.2500001,0.5");
  CHECK(invariant(run, distance).mark == Mark::look);
  run.change("statistics.csv", "1e-300", "-1e-11");
  CHECK(invariant(run, "Smallest density").mark == Mark::look);
}

TEST_CASE("What was solved is said for every solver")
{
  SmallRun   run;
  const auto text = [&](const std::string &solver, const std::vector<std::pair<std::string, std::string>> &changes = {}) {
    run.files = SmallRun().files;
    run.change("parameters_used.prm", "= continuity", "= " + solver);
    for (const auto &[before, after] : changes)
      run.change("parameters_used.prm", before, after);
    const std::string html = problem_text(RunRecord::open(run.path()));
    CHECK(HtmlCheck(html).problems == std::vector<std::string>());
    return words(html);
  };
  const std::pair<std::string, std::string> noise{"temperature = inf", "temperature = 20"}, no_decay{"= 0.125", "= 0"};
  CHECK_THAT(text("continuity"), Contains("∂ρ/∂t = ∇·(ρ ∇Ψ)") && !Contains("Δρ") && Contains("+ (λ/2)|θ|²") &&
                                   Contains("discontinuous Galerkin") && Contains("a σ(w·x), σ(t) = tanh t") &&
                                   Contains("y = if(x &lt; 0, 1, 2)") && Contains("x ~ N(0, I), d = 1") &&
                                   Contains("a: normal with mean 0 and deviation 1; w: uniform from -3 to 4") &&
                                   Contains("8 networks of 1000 neurons, one-pass SGD, step η = 0.001"));
  CHECK_THAT(text("continuity", {no_decay}), !Contains("|θ|²"));
  CHECK_THAT(text("fokker planck", {noise}),
             Contains("∂ρ/∂t = ∇·(ρ ∇Ψ) + (1/β) Δρ") && Contains("(1/β) ∫ ρ log ρ") && Contains("20"));
  CHECK_THAT(text("boltzmann", {noise}), Contains("exp(−β Ψ(θ; ρ*))") && !Contains("∂ρ/∂t"));
  CHECK_THAT(text("characteristics"), Contains("Gauss quadrature of the initial law"));
  CHECK_THAT(text("particles"),
             Contains("Σj σ*(x; θj)") && Contains("(1 − ηλ) θj + η (y − f(x))") && Contains("R = ½ E(y − f(x))²"));
  CHECK_THAT(text("particles", {no_decay, {"= one-pass SGD", "= one-pass SGD\n  set Output scaling = lazy"}}),
             Contains("(1/√M) Σj σ*(x; θj)") && Contains("θj ← θj + (η/√M) (y − f(x))"));
  CHECK_THAT(text("single neuron", {{"= weighted ridge", "= single neuron"}, {"= expression", "= automatic"}}),
             Contains("(a, s, r)") && Contains("d = 40") && Contains("y = σ(⟨w*, x⟩)"));
  CHECK_THAT(text("particles", {{"= weighted ridge", "= landscape"}, noise, {"one-pass SGD", "gradient descent"}}),
             Contains("θj ← (1 − ηλ) θj − η ∇L(θj) + √(2η/β) gj") && !Contains("σ*(x"));
  CHECK_THAT(
    text("continuity", {{"normal(0, 1), uniform(-3, 4)", "0.5: point(1), chi(3, 2) | 0.5: gaussian_neurons(2)"}}),
    Contains("with weight 0.5: a: the point 1; w: 2 times a χ variable with 3 degrees of freedom; with weight 0.5: w ~ N(0, "
             "(2²/d) I) (a mixture)"));
}

TEST_CASE("A run that is cut off has its warnings at the top, and a rate where it was measured")
{
  SmallRun run;
  run.files["statistics.csv"] += "3";
  run.files["relaxation.csv"] =
    "measured rate,standard error,drift of the rate,first time,last time,bound rate,frozen gap,linearised gap\n"
    "0.1640625,0.0009765625,0.001953125,26,60,nan,0.0703125,0.078125\n";
  run.files["throughput.csv"] = "rate of one rank,value\nsamples [1/s],500000\n";
  run.change("parameters_used.prm", "= 2     #", "= 4     #");
  run.write();
  std::string page = page_of(run);
  CHECK(HtmlCheck(page).problems.empty());
  std::string text = words(page);
  CHECK(text.find("the last line has no end") < text.find("The risk is"));
  CHECK_THAT(text, Contains("The run was to go to t = 4"));
  CHECK_THAT(text, Contains("measured, from t = 26 to 600.164062 ± 9.8 × 10−4") && Contains("2 × linearised gap0.15625") &&
                     Contains("2 × frozen gap0.140625") && Contains("samples [1/s]5 × 105"));
  run.change("relaxation.csv", "0.1640625,", "nan,");
  CHECK_THAT(words(page_of(run)), Contains("No rate was measured"));
}
