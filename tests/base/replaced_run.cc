#include <catch2/catch.hpp>

#include <solvers/base/files/file_list.h>
#include <solvers/base/run/checkpoint_file.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>

#include <deal.II/base/parameter_handler.h>

#include <set>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
namespace fs = std::filesystem;

/// A directory with runs and files of a user, in which runs are replaced.
class Scene
{
public:
  Scene() { RunParameters::declare(parameters); }

  /// A file with its own name as contents, in folders that are made.
  void user_file(const std::string &name) const
  {
    fs::create_directories(fs::path(directory.path(name)).parent_path());
    directory.write(name, name);
  }
  /// A run that wrote these files.
  void run(const std::string &path, const std::vector<std::string> &results, const std::string &parameter_file = "a.prm") const
  {
    const RunDirectory run(directory.path(path), true, MPI_COMM_SELF);
    run.record(directory.write(parameter_file, "# given\n"), parameters, {});
    for (const std::string &name : results)
      {
        run.file(name);
        user_file(path + "/" + name);
      }
  }
  /// Replaces the run by one that writes nothing but its record, takes that away, and returns what the run said.
  std::string replace(const std::string &path, const std::string &parameter_file = "",
                      const std::vector<std::string> &inputs = {}) const
  {
    std::string                  said;
    const std::optional<Refused> refused = refusal([&]() {
      RunDirectory run(directory.path(path), true, MPI_COMM_SELF, inputs);
      run.record(parameter_file.empty() ? directory.write("new.prm", "") : parameter_file, parameters, {});
      said = run.removed() + '|' + run.left();
    });
    if (refused)
      {
        CHECK(*refused == Refused{"Output directory", Refusal::exists});
        return refused->message;
      }
    for (const char *const name : {"/new.prm", "/parameters_used.prm", "/provenance.json", "/../new.prm"})
      fs::remove(directory.path(path + name));
    return said;
  }
  /// All files below that are no list and no lock.
  std::set<std::string> files(const std::string &path = "") const
  {
    std::set<std::string> found;
    for (const auto &entry : fs::recursive_directory_iterator(directory.path(path)))
      if (entry.is_regular_file() && entry.path().filename().string().rfind(".rhoflow-", 0) != 0)
        found.insert(entry.path().lexically_relative(directory.path(path)).string());
    return found;
  }

  const TemporaryDirectory directory;
  dealii::ParameterHandler parameters;
};

using Files = std::set<std::string>;
} // namespace

TEST_CASE("Overwrite removes what the list of the run names, complete or not, and nothing else")
{
  const Scene scene;
  scene.run("run",
            {"statistics.csv", "density.pvd", "density/density_0000.pvtu", "density/density_0000.0.vtu",
             "particles/particles_0000.vtp", "checkpoints/even", "checkpoints/even.good", "pictures/frames/frame_0000.png"});
  const Files mine{"run/reference.vtu",  "run/mesh.pvtu",    "run/own.pvd",       "run/points.vtp", "run/notes.txt",
                   "run/draft.prm.part", "run/sub/deep.vtu", "run/own.prm",       "run/notes.part", "run/density/mine.vtu",
                   "run/my.csv",         "run/frames/x.png", "run/other.csv.part"};
  for (const std::string &name : mine)
    scene.user_file(name);
  for (const char *const name : {"run/statistics.csv.part", "run/provenance.json.part", "run/checkpoints/even.good.part",
                                 "run/density/density_0000.0.vtu.part"})
    scene.user_file(name);

  CHECK(scene.replace("run") ==
        "Removed 15 files of the run that was in " + scene.directory.path("run") + ".|in " + scene.directory.path("run") +
          " the list of the run that was there does not name 'density/mine.vtu', 'mesh.pvtu', 'own.pvd' and 2 more: they stay, "
          "and are no results of this run (where it needs such a name, '.before' is put behind that of the old file)");
  Files left = mine;
  left.insert("a.prm");
  CHECK(scene.files() == left);
  for (const std::string &name : mine)
    CHECK(scene.directory.read(name) == name);
  // Folders that are empty now go, those of the user stay.
  CHECK_FALSE(fs::exists(scene.directory.path("run/checkpoints")));
  CHECK_FALSE(fs::exists(scene.directory.path("run/pictures")));
  CHECK_FALSE(fs::exists(scene.directory.path("run/particles")));
}

