#include <solvers/base/run/checkpoint.h>

#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/files/complete_file.h>
#include <solvers/base/files/shared_file.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint_file.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

constexpr std::uint64_t largest_message = 1U << 30; // MPI counts in int

std::string seal_of(const std::string &file)
{
  return file + ".good";
}

/// Throws on every rank with the message and the kind of the first rank that has one.
void refuse_together(const Refusal why, const std::string &message, MPI_Comm communicator)
{
  together(communicator, [&]() {
    if (!message.empty())
      throw InputError(why, "", message);
  });
}

/// Whether `size` bytes behind `offset` of the file are those of `data`, some MiB of which are read at once.
bool same_as(const SharedFile &file, std::uint64_t offset, const char *data, std::uint64_t size)
{
  constexpr std::uint64_t most = 4U << 20;
  std::vector<char>       buffer(std::min(size, most));
  for (std::uint64_t done = 0; done < size; done += most)
    {
      const std::uint64_t n = std::min(most, size - done);
      if (!file.read(offset + done, buffer.data(), n) || !std::equal(&data[done], &data[done] + n, buffer.data()))
        return false;
    }
  return true;
}

std::vector<std::uint64_t> in_bytes(std::vector<std::uint64_t> begins)
{
  for (std::uint64_t &begin : begins)
    begin *= 8;
  return begins;
}

/// Checksums of this rank's share of the blocks, with the others' in the order of the blocks on every rank; empty if the file
/// cannot be read.
std::vector<std::uint32_t> checksums(const SharedFile &file, std::uint64_t size, MPI_Comm communicator)
{
  constexpr std::uint64_t    block    = CheckpointSeal::block_size;
  const std::uint64_t        n_blocks = (size + block - 1) / block;
  const auto                 rank     = static_cast<std::uint64_t>(rank_of(communicator));
  const auto                 n_ranks  = static_cast<std::uint64_t>(number_of_ranks(communicator));
  std::vector<std::uint32_t> sums(n_blocks, 0);
  std::vector<char>          buffer(block);
  bool                       good = true;
  for (std::uint64_t b = rank; b < n_blocks; b += n_ranks)
    {
      const std::uint64_t n = std::min(block, size - b * block);
      good                  = good && file.read(b * block, buffer.data(), n);
      sums[b]               = checksum(buffer.data(), n);
    }
  if (!all_agree(good, communicator))
    return {};
  for (std::uint64_t first = 0; first < n_blocks; first += largest_message / 4)
    MPI_Allreduce(MPI_IN_PLACE, sums.data() + first, static_cast<int>(std::min(largest_message / 4, n_blocks - first)),
                  MPI_UINT32_T, MPI_BOR, communicator);
  return sums;
}
} // namespace

void CheckpointWriter::add(const std::string &name, const char type, const void *data, const std::uint64_t size,
                           std::vector<std::uint64_t> begins)
{
  for (const Section &section : sections)
    if (section.name == name)
      throw std::logic_error("the checkpoint has a section '" + name + "' already");
  sections.push_back({name, type, size == 0 ? "" : std::string(static_cast<const char *>(data), size), std::move(begins)});
}

void CheckpointWriter::put(const std::string &name, const std::vector<double> &values)
{
  const bool first = rank_of(comm) == 0;
  add(name, 'd', values.data(), first ? 8 * values.size() : 0, {0});
}

void CheckpointWriter::put(const std::string &name, const std::vector<std::uint64_t> &values)
{
  const bool first = rank_of(comm) == 0;
  add(name, 'u', values.data(), first ? 8 * values.size() : 0, {0});
}

void CheckpointWriter::put(const std::string &name, const std::string &text)
{
  add(name, 't', text.data(), rank_of(comm) == 0 ? text.size() : 0, {0});
}

void CheckpointWriter::put_part(const std::string &name, const std::vector<double> &part, const std::uint64_t begin)
{
  add(name, 'd', part.data(), 8 * part.size(), {8 * begin});
}

void CheckpointWriter::put_part(const std::string &name, const std::vector<std::uint64_t> &part, const std::uint64_t begin)
{
  add(name, 'u', part.data(), 8 * part.size(), {8 * begin});
}

