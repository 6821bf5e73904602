#include <solvers/base/run/checkpoint_file.h>
#include <solvers/base/text.h>

#include <boost/crc.hpp>

#include <cmath>
#include <set>
#include <sstream>
#include <stdexcept>

namespace rhoflow
{
namespace
{
const char *const title = "rhoflow checkpoint 1";

/// The operator >> would take -1 for the largest number.
template <typename Number>
bool read_unsigned(std::istream &words, Number &value)
{
  return (words >> std::ws).peek() != '-' && static_cast<bool>(words >> value);
}
} // namespace

std::uint32_t checksum(const void *data, const std::uint64_t size)
{
  boost::crc_32_type crc;
  crc.process_bytes(data, size);
  return crc.checksum();
}

std::string CheckpointSeal::text() const
{
  std::ostringstream out;
  out << title << "\ntime " << exact_number(time) << "\nnumber " << number << "\nsize " << size << '\n';
  for (const Section &section : sections)
    out << "section " << section.type << ' ' << section.offset << ' ' << section.size << ' ' << section.name << '\n';
  for (const std::uint32_t sum : checksums)
    out << "block " << hexadecimal(sum) << '\n';
  const std::string body = out.str();
  return body + "end " + hexadecimal(checksum(body.data(), body.size())) + '\n';
}

CheckpointSeal CheckpointSeal::parse(const std::string &text)
{
  const std::size_t last = text.rfind("end ");
  if (text.rfind(title, 0) != 0)
    throw std::runtime_error("it is no checkpoint of this version of rhoflow");
  if (last == std::string::npos || text.substr(last) != "end " + hexadecimal(checksum(text.data(), last)) + '\n')
    throw std::runtime_error("its list of checksums is damaged");

  CheckpointSeal        seal;
  std::istringstream    lines(text.substr(0, last));
  std::string           line, word;
  std::set<std::string> names;
  const auto            wrong = [](const std::string &what) { return std::runtime_error("its list of checksums has " + what); };
  unsigned int          n_lines = 0;
  std::getline(lines, line);
  while (std::getline(lines, line))
    {
      std::istringstream words(line);
      words >> word;
      // The first three are there once, before all that depends on them.
      const bool expected = n_lines < 3 ? word == (n_lines == 0 ? "time" :
                                                   n_lines == 1 ? "number" :
                                                                  "size") :
                                          word == "section" || word == "block";
      ++n_lines;
      bool good = expected;
      if (word == "time")
        good = good && (words >> seal.time) && std::isfinite(seal.time);
      else if (word == "number")
        good = good && read_unsigned(words, seal.number);
      else if (word == "size")
        good = good && read_unsigned(words, seal.size);
      else if (word == "section")
        {
          Section section;
          good = good && (words >> section.type) && read_unsigned(words, section.offset) &&
                 read_unsigned(words, section.size) && words.get() == ' ';
          std::getline(words, section.name);
          const std::uint64_t unit = section.type == 't' ? 1 : 8;
          good = good && !section.name.empty() && names.insert(section.name).second && section.size % unit == 0 &&
                 (section.type == 't' || section.type == 'd' || section.type == 'u') && section.offset <= seal.size &&
                 section.size <= seal.size - section.offset;
          seal.sections.push_back(section);
        }
      else if (word == "block")
        {
          std::uint32_t sum = 0;
          good              = good && read_unsigned(words >> std::hex, sum);
          seal.checksums.push_back(sum);
        }
      if (good && word != "section")
        good = words.peek() == std::istringstream::traits_type::eof();
      if (!good)
        throw wrong("the line '" + line + "'");
    }
  if (n_lines < 3 || seal.checksums.size() != seal.n_blocks())
    throw wrong("as many blocks as another size");
  return seal;
}
} // namespace rhoflow
