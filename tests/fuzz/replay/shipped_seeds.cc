#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <deal.II/base/parameter_handler.h>

#include <tests/fuzz/replay/shipped_seeds.h>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>

namespace
{
using namespace rhoflow;

/// Paths of the parameters that the target learning_problem declares.
const std::set<std::string> &parameters_of_learning_problem()
{
  static const std::set<std::string> paths = []() {
    dealii::ParameterHandler prm;
    ModelParameters::declare(prm);
    Observables::declare(prm);
    std::set<std::string> names;
    for (const DeclaredParameter &parameter : declared_parameters(prm))
      names.insert(parameter.path());
    return names;
  }();
  return paths;
}

std::string seed_of_parameter_file(const std::string &path, const std::string &target)
{
  std::ostringstream contents;
  contents << std::ifstream(path, std::ios::binary).rdbuf();
  const ParameterFile file(path, contents.str());
  std::string         lines;
  for (const ParameterFile::Setting &setting : file.given())
    if ((parameters_of_learning_problem().count(setting.path()) > 0) == (target == "learning_problem"))
      lines += setting.path() + "=" + setting.value + "\n";
  return lines;
}
} // namespace

std::vector<KeptInput> rhoflow::shipped_seeds(const std::string &target, const std::string &folder)
{
  std::vector<KeptInput> seeds;
  if (target != "parameters" && target != "learning_problem")
    return seeds;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(folder))
    {
      const std::filesystem::path relative = entry.path().lexically_relative(folder);
      if (relative.extension() != ".prm" || relative.begin()->string() == "studies")
        continue;
      std::string name = relative.parent_path() / relative.stem();
      std::replace(name.begin(), name.end(), '/', '_');
      const std::string bytes = seed_of_parameter_file(entry.path(), target);
      if (!bytes.empty())
        seeds.push_back({"shipped_" + name, relative.string(), bytes});
    }
  if (seeds.empty())
    throw std::runtime_error(folder + ": no parameter files");
  std::sort(seeds.begin(), seeds.end(), [](const KeptInput &a, const KeptInput &b) { return a.name < b.name; });
  return seeds;
}