void CheckpointWriter::put_parts(const std::string &name, const std::vector<double> &parts,
                                 const std::vector<std::uint64_t> &begins)
{
  add(name, 'd', parts.data(), 8 * parts.size(), in_bytes(begins));
}

void CheckpointWriter::put_parts(const std::string &name, const std::vector<std::uint64_t> &parts,
                                 const std::vector<std::uint64_t> &begins)
{
  add(name, 'u', parts.data(), 8 * parts.size(), in_bytes(begins));
}

void CheckpointWriter::put_on_demand(const std::string &name, const std::vector<Extent> &extents, Piece piece)
{
  add(name, 'd', nullptr, 0, {});
  for (const Extent &extent : extents)
    sections.back().extents.push_back({8 * extent.begin, 8 * extent.size});
  sections.back().piece = std::move(piece);
}

void CheckpointWriter::put_in_turn(const std::string &name, const std::vector<double> &part)
{
  std::uint64_t size = part.size(), end = 0;
  MPI_Scan(&size, &end, 1, MPI_UINT64_T, MPI_SUM, comm);
  put_part(name, part, end - size);
}

void CheckpointWriter::put_in_turn(const std::string &name, const std::vector<std::uint64_t> &part)
{
  std::uint64_t size = part.size(), end = 0;
  MPI_Scan(&size, &end, 1, MPI_UINT64_T, MPI_SUM, comm);
  put_part(name, part, end - size);
}

std::uint64_t CheckpointWriter::Section::end() const
{
  std::uint64_t end = 0;
  for (const std::uint64_t begin : begins)
    end = std::max(end, length() == 0 ? 0 : begin + length());
  for (const Extent &extent : extents)
    end = std::max(end, extent.size == 0 ? 0 : extent.begin + extent.size);
  return end;
}

bool CheckpointWriter::Section::write(SharedFile &file, std::uint64_t offset, std::vector<std::uint32_t> &checksums) const
{
  for (std::size_t i = 0; i < begins.size(); ++i)
    if (!file.write(offset + begins[i], &bytes[i * length()], length()))
      return false;
  for (std::size_t i = 0; i < extents.size(); ++i)
    {
      std::vector<double> values = piece(i);
      if (8 * values.size() != extents[i].size)
        throw std::logic_error("a piece of '" + name + "' has not the length that was announced");
      checksums.push_back(checksum(values.data(), extents[i].size));
      if (!file.write(offset + extents[i].begin, values.data(), extents[i].size))
        return false;
    }
  return true;
}

bool CheckpointWriter::Section::compare(const SharedFile &file, std::uint64_t offset,
                                        const std::vector<std::uint32_t> &checksums) const
{
  for (std::size_t i = 0; i < begins.size(); ++i)
    if (!same_as(file, offset + begins[i], &bytes[i * length()], length()))
      return false;
  std::vector<char> buffer;
  for (std::size_t i = 0; i < extents.size(); ++i)
    {
      buffer.resize(extents[i].size);
      if (!file.read(offset + extents[i].begin, buffer.data(), extents[i].size) ||
          checksum(buffer.data(), extents[i].size) != checksums[i])
        return false;
    }
  return true;
}

void CheckpointWriter::write(const std::string &file, const double time, const std::uint64_t number) const
{
  const bool     speaks = rank_of(comm) == 0;
  const RunError failed("cannot write the checkpoint '" + file + "': is the disk full? The one before it is still valid.");
  CheckpointSeal seal;
  seal.time   = time;
  seal.number = number;
  for (const Section &section : sections)
    {
      const std::uint64_t size = dealii::Utilities::MPI::max(section.end(), comm);
      seal.sections.push_back({section.name, section.type, seal.size, size});
      seal.size += (size + 7) / 8 * 8;
    }

  // From here until the new seal is there the file is not valid.
  bool good = true;
  if (speaks)
    {
      std::error_code error;
      fs::create_directories(fs::path(file).parent_path(), error);
      fs::remove(seal_of(file), error);
      good = !error;
    }
  if (!all_agree(good, comm))
    throw failed;
  if (speaks)
    {
      SharedFile whole(file, SharedFile::Access::write);
      good = whole.is_open() && whole.resize(0) && whole.resize(seal.size) && whole.close();
    }
  if (!all_agree(good, comm))
    throw failed;
  std::vector<std::vector<std::uint32_t>> written(sections.size());
  {
    SharedFile own(file, SharedFile::Access::write);
    good = own.is_open();
    for (std::size_t i = 0; i < sections.size() && good; ++i)
      good = sections[i].write(own, seal.sections[i].offset, written[i]);
    good = good && own.synchronise() && own.close();
  }
  good = all_agree(good, comm);
  // What is read back must be what was meant, before checksums are taken of it.
  const SharedFile all(file, SharedFile::Access::read);
  good = good && all.is_open();
  for (std::size_t i = 0; i < sections.size() && good; ++i)
    good = sections[i].compare(all, seal.sections[i].offset, written[i]);
  good           = all_agree(good, comm);
  seal.checksums = good ? checksums(all, seal.size, comm) : std::vector<std::uint32_t>();
  good           = good && seal.checksums.size() == seal.n_blocks();
  if (speaks && good)
    {
      try
        {
          good = make_durable(file);
          if (good)
            {
              write_complete_file(seal_of(file), [&](std::ostream &out) { out << seal.text(); });
              good = make_durable(seal_of(file));
            }
        }
      catch (const std::exception &)
        {
          good = false;
        }
    }
  if (!all_agree(good, comm))
    throw failed;
}

