#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <deal.II/base/parameter_handler.h>

#include <mpi.h>

#include <tests/support/refusals.h>

/// Parameters by their paths: {"Section/Name" or "Name", value}.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Later ones win.
inline Settings operator+(Settings settings, const Settings &more)
{
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

inline Settings with(const Settings &settings, const Settings &more)
{
  return settings + more;
}

/// The text of a parameter file that is shipped: "boltzmann/mcycle".
std::string shipped_file(const std::string &name);

/// All parameters of rhoflow with those of `text`, a parameter file, and then of `settings`. The name of a data file is taken
/// from the folders of the shipped parameter files.
std::unique_ptr<dealii::ParameterHandler> make_parameters(const Settings &settings, const std::string &text = "");

/// Runs a solver into a directory, which is overwritten. Collective.
void run_solver(const std::string &solver, const std::string &directory, const Settings &settings,
                MPI_Comm communicator = MPI_COMM_WORLD, const std::string &text = "");
/// How its preparation is refused; nothing if it is not.
std::optional<Refused> refusal(const std::string &solver, const Settings &settings, const std::string &text = "");

/// All bytes of a file.
std::string contents(const std::string &path);

/// The columns of a table that was written.
std::map<std::string, std::vector<double>> columns_of(const std::string &path);
