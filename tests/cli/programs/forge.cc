// A checkpoint with wrong contents and right checksums, as another version of rhoflow may leave it:
//   forge STATE                 prints how many sections it has
//   forge STATE NUMBER HOW      changes the section of that number, from 1, and prints its name; HOW is
//     empty, longer (by one number), zeros, or ones (all bits: NaN, and the greatest integers)
#include <solvers/base/run/checkpoint_file.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{
std::string contents(const std::string &file)
{
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw std::runtime_error("cannot read " + file);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write(const std::string &file, const std::string &text)
{
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream)
    throw std::runtime_error("cannot write " + file);
}

std::string changed(const std::string &section, const std::string &how)
{
  if (how == "empty")
    return "";
  if (how == "longer")
    return section + std::string(8, '\0');
  if (how == "zeros" || how == "ones")
    return std::string(section.size(), how == "ones" ? '\xff' : '\0');
  throw std::runtime_error("cannot make a section " + how);
}
} // namespace

int main(const int argc, char **argv)
{
  using namespace rhoflow;
  try
    {
      if (argc != 2 && argc != 4)
        throw std::runtime_error("forge STATE [NUMBER HOW]");
      const std::string state = argv[1], seal_of_state = state + ".good", data = contents(state);
      CheckpointSeal    seal = CheckpointSeal::parse(contents(seal_of_state));
      if (argc == 2)
        {
          std::printf("%zu\n", seal.sections.size());
          return EXIT_SUCCESS;
        }
      const std::size_t number = std::strtoul(argv[2], nullptr, 10);
      std::printf("%s\n", seal.sections.at(number - 1).name.c_str());

      std::string forged;
      for (std::size_t i = 0; i < seal.sections.size(); ++i)
        {
          CheckpointSeal::Section &section = seal.sections[i];
          std::string              bytes   = data.substr(section.offset, section.size);
          if (i + 1 == number)
            bytes = changed(bytes, argv[3]);
          forged.resize((forged.size() + 7) / 8 * 8);
          section.offset = forged.size();
          section.size   = bytes.size();
          forged += bytes;
        }
      seal.size = forged.size();
      seal.checksums.clear();
      for (std::size_t begin = 0; begin < forged.size(); begin += CheckpointSeal::block_size)
        seal.checksums.push_back(
          checksum(&forged[begin], std::min<std::size_t>(CheckpointSeal::block_size, forged.size() - begin)));
      write(state, forged);
      write(seal_of_state, seal.text());
    }
  catch (const std::exception &error)
    {
      std::fprintf(stderr, "%s\n", error.what());
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