CheckpointReader::CheckpointReader(const std::string &file, const MPI_Comm communicator)
  : path(file)
  , comm(communicator)
{
  std::string text, message;
  Refusal     why = Refusal::damaged;
  if (rank_of(comm) == 0)
    {
      std::ifstream      list(seal_of(path), std::ios::binary);
      std::ostringstream contents;
      contents << list.rdbuf();
      text = contents.str();
      std::error_code error;
      if (!fs::exists(path, error))
        {
          why     = Refusal::missing;
          message = "there is no checkpoint '" + path + "'.";
        }
      else if (!list)
        message = "the checkpoint '" + path + "' was not finished.";
    }
  refuse_together(why, message, comm);
  text = dealii::Utilities::MPI::broadcast(comm, text);

  CheckpointSeal seal;
  try
    {
      seal = CheckpointSeal::parse(text);
    }
  catch (const std::exception &e)
    {
      message = "the checkpoint '" + path + "' cannot be used: " + e.what() + ".";
    }
  refuse_together(why, message, comm);

  const SharedFile all(path, SharedFile::Access::read);
  std::error_code  error;
  std::uint64_t    size = fs::file_size(path, error);
  if (!all_agree(all.is_open() && !error, comm))
    throw InputError(Refusal::unreadable, "", "the checkpoint '" + path + "' cannot be read.");
  MPI_Bcast(&size, 1, MPI_UINT64_T, 0, comm);
  const bool complete = size == seal.size;
  const auto sums     = complete ? checksums(all, seal.size, comm) : std::vector<std::uint32_t>();
  if (!complete)
    throw InputError(Refusal::damaged, "",
                     "the checkpoint '" + path + "' is cut off: it has " + std::to_string(size) + " of " +
                       std::to_string(seal.size) + " bytes.");
  if (sums != seal.checksums)
    throw InputError(Refusal::damaged, "", "the checkpoint '" + path + "' is damaged: its checksums are wrong.");
  present = seal.time;
  serial  = seal.number;
  for (const CheckpointSeal::Section &one : seal.sections)
    sections[one.name] = {one.type, one.offset, one.size};
}

std::optional<CheckpointReader> CheckpointReader::newest(const std::vector<std::string> &files, const MPI_Comm communicator,
                                                         std::vector<std::string> &complaints)
{
  std::optional<CheckpointReader> best;
  for (const std::string &file : files)
    {
      int there = fs::exists(file) || fs::exists(seal_of(file)) ? 1 : 0;
      MPI_Bcast(&there, 1, MPI_INT, 0, communicator);
      if (there == 0)
        continue;
      try
        {
          CheckpointReader one(file, communicator);
          if (!best || one.number() > best->number())
            best = one;
        }
      catch (const InputError &error)
        {
          complaints.emplace_back(error.what());
        }
    }
  return best;
}

const CheckpointReader::Section &CheckpointReader::section(const std::string &name, const char type) const
{
  const auto found = sections.find(name);
  if (found == sections.end() || found->second.type != type)
    throw InputError(Refusal::damaged, "",
                     "the checkpoint '" + path + "' has no '" + name +
                       "': it was written by another version of rhoflow or by another kind of run.");
  return found->second;
}

