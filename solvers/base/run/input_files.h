#pragma once

#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/run/provenance.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// Lets every rank work in the working directory of rank 0, so that a relative name is the same file on all of them; a rank on
/// a machine that has no such directory stays where it is. Returns what is to be said if they were in different ones; else
/// empty. Collective.
std::string share_working_directory(MPI_Comm communicator);

/// The file that a name in a parameter file stands for: as it is from the working directory; else in the first of the
/// directories `places` that has it. For an absolute name in the parameters_used.prm of a run, beside whose provenance.json in
/// one of the places it stands: the same file where it is now, if it was moved with the run. The name as given if there is no
/// such file.
std::string find_input_file(const std::string &name, const std::vector<std::string> &places);

/// Puts in place of each name that one of these parameters has the path of its file, from find_input_file(), and describes the
/// files; what is no regular file is left to its reader. `places` count on rank 0. The ranks then work in one directory, and
/// `warning` is what share_working_directory() says. Throws InputError on every rank, with the parameter, if a rank reads other
/// contents under the name, or none, as far as their sizes and first 64 MiB tell: a reader refuses what is no table, or does
/// not fit into memory, before it has seen all of a huge file. Collective.
std::vector<Provenance::InputFile> agree_on_input_files(dealii::ParameterHandler       &prm,
                                                        const std::vector<std::string> &parameters,
                                                        std::vector<std::string> places, MPI_Comm communicator,
                                                        std::string &warning);

/// Completes the checksums of files that are longer, once their reader has taken them. Throws InputError as
/// agree_on_input_files(). Collective.
void agree_on_large_files(std::vector<Provenance::InputFile> &files, const std::vector<std::string> &parameters,
                          MPI_Comm communicator);
} // namespace rhoflow
