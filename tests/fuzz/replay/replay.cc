// Runs every fuzz target once on each of its kept seeds, without clang: what was found stays mended.
//   replay_seeds FOLDER     FOLDER/TARGET/* are the seeds
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

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
  if (argc != 2)
    return 1;
  // The last line tells what was run when the process ended.
  std::setbuf(stdout, nullptr);
  for (const Target &target : targets)
    {
      std::vector<std::filesystem::path> seeds;
      for (const auto &entry : std::filesystem::directory_iterator(std::filesystem::path(argv[1]) / target.name))
        seeds.push_back(entry.path());
      if (seeds.empty())
        {
          std::printf("%s: no seeds\n", target.name);
          return 1;
        }
      std::sort(seeds.begin(), seeds.end());
      std::printf("%s: nothing\n", target.name);
      const std::uint8_t nothing = 0;
      target.run(&nothing, 0);
      for (const auto &seed : seeds)
        {
          std::printf("%s: %s\n", target.name, seed.filename().c_str());
          std::ostringstream contents;
          contents << std::ifstream(seed, std::ios::binary).rdbuf();
          const std::string text = contents.str();
          target.run(reinterpret_cast<const std::uint8_t *>(text.data()), text.size());
        }
    }
  return 0;
}
