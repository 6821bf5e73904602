#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <deal.II/base/parameter_handler.h>

#include <tests/support/source_directory.h>

#include <meshes/domain.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/characteristics/parameters.h>
#include <solvers/characteristics/solver.h>
#include <solvers/comparison/parameters.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>
#include <solvers/particles/parameters.h>

using Changes = std::vector<std::pair<std::string, std::string>>;

/// The text of a parameter file that is shipped.
inline std::string shipped_file(const std::string &name)
{
  std::ifstream     file(source_directory() + "/parameter_files/characteristics/" + name + ".prm");
  std::stringstream text;
  text << file.rdbuf();
  if (text.str().empty())
    throw std::runtime_error("no parameter file " + name);
  return text.str();
}

/// Declares everything the solver reads and takes `text` and then `changes`, {"Section/Name" or "Name", value}.
inline void set_parameters(dealii::ParameterHandler &prm, const std::string &text, const Changes &changes)
{
  rhoflow::RunParameters::declare(prm);
  rhoflow::ModelParameters::declare(prm);
  rhoflow::Domain::declare(prm);
  rhoflow::MeanFieldParameters::declare(prm);
  rhoflow::CharacteristicsParameters::declare(prm);
  rhoflow::ParticleParameters::declare(prm);
  rhoflow::Observables::declare(prm);
  rhoflow::ComparisonParameters::declare(prm);
  prm.parse_input_from_string(text);
  for (const auto &[path, value] : changes)
    {
      const auto slash = path.find('/');
      if (slash != std::string::npos)
        prm.enter_subsection(path.substr(0, slash));
      prm.set(slash == std::string::npos ? path : path.substr(slash + 1), value);
      if (slash != std::string::npos)
        prm.leave_subsection();
    }
}

/// Runs the solver into a directory. Collective.
inline void run_into(const std::string &directory_name, const std::string &text, const Changes &changes, MPI_Comm communicator)
{
  dealii::ParameterHandler prm;
  set_parameters(prm, text, changes);
  const auto        solver = rhoflow::characteristics_solver_entry().make();
  rhoflow::Progress silent(false);
  solver->prepare(prm, communicator, silent);
  const rhoflow::RunDirectory directory(directory_name, true, communicator);
  solver->run({communicator, prm, directory, silent});
}

inline std::string contents(const std::string &path)
{
  std::ifstream     file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The columns of a table that was written.
inline std::map<std::string, std::vector<double>> columns_of(const std::string &path)
{
  std::ifstream                              file(path);
  std::string                                line, entry;
  std::vector<std::string>                   names;
  std::map<std::string, std::vector<double>> columns;
  std::getline(file, line);
  for (std::stringstream row(line); std::getline(row, entry, ',');)
    names.push_back(entry);
  while (std::getline(file, line))
    {
      std::size_t c = 0;
      for (std::stringstream row(line); std::getline(row, entry, ','); ++c)
        columns[names[c]].push_back(std::stod(entry));
    }
  return columns;
}
