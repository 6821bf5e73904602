// Between the corpora, which are text, and libFuzzer, which wants one file for every input (scripts/fuzz.sh).
//   fuzz_corpus unpack CORPUS FOLDER             writes every input into a new folder
//   fuzz_corpus keep CORPUS NAME REASON <INPUT   appends an input
//   fuzz_corpus print CORPUS                     prints the records as "keep" writes them
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <tests/fuzz/replay/corpus.h>

namespace
{
using namespace rhoflow;

void unpack(const std::string &corpus, const std::string &folder)
{
  const std::vector<KeptInput> inputs = read_corpus(corpus);
  if (!std::filesystem::create_directories(folder))
    throw std::runtime_error(folder + ": is there already");
  for (const KeptInput &input : inputs)
    {
      std::ofstream file(folder + "/" + input.name, std::ios::binary);
      if (!(file << input.bytes << std::flush))
        throw std::runtime_error(folder + "/" + input.name + ": cannot be written");
    }
}

void keep(const std::string &corpus, const std::string &name, const std::string &reason)
{
  const KeptInput input{name, reason, std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>())};
  for (const KeptInput &other : read_corpus(corpus))
    if (other.bytes == input.bytes)
      throw std::runtime_error(corpus + ": has these bytes already, as " + other.name);
  // The record is read again before the corpus itself changes.
  const std::string draft = corpus + ".new";
  std::filesystem::copy_file(corpus, draft, std::filesystem::copy_options::overwrite_existing);
  std::ofstream(draft, std::ios::binary | std::ios::app) << corpus_record(input);
  try
    {
      if (read_corpus(draft).back().bytes != input.bytes)
        throw std::runtime_error(corpus + ": the record is not what it was made of");
    }
  catch (const std::exception &)
    {
      std::filesystem::remove(draft);
      throw;
    }
  std::filesystem::rename(draft, corpus);
}
} // namespace

int main(const int argc, char **argv)
{
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try
    {
      if (arguments.size() == 3 && arguments[0] == "unpack")
        unpack(arguments[1], arguments[2]);
      else if (arguments.size() == 4 && arguments[0] == "keep")
        keep(arguments[1], arguments[2], arguments[3]);
      else if (arguments.size() == 2 && arguments[0] == "print")
        for (const KeptInput &input : read_corpus(arguments[1]))
          std::cout << corpus_record(input);
      else
        throw std::runtime_error("usage: fuzz_corpus unpack CORPUS FOLDER | keep CORPUS NAME REASON | print CORPUS");
    }
  catch (const std::exception &error)
    {
      std::fprintf(stderr, "%s\n", error.what());
      return 1;
    }
  return 0;
}
