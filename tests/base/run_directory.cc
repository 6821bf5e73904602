#include <catch2/catch.hpp>

#include <solvers/base/run/provenance.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#define BOOST_BIND_GLOBAL_PLACEHOLDERS // Boost complains about its own header otherwise
#include <boost/property_tree/json_parser.hpp>

#include <tests/support/refusals.h>

#include "small_disk.h"
#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
bool exists(const std::string &path)
{
  return std::filesystem::exists(path);
}
} // namespace

TEST_CASE("A run directory keeps the file as given, the parameters as used, and the provenance", "[mpi]")
{
  TemporaryDirectory       directory;
  const std::string        given = directory.write("my run.prm", "set Seed = 7 # why\r\n");
  dealii::ParameterHandler prm;
  RunParameters::declare(prm);
  prm.set("Seed", "7");
  prm.set("Title", "a");

  const RunDirectory run(directory.path("runs/deep/one"), false, MPI_COMM_WORLD);
  run.record(given, prm, {"rhoflow", given, "Title=quote \" and \\"});
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(directory.read("runs/deep/one/my run.prm") == "set Seed = 7 # why\r\n");

  boost::property_tree::ptree provenance;
  boost::property_tree::read_json(run.file("provenance.json"), provenance);
  int n_ranks;
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  CHECK(provenance.get<int>("ranks") == n_ranks);
  CHECK(provenance.get<int>("seed") == 7);
  CHECK(provenance.get_child("command line").back().second.data() == "Title=quote \" and \\");
  CHECK_FALSE(provenance.get_child("versions").get<std::string>("rhoflow").empty());
  CHECK_FALSE(provenance.get_child("versions").get_child(boost::property_tree::path("deal.II", '/')).data().empty());

  // The complete file gives the same parameters again.
  dealii::ParameterHandler again;
  RunParameters::declare(again);
  again.parse_input(run.file("parameters_used.prm"));
  CHECK(again.get("Seed") == "7");
  CHECK(again.get("Title") == "a");

  CHECK(exists(run.subdirectory("density")));
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST_CASE("Nothing is overwritten unless the user says so", "[mpi]")
{
  TemporaryDirectory       directory;
  dealii::ParameterHandler prm;
  RunParameters::declare(prm);
  const std::string given = directory.write("a.prm", "");
  MPI_Barrier(MPI_COMM_WORLD);
  const std::string path = directory.path("run");
  const auto        open = [&](const bool overwrite) {
    const auto checked = refusal([&]() { RunDirectory::check(path, overwrite, MPI_COMM_WORLD); });
    const auto opened  = refusal([&]() { RunDirectory(path, overwrite, MPI_COMM_WORLD); });
    CHECK(checked == opened);
    CHECK(message_of(checked) == message_of(opened));
    return opened;
  };

  CHECK_FALSE(open(false)); // creates it
  CHECK_FALSE(open(false)); // nothing but the list of a run that came no further
  MPI_Barrier(MPI_COMM_WORLD);
  const int rank = dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD);
  if (rank == 0)
    std::filesystem::remove(directory.path("run/.rhoflow-files"));
  directory.write("run/thesis.txt", "years");
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(open(false) == Refused{"Output directory", Refusal::exists}.naming("Overwrite"));
  CHECK(open(true) == Refused{"Output directory", Refusal::exists}.naming("provenance.json"));
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0)
    std::filesystem::remove(directory.path("run/thesis.txt"));
  MPI_Barrier(MPI_COMM_WORLD);

  {
    const RunDirectory run(path, false, MPI_COMM_WORLD);
    run.record(given, prm, {});
    CHECK(run.file("statistics.csv") == directory.path("run/statistics.csv"));
    const auto again   = refusal([&]() { RunDirectory(path, true, MPI_COMM_WORLD); }),
               goes_on = refusal([&]() { RunDirectory::of_earlier_run(path, MPI_COMM_WORLD); });
    CHECK(again == Refused{"Output directory", Refusal::in_use});
    CHECK(goes_on == Refused{"", Refusal::in_use});
    CHECK(exists(path + "/provenance.json"));
    MPI_Barrier(MPI_COMM_WORLD);
  }
  directory.write("run/statistics.csv", "old");
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(open(false) == Refused{"Output directory", Refusal::exists}.naming("Overwrite"));
  CHECK(directory.read("run/statistics.csv") == "old");
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_FALSE(open(true));
  CHECK_FALSE(exists(directory.path("run/statistics.csv")));
  CHECK_FALSE(exists(directory.path("run/provenance.json")));
  CHECK(exists(directory.path("run/.rhoflow-files")));
}

