#include <solvers/base/error.h>
#include <solvers/base/files/file_list.h>
#include <solvers/base/run/replaced_run.h>
#include <solvers/study/store.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

InputError error(const Refusal why, const std::string &message)
{
  return InputError(why, "Output directory", message);
}

std::string file_name(const unsigned int number)
{
  char text[16];
  std::snprintf(text, sizeof(text), "%04u", number);
  return text;
}

std::string contents_of(const fs::path &path)
{
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The identities in a directory of states, with their numbers.
std::map<std::string, unsigned int> stored_runs(const fs::path &states)
{
  std::map<std::string, unsigned int> runs;
  if (fs::is_directory(states))
    for (const auto &entry : fs::directory_iterator(states))
      {
        const std::string name = entry.path().filename().string();
        const std::string text = contents_of(entry.path());
        if (name.find_first_not_of("0123456789") == std::string::npos && text.find('\n') != std::string::npos)
          runs[text.substr(text.find('\n') + 1)] = static_cast<unsigned int>(std::stoul(name));
      }
  return runs;
}

/// Endings of files that are being written.
const char *const draft_extension = ".draft";

bool is_number(const std::string &text)
{
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// Whether write() gave this name to what it had not finished: FILE.HOST.NUMBER.draft.
bool is_draft(const fs::path &path)
{
  if (path.extension() != draft_extension)
    return false;
  const fs::path    without_ending = path.stem();
  const std::string file           = without_ending.stem().string();
  return without_ending.has_extension() && is_number(without_ending.extension().string().substr(1)) &&
         (file.rfind("study.csv.", 0) == 0 || file.rfind("fits.csv.", 0) == 0 || is_number(file.substr(0, file.find('.'))));
}

/// What the earlier session said by claim() and count_finished(), and by its file `stop`.
bool is_claim(const fs::path &path)
{
  return path.filename() == "stop" ||
         (is_number(path.stem().string()) && (!path.has_extension() || path.extension() == ".finished"));
}

/// Removes files in a folder, and no others.
template <typename Choice>
void remove_files(const fs::path &folder, const Choice &is_old)
{
  std::vector<fs::path> old;
  for (const auto &entry : fs::directory_iterator(folder))
    if (entry.symlink_status().type() == fs::file_type::regular && is_old(entry.path()))
      old.push_back(entry.path());
  for (const fs::path &file : old)
    fs::remove(file);
}

const char *const names[] = {"waiting", "running", "done", "failed"};
} // namespace

std::string RunState::text() const
{
  return names[static_cast<int>(kind)] + (message.empty() ? "" : ": " + message);
}

StudyStore::StudyStore(std::string root)
  : directory(std::move(root))
{}

void StudyStore::number(Plan &plan) const
{
  const fs::path root(directory);
  if (fs::exists(root) && !fs::is_directory(root))
    throw error(Refusal::exists, "'" + directory + "' exists and is not a directory; choose another one.");
  if (fs::exists(root) && !fs::is_empty(root) && !fs::is_directory(root / "states"))
    throw error(Refusal::exists, "'" + directory + "' exists and holds something else than a study; choose another directory.");

  const auto   stored = stored_runs(root / "states");
  unsigned int last = 0, known = 0;
  for (const auto &[identity, number] : stored)
    last = std::max(last, number);
  for (PlannedRun &run : plan.runs)
    if (const auto found = stored.find(run.identity); found != stored.end())
      {
        run.number = found->second;
        ++known;
      }
    else
      run.number = ++last;
  if (known == 0 && !stored.empty())
    throw error(
      Refusal::exists,
      "'" + directory +
        "' holds the runs of another study: none of its parameters are those of this one. Choose another directory, or "
        "remove it if its runs are not needed any more.");
}

void StudyStore::open(const Plan &plan, const bool retry_failed)
{
  const fs::path  root(directory);
  std::error_code failure;
  for (const char *name : {"states", "runs"}) // by the first the directory is known as a study
    {
      fs::create_directories(root / name, failure);
      if (failure)
        throw error(Refusal::unreadable,
                    "cannot create the directory '" + (root / name).string() + "': " + failure.message() + ".");
    }
  bool is_free = false;
  try
    {
      is_free = lock.take((root / "lock").string());
    }
  catch (const std::runtime_error &reason)
    {
      throw error(Refusal::unreadable, reason.what());
    }
  if (!is_free)
    throw error(Refusal::in_use, "'" + directory + "' is in use by another rhoflow-study; wait for its end.");

  remove_files(root, is_draft);
  remove_files(root / "states", is_draft);
  fs::create_directories(root / "claims", failure);
  if (failure)
    throw error(Refusal::unreadable,
                "cannot create the directory '" + (root / "claims").string() + "': " + failure.message() + ".");
  remove_files(root / "claims", is_claim);
  for (const PlannedRun &run : plan.runs)
    {
      RunState   state  = this->state(run);
      const bool is_new = !fs::exists(root / "states" / file_name(run.number));
      if (state.kind == RunState::Kind::running || (retry_failed && state.kind == RunState::Kind::failed) ||
          (state.kind == RunState::Kind::done && !fs::exists(fs::path(run_directory(run)) / "provenance.json")))
        state = {RunState::Kind::waiting, state.kind == RunState::Kind::running ? "interrupted" : ""};
      else if (!is_new)
        continue;
      set_state(run, state);
    }
}

bool StudyStore::claim(const PlannedRun &run) const
{
  const fs::path path = fs::path(directory) / "claims" / file_name(run.number);
  const int      file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0 && errno != EEXIST)
    throw error(Refusal::unreadable, "cannot write '" + path.string() + "': " + std::strerror(errno) + ".");
  if (file >= 0)
    ::close(file);
  return file >= 0;
}

