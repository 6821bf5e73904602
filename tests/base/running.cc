#include <catch2/catch.hpp>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/spelling.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Matchers::StartsWith;

namespace
{
class Clockwork : public Evolution
{
public:
  double time() const override { return t; }
  void   step(const double end) override
  {
    if (steps == stops_after)
      throw RunError("stopped as told");
    ++steps;
    t = stuck ? t : std::min(t + 0.3, end + overshoot);
  }
  void output() override { outputs.push_back(t); }
  void save(CheckpointWriter &checkpoint) const override
  {
    checkpoint.put("t", t);
    checkpoint.put("steps", std::uint64_t(steps));
  }
  void load(const CheckpointReader &checkpoint) override
  {
    t     = checkpoint.number_of("t");
    steps = static_cast<unsigned int>(checkpoint.integer("steps"));
  }

  std::vector<std::pair<std::string, std::string>> progress() const override { return {{"risk", "1"}}; }

  double              t         = 0.;
  bool                stuck     = false;
  double              overshoot = 0.;
  unsigned int        steps = 0, stops_after = 1000000;
  std::vector<double> outputs;
};

std::vector<double> output_times(const std::vector<std::pair<std::string, std::string>> &settings)
{
  dealii::ParameterHandler prm;
  RunParameters::declare(prm);
  for (const auto &[name, value] : settings)
    prm.set(name, value);
  RunParameters parameters;
  parameters.parse(prm);
  return parameters.all_output_times();
}
} // namespace

TEST_CASE("A time loop that is interrupted and goes on has the same steps and outputs, each once")
{
  const std::vector<double> times{0., 0.5, 0.7, 2.};
  Progress                  silent(false);
  Clockwork                 whole;
  run_time_loop(whole, times, silent);
  for (const unsigned int every : {1u, 2u, 3u})
    for (unsigned int last_step = 1; last_step < whole.steps; ++last_step)
      {
        const TemporaryDirectory temporary;
        RunDirectory             directory(temporary.path("run"), false, MPI_COMM_SELF);
        CheckpointParameters     when;
        when.every_steps = every;
        when.wall_clock  = 0.;
        std::vector<double> outputs;
        double              kept = -1.;
        {
          Clockwork   first;
          Checkpoints checkpoints(when, directory, false);
          first.stops_after = last_step;
          CHECK_THROWS_AS(run_time_loop(first, times, silent, &checkpoints), RunError);
          outputs = first.outputs;
        }
        std::vector<std::string> complaints;
        const auto newest = CheckpointReader::newest({directory.path("checkpoints/even"), directory.path("checkpoints/odd")},
                                                     MPI_COMM_SELF, complaints);
        CHECK(complaints.empty());
        if (!newest)
          continue; // it was too early for one
        kept = newest->number_of("last output");
        Clockwork   second;
        Checkpoints checkpoints(when, directory, true);
        run_time_loop(second, times, silent, &checkpoints);
        CHECK(second.steps == whole.steps);
        // What was written after the state was kept is written again, nothing else.
        outputs.erase(std::remove_if(outputs.begin(), outputs.end(), [&](double t) { return t > kept; }), outputs.end());
        outputs.insert(outputs.end(), second.outputs.begin(), second.outputs.end());
        CHECK(outputs == whole.outputs);
      }
}

TEST_CASE("A state that is whole and does not fit the run is refused with what to do")
{
  const std::vector<double> times{0., 1., 2.};
  Progress                  silent(false);
  const TemporaryDirectory  temporary;
  RunDirectory              directory(temporary.path("run"), false, MPI_COMM_SELF);
  const auto                resume = [&](const std::function<void(CheckpointWriter &)> &save) {
    CheckpointWriter writer(MPI_COMM_SELF);
    writer.put("last output", 0.);
    save(writer);
    writer.write(directory.path("checkpoints/odd"), 0.5, 1);
    return refusal([&]() {
      Clockwork   clockwork;
      Checkpoints checkpoints({}, directory, true);
      run_time_loop(clockwork, times, silent, &checkpoints);
    });
  };
  const auto clockwork_at = [](const double t) {
    return [t](CheckpointWriter &writer) {
      writer.put("t", t);
      writer.put("steps", std::uint64_t(1));
    };
  };
  CHECK_FALSE(resume(clockwork_at(0.5)));
  CHECK(resume(clockwork_at(0.25)) == Refused{"", Refusal::damaged}.naming("checkpoints/odd").naming("its times"));
  CHECK(resume([](CheckpointWriter &) {}) == Refused{"", Refusal::damaged}.naming("has no 't'"));
  CHECK(resume([](CheckpointWriter &writer) {
          writer.put("t", std::vector<double>{0.5, 0.5});
        }) == Refused{"", Refusal::damaged}.naming("'t' in").naming("length"));

  // What indexing and allocating complain of is the state's fault, what the run complains of is not.
  CheckpointParameters when;
  const Checkpoints    checkpoints(when, directory, true);
  const auto           taking = [&](const std::function<void()> &work) {
    return refusal([&]() { checkpoints.load([&](const CheckpointReader &) { work(); }); });
  };
  CHECK(taking([]() { (void)std::vector<int>(3).at(7); }) == Refused{"", Refusal::damaged}.naming("vector"));
  CHECK(taking([]() { throw std::length_error("too long"); }) == Refused{"", Refusal::damaged}.naming("too long"));
  CHECK(taking([]() { throw InputError(Refusal::unsupported, "A", "as it is"); }) ==
        Refused{"A", Refusal::unsupported}.naming("as it is"));
  CHECK_THROWS_AS(taking([]() { throw RunError("disk full"); }), RunError);
}

