// Runs every fuzz target once on each of its kept inputs, without clang: what was found stays mended.
//   replay_seeds CORPORA PARAMETER_FILES     CORPORA/TARGET.txt are the inputs, more are made of the parameter files
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include <tests/fuzz/replay/corpus.h>
#include <tests/fuzz/replay/shipped_seeds.h>

// RHOFLOW_FUZZ_TARGETS is TARGET(name) TARGET(name) ...; each was compiled with LLVMFuzzerTestOneInput renamed to fuzz_name.
#define TARGET(name) extern "C" int fuzz_##name(const std::uint8_t *data, std::size_t size);
RHOFLOW_FUZZ_TARGETS
#undef TARGET

/// The targets' mutators want it from libFuzzer. Nothing mutates here.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *, const std::size_t size, std::size_t)
{
  return size;
}

namespace
{
struct Target
{
  const char *name;
  int (*run)(const std::uint8_t *, std::size_t);
};

const Target targets[] = {
#define TARGET(name) {#name, fuzz_##name},
  RHOFLOW_FUZZ_TARGETS
#undef TARGET
};
} // namespace

int main(const int argc, char **argv)
{
  if (argc != 3)
    return 1;
  // The last line tells what was run when the process ended.
  std::setbuf(stdout, nullptr);
  const std::string corpora = argv[1], parameter_files = argv[2];
  // All of them before anything runs: what is damaged is found at once.
  std::map<std::string, std::vector<rhoflow::KeptInput>> inputs;
  for (const Target &target : targets)
    try
      {
        inputs[target.name] = rhoflow::read_corpus(corpora + "/" + target.name + ".txt");
        for (const rhoflow::KeptInput &seed : rhoflow::shipped_seeds(target.name, parameter_files))
          inputs[target.name].push_back(seed);
      }
    catch (const std::exception &error)
      {
        std::printf("%s: %s\n", target.name, error.what());
        return 1;
      }
  for (const Target &target : targets)
    {
      std::printf("%s: nothing\n", target.name);
      const std::uint8_t nothing = 0;
      target.run(&nothing, 0);
      for (const rhoflow::KeptInput &input : inputs.at(target.name))
        {
          std::printf("%s: %s: %s\n", target.name, input.name.c_str(), input.reason.c_str());
          // On the heap without a zero byte behind it, as libFuzzer passes it on: sanitizers see what is read beyond the end.
          const std::vector<std::uint8_t> bytes(input.bytes.begin(), input.bytes.end());
          target.run(bytes.data(), bytes.size());
        }
    }
  return 0;
}
