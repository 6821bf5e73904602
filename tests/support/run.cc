#include <tests/support/refusals.h>
#include <tests/support/run.h>
#include <tests/support/source_directory.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <solvers/base/files/csv.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/input_files.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/registry/registry.h>

namespace
{
std::string folder_of_shipped_files()
{
  return source_directory() + "/parameter_files";
}
} // namespace

std::string shipped_file(const std::string &name)
{
  const std::string text = contents(folder_of_shipped_files() + "/" + name + ".prm");
  if (text.empty())
    throw std::runtime_error("no parameter file " + name);
  return text;
}

std::unique_ptr<dealii::ParameterHandler> make_parameters(const Settings &settings, const std::string &text)
{
  auto prm = std::make_unique<dealii::ParameterHandler>();
  rhoflow::registry().declare(*prm);
  prm->parse_input_from_string(text);
  for (const auto &[path, value] : settings)
    rhoflow::set_parameter_value(*prm, path, value);
  const std::string data = "Data/CSV file", name = rhoflow::parameter_value(*prm, data);
  if (!name.empty())
    rhoflow::set_parameter_value(*prm, data, rhoflow::find_input_file(name, {folder_of_shipped_files() + "/boltzmann"}));
  return prm;
}

void run_solver(const std::string &solver, const std::string &directory_name, const Settings &settings,
                const MPI_Comm communicator, const std::string &text)
{
  const auto        prm    = make_parameters(settings + Settings{{"Solver", solver}}, text);
  const auto        system = rhoflow::registry().solver(solver).make();
  rhoflow::Progress silent(false);
  system->prepare(*prm, communicator, silent);
  const rhoflow::RunDirectory directory(directory_name, true, communicator);
  system->run({communicator, directory, silent});
}

std::optional<Refused> refusal(const std::string &solver, const Settings &settings, const std::string &text)
{
  const auto        prm = make_parameters(settings + Settings{{"Solver", solver}}, text);
  rhoflow::Progress silent(false);
  return refusal([&]() { rhoflow::registry().solver(solver).make()->prepare(*prm, MPI_COMM_SELF, silent); });
}

std::string contents(const std::string &path)
{
  std::ifstream     file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::map<std::string, std::vector<double>> columns_of(const std::string &path)
{
  const rhoflow::CsvTable                    table = rhoflow::read_csv(path, {}, "", true);
  std::map<std::string, std::vector<double>> columns;
  for (const std::vector<double> &row : table.rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      columns[table.columns[c]].push_back(row[c]);
  return columns;
}