std::uint64_t CheckpointReader::size(const std::string &name) const
{
  const auto found = sections.find(name);
  return found == sections.end() ? 0 : found->second.size / (found->second.type == 't' ? 1 : 8);
}

InputError CheckpointReader::other_length(const std::string &name) const
{
  return InputError(Refusal::damaged, "",
                    "'" + name + "' in the checkpoint '" + path + "' has not the length that this run needs.");
}

void CheckpointReader::read_pieces(const std::string &name, const char type, const std::vector<Extent> &pieces,
                                   void *data) const
{
  const Section   &one = section(name, type);
  const SharedFile all(path, SharedFile::Access::read);
  bool             good  = all.is_open();
  char            *place = static_cast<char *>(data);
  for (const Extent &piece : pieces)
    {
      good = good && piece.begin <= one.size && piece.size <= one.size - piece.begin &&
             all.read(one.offset + piece.begin, place, piece.size);
      place += piece.size;
    }
  if (!all_agree(good, comm))
    throw other_length(name);
}

void CheckpointReader::read_whole(const std::string &name, const char type, void *data) const
{
  const Section &one = section(name, type);
  read_pieces(name, type, {{0, rank_of(comm) == 0 ? one.size : 0}}, data);
  for (std::uint64_t done = 0; done < one.size; done += largest_message)
    MPI_Bcast(static_cast<char *>(data) + done, static_cast<int>(std::min(largest_message, one.size - done)), MPI_BYTE, 0,
              comm);
}

std::vector<double> CheckpointReader::numbers(const std::string &name) const
{
  std::vector<double> values(section(name, 'd').size / 8);
  read_whole(name, 'd', values.data());
  return values;
}

std::vector<double> CheckpointReader::numbers(const std::string &name, const std::uint64_t n) const
{
  if (section(name, 'd').size != 8 * n)
    throw other_length(name);
  return numbers(name);
}

std::vector<std::uint64_t> CheckpointReader::integers(const std::string &name) const
{
  std::vector<std::uint64_t> values(section(name, 'u').size / 8);
  read_whole(name, 'u', values.data());
  return values;
}

double CheckpointReader::number_of(const std::string &name) const
{
  return numbers(name, 1)[0];
}

std::uint64_t CheckpointReader::integer(const std::string &name) const
{
  if (section(name, 'u').size != 8)
    throw other_length(name);
  return integers(name)[0];
}

std::string CheckpointReader::text(const std::string &name) const
{
  std::string words(section(name, 't').size, ' ');
  read_whole(name, 't', words.data());
  return words;
}

std::vector<double> CheckpointReader::numbers(const std::string &name, const std::uint64_t begin, const std::uint64_t n) const
{
  std::vector<double> values(n);
  read_pieces(name, 'd', {{8 * begin, 8 * n}}, values.data());
  return values;
}

std::vector<std::uint64_t> CheckpointReader::integers(const std::string &name, const std::uint64_t begin,
                                                      const std::uint64_t n) const
{
  std::vector<std::uint64_t> values(n);
  read_pieces(name, 'u', {{8 * begin, 8 * n}}, values.data());
  return values;
}

std::vector<double> CheckpointReader::numbers(const std::string &name, const std::vector<Extent> &parts) const
{
  std::vector<Extent> pieces;
  std::uint64_t       size = 0;
  for (const Extent &part : parts)
    {
      pieces.push_back({8 * part.begin, 8 * part.size});
      size += part.size;
    }
  std::vector<double> values(size);
  read_pieces(name, 'd', pieces, values.data());
  return values;
}

std::vector<double> CheckpointReader::rows(const std::string &name, const std::vector<std::uint64_t> &rows,
                                           const std::uint64_t n_columns) const
{
  std::vector<double> values(rows.size() * n_columns);
  // Neighbours are read together.
  std::vector<Extent> pieces;
  for (const std::uint64_t row : rows)
    if (!pieces.empty() && pieces.back().begin + pieces.back().size == 8 * n_columns * row)
      pieces.back().size += 8 * n_columns;
    else
      pieces.push_back({8 * n_columns * row, 8 * n_columns});
  read_pieces(name, 'd', pieces, values.data());
  return values;
}
} // namespace rhoflow
