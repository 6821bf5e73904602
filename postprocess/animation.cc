#include <postprocess/animation.h>
#include <postprocess/external_program.h>
#include <postprocess/picture_window.h>

#include <solvers/base/error.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace rhoflow
{
namespace fs = std::filesystem;

Animation::Animation(const std::string &path)
  : folder(path)
{
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw RunError("cannot create the directory '" + folder + "': " + error.message() + ".");
  for (const auto &entry : fs::directory_iterator(folder))
    if (const std::string name = entry.path().filename().string(); name.rfind("frame_", 0) == 0)
      fs::remove(entry.path(), error);
}

void Animation::add(PictureWindow &window)
{
  char name[32];
  std::snprintf(name, sizeof(name), "frame_%04u.png", n_frames++);
  window.write((fs::path(folder) / name).string());
}

std::string Animation::finish(const std::string &video, std::string &note)
{
  std::error_code ignored;
  fs::remove(video, ignored); // of an earlier call, perhaps of another run
  if (n_frames == 0)
    return "";
  const std::string ffmpeg = find_program("ffmpeg");
  if (ffmpeg.empty())
    {
      note = "there is no ffmpeg, so the animation stays a folder of frames: " + folder + " (Debian: apt-get install ffmpeg).";
      return "";
    }
  // About eight seconds, but no slower than two pictures a second.
  const unsigned int rate   = std::clamp(n_frames / 8, 2u, 25u);
  const fs::path     aside  = fs::path(video).replace_extension(".part.mp4");
  const int          status = run_program({ffmpeg,
                                           "-nostdin",
                                           "-y",
                                           "-framerate",
                                           std::to_string(rate),
                                           "-i",
                                           (fs::path(folder) / "frame_%04d.png").string(),
                                           "-c:v",
                                           "libx264",
                                           "-preset",
                                           "veryfast",
                                           "-tune",
                                           "stillimage",
                                           "-crf",
                                           "22",
                                           "-pix_fmt",
                                           "yuv420p",
                                           "-movflags",
                                           "+faststart",
                                           aside.string()});
  if (status == 0)
    fs::rename(aside, video, ignored);
  if (status != 0 || ignored)
    {
      fs::remove(aside, ignored);
      note = "ffmpeg could not make " + video + "; the frames are in " + folder + ".";
      return "";
    }
  // What is shown until the video plays.
  char last[32];
  std::snprintf(last, sizeof(last), "frame_%04u.png", n_frames - 1);
  fs::copy_file(fs::path(folder) / last, fs::path(video).replace_extension(".png"), fs::copy_options::overwrite_existing,
                ignored);
  return video;
}
} // namespace rhoflow
