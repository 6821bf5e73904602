#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/ranks.h>

#include <deal.II/base/mpi.h>

#include <optional>

namespace rhoflow
{
namespace
{
/// The first rank for which this holds, or the number of ranks.
int first_rank(const bool holds, MPI_Comm communicator)
{
  return dealii::Utilities::MPI::min(holds ? rank_of(communicator) : number_of_ranks(communicator), communicator);
}
} // namespace

std::string broadcast(std::string text, const int root, MPI_Comm communicator)
{
  unsigned long long size = text.size();
  MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG_LONG, root, communicator);
  text.resize(size);
  MPI_Bcast(text.data(), static_cast<int>(size), MPI_CHAR, root, communicator);
  return text;
}

bool all_agree(const bool good, MPI_Comm communicator)
{
  return dealii::Utilities::MPI::min(good ? 1 : 0, communicator) != 0;
}

void together(MPI_Comm communicator, const std::function<void()> &work)
{
  bool                       failed = false;
  std::string                message;
  std::optional<std::string> parameter; // of an InputError
  int                        why = 0;   // its Refusal
  try
    {
      work();
    }
  catch (const InputError &error)
    {
      failed    = true;
      message   = error.what();
      parameter = error.parameter;
      why       = static_cast<int>(error.why);
    }
  catch (const std::exception &error)
    {
      failed  = true;
      message = error.what();
    }
  const int first = first_rank(failed, communicator);
  if (first == number_of_ranks(communicator))
    return;
  message                = broadcast(message, first, communicator);
  const std::string mark = broadcast(parameter ? "=" + *parameter : "", first, communicator);
  MPI_Bcast(&why, 1, MPI_INT, first, communicator);
  if (!mark.empty())
    throw InputError(static_cast<Refusal>(why), mark.substr(1), message);
  throw RunError(message);
}

void on_rank_0(MPI_Comm communicator, const std::function<void()> &work)
{
  together(communicator, [&]() {
    if (rank_of(communicator) == 0)
      work();
  });
}

void on_rank_0(MPI_Comm communicator, const std::string &parameter, const std::function<void()> &work)
{
  on_rank_0(communicator, [&]() {
    try
      {
        work();
      }
    catch (const InputError &)
      {
        throw;
      }
    catch (const std::exception &error)
      {
        throw InputError(Refusal::unreadable, parameter, error.what()); // of the file system
      }
  });
}
} // namespace rhoflow