TEST_CASE("Overwrite does not enter a run or a study of its own, even if the list names files in it")
{
  const Scene scene;
  scene.run("runs", {"statistics.csv"});
  scene.run("runs/density", {"particles/particles_0000.vtp", "particles.pvd"});
  scene.run("runs/b", {"density/density_0000.vtu"});
  fs::remove(scene.directory.path("runs/b/.rhoflow-files")); // of a version without lists
  for (const char *const name : {"runs/study/states/0001", "runs/study/runs/0001/particles/particles_0000.vtp",
                                 "runs/study/study.csv", "runs/study/picture.vtu", "runs/density/density_0000.vtu"})
    scene.user_file(name);
  for (const char *const name : {"density/density_0000.vtu", "density/particles.pvd", "b/density/density_0000.vtu",
                                 "study/picture.vtu", "study/runs/0001/particles/particles_0000.vtp"})
    FileList::note(scene.directory.path("runs"), name);
  Files inside = scene.files("runs");
  for (const char *const name : {"statistics.csv", "a.prm", "parameters_used.prm", "provenance.json"})
    inside.erase(name);

  CHECK_THAT(scene.replace("runs"), Contains("Removed 4 files of the run"));
  CHECK(scene.files("runs") == inside);
  CHECK(scene.directory.read("runs/density/.rhoflow-files") != "");
}

TEST_CASE("Overwrite follows no way out of the directory")
{
  const Scene scene;
  scene.user_file("elsewhere/density_0000.vtu");
  scene.user_file("elsewhere/target.csv");
  scene.run("run", {"statistics.csv", "timing.csv"});
  {
    FileList list(scene.directory.path("run"));
    list.read();
    for (const std::string &name :
         {std::string("../elsewhere/target.csv"), std::string("x/../../elsewhere/target.csv"),
          scene.directory.path("elsewhere/target.csv"), std::string(".."), std::string("."), std::string("/")})
      list.add(name);
  }
  // A link in place of a file goes, and what it names stays.
  fs::remove(scene.directory.path("run/timing.csv"));
  fs::create_symlink("../elsewhere/target.csv", scene.directory.path("run/timing.csv"));
  // A link that the run knows nothing of stays.
  fs::create_directory_symlink("../elsewhere", scene.directory.path("run/link"));
  CHECK_THAT(scene.replace("run"), Contains("Removed 5 files"));
  CHECK_FALSE(fs::exists(fs::symlink_status(scene.directory.path("run/timing.csv"))));
  CHECK(fs::is_symlink(scene.directory.path("run/link")));
  CHECK(scene.files("elsewhere") == Files{"density_0000.vtu", "target.csv"});

  // In place of a folder of the run: neither removed nor written into, and nothing is lost before that is said.
  scene.run("run", {"statistics.csv"});
  RunDirectory::of_earlier_run(scene.directory.path("run"), MPI_COMM_SELF).subdirectory("density");
  fs::remove(scene.directory.path("run/density"));
  fs::create_directory_symlink("../elsewhere", scene.directory.path("run/density"));
  CHECK_THAT(scene.replace("run"), Contains("run/density'") && Contains("link"));
  CHECK(scene.directory.read("run/statistics.csv") == "run/statistics.csv");
  CHECK(scene.files("elsewhere") == Files{"density_0000.vtu", "target.csv"});
}

TEST_CASE("Files that a new run reads outlive the run that it replaces")
{
  const Scene       scene;
  const std::string copy = scene.directory.path("run/a.prm"), table = scene.directory.path("run/curve.csv");
  scene.run("run", {"curve.csv"});
  CHECK_THAT(scene.replace("run", "", {table}), Contains("'" + table + "'"));
  CHECK(scene.files("run") == Files{"a.prm", "curve.csv", "parameters_used.prm", "provenance.json"});
  scene.replace("run", copy, {scene.directory.write("data.csv", "x\n")});
  CHECK(scene.files("run") == Files{"a.prm"});
  // It is still the run's: the next one does not find it.
  CHECK_THAT(scene.directory.read("run/.rhoflow-files"), Contains("a.prm\n"));
  scene.replace("run");
  CHECK(scene.files("run").empty());
}

