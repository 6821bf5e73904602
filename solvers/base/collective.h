#pragma once

#include <functional>
#include <string>

#include <mpi.h>

namespace rhoflow
{
/// The text of rank `root` on every rank, up to 2 GiB. Collective.
std::string broadcast(std::string text, int root, MPI_Comm communicator);

/// Whether it is so on every rank. Collective.
bool all_agree(bool good, MPI_Comm communicator);

/// Runs `work` on every rank. If it throws on any, every rank throws what the first of them has to say: InputError where it is
/// one, else RunError. Nothing in `work` may be collective behind a point where some ranks throw. Collective.
void together(MPI_Comm communicator, const std::function<void()> &work);

/// The same with work for rank 0 alone. Collective.
void on_rank_0(MPI_Comm communicator, const std::function<void()> &work);

/// The same where `parameter` is to blame: every failure is an InputError, of this parameter unless it names its own. What is
/// none yet comes from the file system, and is Refusal::unreadable. Collective.
void on_rank_0(MPI_Comm communicator, const std::string &parameter, const std::function<void()> &work);
} // namespace rhoflow
