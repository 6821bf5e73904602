// The seeds that are made of the parameter files, as files for libFuzzer (tests/fuzz/CMakeLists.txt).
//   write_shipped_seeds TARGET PARAMETER_FILES FOLDER   writes those of a target into a folder that is there
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include <tests/fuzz/replay/shipped_seeds.h>

int main(const int argc, char **argv)
{
  try
    {
      if (argc != 4)
        throw std::runtime_error("usage: write_shipped_seeds TARGET PARAMETER_FILES FOLDER");
      for (const rhoflow::KeptInput &seed : rhoflow::shipped_seeds(argv[1], argv[2]))
        {
          const std::string path = argv[3] + ("/" + seed.name);
          std::ofstream     file(path, std::ios::binary);
          if (!(file << seed.bytes << std::flush))
            throw std::runtime_error(path + ": cannot be written");
        }
    }
  catch (const std::exception &error)
    {
      std::fprintf(stderr, "%s\n", error.what());
      return 1;
    }
  return 0;
}
