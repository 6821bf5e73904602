#include <postprocess/drawing/external_program.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace rhoflow
{
std::string find_program(const std::string &name)
{
  const char *const  variable = std::getenv("PATH");
  std::istringstream path(variable == nullptr ? "/usr/local/bin:/usr/bin:/bin" : variable);
  for (std::string folder; std::getline(path, folder, ':');)
    {
      const std::string candidate = (std::filesystem::path(folder.empty() ? "." : folder) / name).string();
      if (access(candidate.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(candidate))
        return candidate;
    }
  return "";
}

int run_program(const std::vector<std::string> &command)
{
  std::vector<char *> words;
  for (const std::string &word : command)
    words.push_back(const_cast<char *>(word.c_str()));
  words.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t     process;
  const int started = posix_spawnp(&process, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status;
  if (started != 0 || waitpid(process, &status, 0) != process || !WIFEXITED(status))
    return -1;
  return WEXITSTATUS(status);
}
} // namespace rhoflow