unsigned int StudyStore::count_finished(const PlannedRun &run) const
{
  const fs::path claims = fs::path(directory) / "claims";
  std::ofstream(claims / (file_name(run.number) + ".finished"));
  return static_cast<unsigned int>(std::count_if(fs::directory_iterator(claims), fs::directory_iterator(),
                                                 [](const auto &entry) { return entry.path().extension() == ".finished"; }));
}

RunState StudyStore::state(const PlannedRun &run) const
{
  const std::string text  = contents_of(fs::path(directory) / "states" / file_name(run.number));
  const std::string first = text.substr(0, text.find('\n'));
  const auto        colon = first.find(": ");
  RunState          state;
  for (int kind = 0; kind < 4; ++kind)
    if (first.substr(0, colon) == names[kind])
      state.kind = static_cast<RunState::Kind>(kind);
  if (colon != std::string::npos)
    state.message = first.substr(colon + 2);
  return state;
}

void StudyStore::set_state(const PlannedRun &run, const RunState &state) const
{
  std::string line = state.text();
  std::replace(line.begin(), line.end(), '\n', ' ');
  write("states/" + file_name(run.number), line + "\n" + run.identity);
}

std::string StudyStore::run_directory(const PlannedRun &run) const
{
  return (fs::path(directory) / "runs" / file_name(run.number)).string();
}

std::string StudyStore::clear_run_directory(const PlannedRun &run) const
{
  const std::string place = run_directory(run);
  const fs::path    root(place);
  if (!fs::exists(root))
    return "";
  try
    {
      FileList list(place);
      list.read();
      remove_replaced_run(place, list, false);
      fs::remove(root / ".rhoflow-lock");
      fs::remove(list.path());
      if (fs::is_empty(root))
        {
          fs::remove(root);
          return "";
        }
      std::string aside = place + ".before";
      for (unsigned int number = 2; fs::exists(aside); ++number)
        aside = place + ".before" + std::to_string(number);
      fs::rename(root, aside);
      return aside;
    }
  catch (const std::runtime_error &failure)
    {
      throw error(Refusal::unreadable, "cannot clear '" + place + "': " + failure.what());
    }
}

void StudyStore::write(const std::string &name, const std::string &text) const
{
  const fs::path path = fs::path(directory) / name;
  // Several ranks may write the same table: each has a file of its own until it is complete.
  char host[64] = "";
  gethostname(host, sizeof(host) - 1);
  const std::string draft = path.string() + "." + host + "." + std::to_string(getpid()) + draft_extension;
  std::ofstream     file(draft, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code failure;
  if (file)
    fs::rename(draft, path, failure);
  if (!file || failure)
    throw error(Refusal::unreadable, "cannot write '" + path.string() + "'; is the disk full?");
}
} // namespace rhoflow