TEST_CASE("The time loop hits every output time exactly")
{
  Progress  silent(false);
  Clockwork clockwork;
  run_time_loop(clockwork, {0., 0.5, 0.7, 2.}, silent);
  CHECK(clockwork.outputs == std::vector<double>{0., 0.5, 0.7, 2.});
  CHECK(clockwork.steps == 2 + 1 + 5);

  Clockwork stuck;
  stuck.stuck = true;
  CHECK_THROWS_AS(run_time_loop(stuck, {0., 1.}, silent), RunError);
  Clockwork hasty;
  hasty.overshoot = 1e-9;
  CHECK_THROWS_AS(run_time_loop(hasty, {0., 1.}, silent), std::logic_error);
  Clockwork late;
  late.t = 0.1;
  CHECK_THROWS_AS(run_time_loop(late, {0., 1.}, silent), std::logic_error);
}

TEST_CASE("Output times begin at zero, increase, and end at the end time")
{
  CHECK(output_times({{"End time", "2.5"}}) == std::vector<double>{0., 1., 2., 2.5});
  CHECK(output_times({{"End time", "0.3"}, {"Output interval", "0.1"}}).size() == 4); // 3 * 0.1 > 0.3 in binary
  CHECK(output_times({{"End time", "0.3"}, {"Output interval", "0.1"}}).back() == 0.3);
  CHECK(output_times({{"End time", "1"}, {"Output interval", "5"}}) == std::vector<double>{0., 1.});
  CHECK(output_times({{"End time", "9"}, {"Output times", "0.5, 2"}}) == std::vector<double>{0., 0.5, 2., 9.});
  CHECK(output_times({{"End time", "2"}, {"Output times", "0, 2"}}) == std::vector<double>{0., 2.});

  const auto mistake = [](const std::vector<std::pair<std::string, std::string>> &settings) {
    return refusal([&]() { output_times(settings); });
  };
  CHECK(mistake({{"End time", "0"}}) == Refused{"End time", Refusal::out_of_range});
  CHECK(mistake({{"Output interval", "0"}}) == Refused{"Output interval", Refusal::out_of_range});
  CHECK(mistake({{"Output interval", "1e-9"}}) == Refused{"Output interval", Refusal::too_large});
  CHECK(mistake({{"Output times", "1, 1"}}) == Refused{"Output times", Refusal::out_of_range});
  CHECK(mistake({{"Output times", "1, 11"}}) == Refused{"Output times", Refusal::inconsistent}.naming("11").naming("10"));
}

TEST_CASE("The nearest spelling is the one that was meant")
{
  const std::vector<std::string> names{"Neuron", "Lower corner", "Upper corner", "Output times", "Output interval"};
  CHECK(nearest_spelling("Neurn", names) == "Neuron");
  CHECK(nearest_spelling("nuerno", names) == "Neuron"); // two swaps
  CHECK(nearest_spelling("upper corner", names) == "Upper corner");
  CHECK(nearest_spelling("Lower-corner", names) == "Lower corner");
  CHECK(nearest_spelling("Output int", names) == "Output interval");
  CHECK(nearest_spelling("Temperature", names).empty());
  CHECK(nearest_spelling("", names).empty());
  CHECK(nearest_spelling("x", {}).empty());
  CHECK(nearest_spelling("a", {"b"}).empty());
}