TEST_CASE("The given parameters and the tables of distances go with the run")
{
  const Scene scene;
  scene.run("run", {"distances_to_b.csv"}, "first\nname.prm");
  CHECK(scene.files("run").count("first\nname.prm") == 1);
  scene.run("run", {}, "case_0.5");
  CHECK(scene.files("run") == Files{"case_0.5.prm", "parameters_used.prm", "provenance.json"});
}

TEST_CASE("Checkpoints of a version that did not list them are known by their seals")
{
  const Scene scene;
  scene.run("run", {"statistics.csv"});
  CheckpointSeal seal;
  seal.size = 4;
  seal.checksums.push_back(checksum("data", 4));
  fs::create_directory(scene.directory.path("run/checkpoints"));
  scene.directory.write("run/checkpoints/even", "data");
  scene.directory.write("run/checkpoints/even.good", seal.text());
  scene.user_file("run/checkpoints/odd");
  scene.user_file("run/checkpoints/odd.good"); // is none
  scene.replace("run");
  CHECK(scene.files("run") == Files{"checkpoints/odd", "checkpoints/odd.good"});
}

TEST_CASE("The record of a version that did not list it goes, and what it names as the run's own")
{
  const Scene scene;
  scene.run("run", {"statistics.csv"});
  scene.directory.write("run/.rhoflow-files", "statistics.csv\n");
  scene.user_file("run/b.prm");
  scene.replace("run");
  CHECK(scene.files("run") == Files{"b.prm"});
}

TEST_CASE("A file of somebody else gets another name where the new run needs its own")
{
  const Scene scene;
  scene.run("run", {"statistics.csv"});
  for (const char *const name : {"run/density.pvd", "run/density/density_0000.vtu", "run/b.prm", "run/b.prm.before"})
    scene.user_file(name);
  scene.run("run", {"density.pvd", "density/density_0000.vtu"}, "b.prm");
  CHECK(scene.directory.read("run/b.prm") == "# given\n");
  for (const auto &[name, contents] :
       {std::pair("run/density.pvd.before", "run/density.pvd"),
        std::pair("run/density/density_0000.vtu.before", "run/density/density_0000.vtu"),
        std::pair("run/b.prm.before", "run/b.prm.before"), std::pair("run/b.prm.before2", "run/b.prm")})
    CHECK(scene.directory.read(name) == contents);

  // A run that goes on has files that an earlier version did not list.
  scene.directory.write("run/.rhoflow-files", "");
  RunDirectory::of_earlier_run(scene.directory.path("run"), MPI_COMM_SELF).file("density.pvd");
  CHECK(fs::exists(scene.directory.path("run/density.pvd")));
}

TEST_CASE("A run that is withdrawn leaves nothing, where there was nothing before")
{
  const Scene scene;
  const auto  withdraw = [&](const std::string &path) {
    RunDirectory run(scene.directory.path(path), true, MPI_COMM_SELF);
    run.record(scene.directory.write("a.prm", ""), scene.parameters, {});
    run.subdirectory("density");
    run.file("statistics.csv");
    scene.user_file(path + "/statistics.csv");
    return run.withdraw();
  };
  CHECK(withdraw("new/deep/run"));
  CHECK_FALSE(fs::exists(scene.directory.path("new")));

  fs::create_directory(scene.directory.path("old"));
  CHECK_FALSE(withdraw("old"));
  CHECK(fs::exists(scene.directory.path("old/statistics.csv")));
}

TEST_CASE("Runs are named after their parameter files")
{
  CHECK(name_of_parameter_file("cases/a.prm") == "a");
  CHECK(name_of_parameter_file("cases/case_0.5") == "case_0.5");
  CHECK(name_of_parameter_file("case_0.5.prm") == "case_0.5");
  CHECK(name_of_parameter_file("a.prm.prm") == "a.prm");
  CHECK(name_of_parameter_file(".prm") == ".prm");
}