TEST_CASE("A list of files that was not finished loses no name")
{
  const TemporaryDirectory directory;
  directory.write(".rhoflow-files", "a.csv\nb.csv\nc.c");
  FileList looks(directory.path(""));
  looks.read();
  looks.add("c.csv");
  CHECK(directory.read(".rhoflow-files") == "a.csv\nb.csv\nc.c\nc.csv\n");
  CHECK(looks.names().size() == 3);

  directory.write(".rhoflow-files", "a.csv\nb.csv\nc.c");
  FileList goes_on(directory.path(""));
  goes_on.open();
  CHECK(directory.read(".rhoflow-files") == "a.csv\nb.csv\n");
  goes_on.add("c.csv");
  goes_on.add("b.csv");
  CHECK(directory.read(".rhoflow-files") == "a.csv\nb.csv\nc.csv\n");

  const std::string odd = "line\nend \\n and \xe9.csv";
  goes_on.add(odd);
  FileList again(directory.path(""));
  again.read();
  CHECK(again.names().size() == 4);
  CHECK(again.names().count(odd) == 1);

  FileList full(directory.path("none"));
  full.add("lost");
  CHECK(full.names().empty());
  CHECK_THROWS_WITH(full.open(), Contains("cannot write"));
}

TEST_CASE("Results are durable when they are there, and only what has changed is looked at again")
{
  const TemporaryDirectory directory;
  FileList                 files(directory.path(""));
  files.open();
  files.add("a.csv");
  files.add("not yet.csv");
  directory.write("a.csv", "1");
  CHECK(files.make_durable());
  const auto first = files.names().at("a.csv");
  CHECK(first.first == 1);
  CHECK(files.make_durable());
  CHECK(files.names().at("a.csv") == first);
  directory.write("a.csv", "12");
  CHECK(files.make_durable());
  CHECK(files.names().at("a.csv").first == 2);
  CHECK(files.names().at("not yet.csv").first == 0);
}

TEST_CASE("A run directory says how much its run wrote")
{
  const TemporaryDirectory directory;
  const RunDirectory       run(directory.path("run"), false, MPI_COMM_SELF);
  run.subdirectory("density");
  for (const char *name : {"density/a.vtu", "density/b.vtu", "statistics.csv", "density/a.vtu"})
    directory.write("run/" + std::filesystem::path(run.file(name)).lexically_relative(directory.path("run")).string(),
                    std::string(500000, ' '));
  run.file("never written");
  directory.write("run/notes.txt", "not of this run");
  CHECK(run.contents() == "1.5 MB in 3 files: density/ 1 MB in 2");
}

