#include <postprocess/drawing/animation.h>
#include <postprocess/drawing/external_program.h>
#include <postprocess/drawing/picture_window.h>

#include <solvers/base/error.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace rhoflow
{
namespace fs = std::filesystem;

namespace
{
std::string frame_name(const unsigned int number)
{
  char name[32];
  std::snprintf(name, sizeof(name), "frame_%04u.png", number);
  return name;
}

/// Whether frame_name() gives this name to a number.
bool is_frame(const fs::path &path)
{
  const std::string name = path.filename().string(), digits = name.size() > 10 ? name.substr(6, name.size() - 10) : "";
  return !digits.empty() && digits.size() < 9 && digits.find_first_not_of("0123456789") == std::string::npos &&
         name == frame_name(static_cast<unsigned int>(std::stoul(digits)));
}
} // namespace

Animation::Animation(const std::string &path, std::function<void(const std::string &)> announce_file)
  : folder(path)
  , announce(std::move(announce_file))
{
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw RunError("cannot create the directory '" + folder + "': " + error.message() + ".");
  for (const auto &entry : fs::directory_iterator(folder))
    if (is_frame(entry.path()))
      fs::remove(entry.path(), error);
}

void Animation::add(PictureWindow &window)
{
  const std::string file = (fs::path(folder) / frame_name(n_frames++)).string();
  announce(file);
  window.write(file);
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
  const unsigned int rate  = std::clamp(n_frames / 8, 2u, 25u);
  const std::string  aside = video + ".part";
  announce(video);
  const int status = run_program({ffmpeg,
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
                                  "-f",
                                  "mp4",
                                  aside});
  if (status == 0)
    fs::rename(aside, video, ignored);
  if (status != 0 || ignored)
    {
      fs::remove(aside, ignored);
      note = "ffmpeg could not make " + video + "; the frames are in " + folder + ".";
      return "";
    }
  // What is shown until the video plays.
  const std::string still = fs::path(video).replace_extension(".png").string();
  announce(still);
  fs::copy_file(fs::path(folder) / frame_name(n_frames - 1), still, fs::copy_options::overwrite_existing, ignored);
  return video;
}
} // namespace rhoflow
