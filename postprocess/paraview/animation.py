"""The density at all its output times, with the neurons: one frame each, and a video where ffmpeg is there.

  pvbatch animation.py RUN_DIR [--output FOLDER] [--frames-per-second N]

Frames are FOLDER/frame_NNNN.png, the video is FOLDER/density.mp4. The colours are the same in all frames.
"""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from paraview import simple

import rhoflow_paraview as rhoflow
import volume


def make_frames(directory, folder):
    """Writes the frames and returns their paths."""
    run = rhoflow.Run(directory)
    os.makedirs(folder, exist_ok=True)
    limit = max(rhoflow.colour_limit(density.sample([101] * density.dimension))
                for density in (run.density_at(time)[1] for time in sorted({run.density[0][0],
                                                                            run.density[len(run.density) // 2][0],
                                                                            run.density[-1][0]})))
    frames = []
    for number, (time, _) in enumerate(run.density):
        view = volume.show(directory, time, limit)
        frames.append(os.path.join(folder, f"frame_{number:04d}.png"))
        simple.SaveScreenshot(frames[-1], view, ImageResolution=volume.SIZE)
        # What was shown would stay in memory.
        for source in simple.GetSources().values():
            simple.Delete(source)
        simple.Delete(view)
    return frames


def work():
    parser = rhoflow.arguments("The density at all its output times.",
                               output=(str, "folder for the frames; frames in the working directory by default"),
                               frames_per_second=(float, "of the video; 4 by default"))
    options = parser.parse_args()
    folder = options.output or "frames"
    frames = make_frames(options.run, folder)
    print(f"{len(frames)} frames in {folder}")
    if shutil.which("ffmpeg") is None:
        print("no video: there is no ffmpeg")
        return
    video = os.path.join(folder, "density.mp4")
    # Encoders want even sizes and the pixel format that every player knows.
    made = subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(options.frames_per_second or 4.0), "-i",
                           os.path.join(folder, "frame_%04d.png"), "-frames:v", str(len(frames)), "-pix_fmt", "yuv420p", video],
                          check=False)
    if made.returncode != 0:
        raise rhoflow.RunError(f"ffmpeg could not make '{video}'; the frames are there")
    print(video)


if __name__ == "__main__":
    rhoflow.main(work)