TEST_CASE("A run that goes on adds its sessions, and where its input files are", "[mpi]")
{
  TemporaryDirectory       directory;
  dealii::ParameterHandler prm;
  RunParameters::declare(prm);
  const std::string given = directory.write("a.prm", ""), data = directory.write("data.csv", "x\n1\n");
  const std::string moved = directory.write("moved.csv", "x\n1\n");
  MPI_Barrier(MPI_COMM_WORLD);
  RunDirectory(directory.path("run"), false, MPI_COMM_WORLD)
    .record(given, prm, {"rhoflow", "a.prm"}, {Provenance::InputFile::of(data)});
  CHECK(Provenance::parse(directory.read("run/provenance.json")).input_files.at(0).from_run == "../data.csv");
  const RunDirectory again = RunDirectory::of_earlier_run(directory.path("run"), MPI_COMM_WORLD);
  MPI_Barrier(MPI_COMM_WORLD);
  for (const double time : {0.5, 1.25})
    CHECK(again.record_again(prm, time, {"rhoflow", "--resume"}, {Provenance::InputFile::of(moved)}).empty());
  const Provenance known = Provenance::parse(directory.read("run/provenance.json"));
  CHECK(known.begun.command_line == std::vector<std::string>{"rhoflow", "a.prm"});
  REQUIRE(known.continued.size() == 2);
  CHECK(known.continued[1].time == 1.25);
  CHECK(known.continued[1].ranks == known.begun.ranks);
  CHECK(known.continued[1].versions == known.begun.versions);
  REQUIRE(known.input_files.size() == 1);
  CHECK(known.input_files[0].path == moved);
  CHECK(known.input_files[0].from_run == "../moved.csv");
  MPI_Barrier(MPI_COMM_WORLD);

  directory.write("run/provenance.json", "{");
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_THAT(again.record_again(prm, 2., {}), Contains("provenance.json' is damaged") && Contains("is not known"));
  CHECK(directory.read("run/provenance.json") == "{");
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST_CASE("How a session ended is added to the session that it was", "[mpi]")
{
  TemporaryDirectory       directory;
  dealii::ParameterHandler prm;
  RunParameters::declare(prm);
  const std::string given = directory.write("a.prm", "");
  int               rank, n_ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  const auto known = [&]() {
    MPI_Barrier(MPI_COMM_WORLD);
    const Provenance record = Provenance::parse(directory.read("run/provenance.json"));
    MPI_Barrier(MPI_COMM_WORLD);
    return record;
  };
  const auto on_rank = [&](const int one, const auto &work) {
    if (rank == one)
      work();
  };

  {
    const RunDirectory run(directory.path("run"), false, MPI_COMM_WORLD);
    on_rank(0, [&]() { run.record_end(3, "before there is a session"); });
    MPI_Barrier(MPI_COMM_WORLD);
    CHECK_FALSE(exists(directory.path("run/provenance.json")));
    MPI_Barrier(MPI_COMM_WORLD);
    run.record(given, prm, {"rhoflow", "a.prm"});
    CHECK_FALSE(known().begun.end);
    // A rank that ends the job while the others wait for it.
    on_rank(n_ranks - 1, [&]() { run.record_end(3, "diverged"); });
    REQUIRE(known().begun.end);
    CHECK(known().begun.end->status == 3);
    CHECK(known().begun.end->reason == "diverged");
    CHECK(known().begun.platform.hosts.at(0).second == n_ranks);
    CHECK_FALSE(known().begun.platform.processors.empty());
  }
  MPI_Barrier(MPI_COMM_WORLD);
  const RunDirectory again = RunDirectory::of_earlier_run(directory.path("run"), MPI_COMM_WORLD);
  on_rank(0, [&]() { again.record_end(0, "of a session that was refused"); });
  CHECK(known().begun.end->reason == "diverged");
  // A process was killed while it wrote the record.
  directory.write("run/provenance.json.part", "{");
  again.record_again(prm, 0.5, {"rhoflow", "--resume"});
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_FALSE(exists(directory.path("run/provenance.json.part")));
  CHECK_FALSE(known().continued.at(0).end);
  // Another rank writes the record at this moment.
  directory.write("run/provenance.json.part", "{");
  on_rank(0, [&]() { again.record_end(4, "too late"); });
  CHECK_FALSE(known().continued.at(0).end);
  CHECK(directory.read("run/provenance.json.part") == "{");
  MPI_Barrier(MPI_COMM_WORLD);
  on_rank(0, [&]() { std::filesystem::remove(directory.path("run/provenance.json.part")); });
  MPI_Barrier(MPI_COMM_WORLD);
  on_rank(0, [&]() {
    const SmallDisk disk(10);
    again.record_end(4, "on a full disk");
  });
  CHECK_FALSE(known().continued.at(0).end);
  CHECK_FALSE(exists(directory.path("run/provenance.json.part")));
  MPI_Barrier(MPI_COMM_WORLD); // the next record is written aside, too
  on_rank(0, [&]() { again.record_end(4, "stopped"); });
  REQUIRE(known().continued.at(0).end);
  CHECK(known().continued.at(0).end->status == 4);
  CHECK(known().begun.end->status == 3);

  directory.write("run/provenance.json", "{");
  on_rank(0, [&]() { again.record_end(0, "in a damaged record"); });
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(directory.read("run/provenance.json") == "{");
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST_CASE("A run may be repeated with its own files", "[mpi]")
{
  TemporaryDirectory       directory;
  dealii::ParameterHandler prm;
  RunParameters::declare(prm);
  const std::string given = directory.write("a.prm", "# first\n");
  MPI_Barrier(MPI_COMM_WORLD);
  RunDirectory(directory.path("run"), false, MPI_COMM_WORLD).record(given, prm, {});
  RunDirectory(directory.path("run"), true, MPI_COMM_WORLD).record(directory.path("run/a.prm"), prm, {});
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(directory.read("run/a.prm") == "# first\n");
  MPI_Barrier(MPI_COMM_WORLD); // the next line replaces what a slow rank still reads
  RunDirectory(directory.path("run"), true, MPI_COMM_WORLD).record(directory.path("run/parameters_used.prm"), prm, {});
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_FALSE(directory.read("run/parameters_given.prm").empty());
}

TEST_CASE("Paths that cannot be written are refused on every rank", "[mpi]")
{
  TemporaryDirectory directory;
  directory.write("file", "text");
  MPI_Barrier(MPI_COMM_WORLD);
  const auto refused = [](const std::string &path) { return refusal([&]() { RunDirectory(path, true, MPI_COMM_WORLD); }); };
  CHECK(refused(directory.path("file")) == Refused{"Output directory", Refusal::exists});
  CHECK(refused(directory.path("file/below")) == Refused{"Output directory", Refusal::unreadable});
  CHECK(refused("/proc/rhoflow") == Refused{"Output directory", Refusal::unreadable});
  CHECK(directory.read("file") == "text");
}
