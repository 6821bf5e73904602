#pragma once

#include <functional>
#include <string>

namespace rhoflow
{
class PictureWindow;

/// Frames as PNG files in a folder, and a video of them where ffmpeg is found, with its last frame as a picture of its name.
class Animation
{
public:
  /// Frames of an earlier animation in the folder go. `announce` is told of each file before it is written.
  Animation(const std::string &folder, std::function<void(const std::string &)> announce);

  void add(PictureWindow &window);

  /// Makes the video; returns its name, or an empty text if there is no ffmpeg or it fails, which is then said in `note`.
  std::string finish(const std::string &video, std::string &note);

private:
  std::string                              folder;
  std::function<void(const std::string &)> announce;
  unsigned int                             n_frames = 0;
};
} // namespace rhoflow
