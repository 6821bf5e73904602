#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include <mpi.h>

namespace rhoflow
{
/// Writes a file aside (`path` with ".part") and gives it its name when it is complete: whoever looks meanwhile sees the file
/// before or the file after. Throws std::runtime_error with the reason, and leaves what was there, if the disk does not take
/// it.
void write_complete_file(const std::string &path, const std::function<void(std::ostream &)> &write);

/// The same, and the file outlasts a loss of power from the end of the call on; until then the one before does. One process at
/// a time: it throws if there is a file `path` with ".part" already, which another one writes, or did when it was killed.
void write_durable_file(const std::string &path, const std::function<void(std::ostream &)> &write);

/// The same for a file that consists of the ranks' parts one after the other. Collective; throws on every rank.
void write_complete_file(const std::string &path, const std::string &part, MPI_Comm communicator);

/// Makes what was written to a file, and the names in its directory, outlast a loss of power. False if the system refuses.
bool make_durable(const std::string &file);
} // namespace rhoflow
