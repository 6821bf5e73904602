#include <postprocess/plot_run.h>

#include <postprocess/charts/density_pictures.h>
#include <postprocess/charts/run_charts.h>
#include <postprocess/charts/study_charts.h>
#include <postprocess/page/report.h>
#include <postprocess/page/study_report.h>
#include <postprocess/records/run_record.h>
#include <postprocess/records/study_record.h>

#include <solvers/base/error.h>
#include <solvers/base/files/file_list.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

fs::path make_directory(const fs::path &path)
{
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw InputError(Refusal::unreadable, "", "cannot create the directory '" + path.string() + "': " + error.message() + ".");
  return path;
}

/// Notes each file that is about to be written below `root` in the list of the run that it is written into, so that `Overwrite
/// = true` removes it with the run: the run that is drawn, or that which `root` belongs to.
std::function<void(const std::string &)> announce_to(const fs::path &root, const std::string &run)
{
  std::error_code ignored;
  const bool      is_run = fs::exists(root / "provenance.json", ignored);
  return [root, run, is_run](const std::string &file) {
    std::error_code error;
    const fs::path  inside = fs::relative(file, run, error);
    if (is_run || error || inside.empty() || *inside.begin() == "..")
      FileList::note(root.string(), fs::path(file).lexically_relative(root).generic_string());
    else
      FileList::note(run, inside.generic_string());
  };
}

void draw(const std::vector<PlannedPicture> &planned, const fs::path &folder, const std::string &extension,
          const std::function<void(const std::string &)> &say, const std::function<void(const std::string &)> &announce,
          std::vector<Picture> &pictures)
{
  for (const PlannedPicture &one : planned)
    {
      Picture picture = one.about;
      // VTK's SVG has no coloured fields: a map would be empty.
      const bool is_map = std::any_of(one.charts.begin(), one.charts.end(),
                                      [](const Chart &chart) { return !chart.field.empty(); });
      picture.file      = (folder / fs::path(picture.file).replace_extension(is_map ? ".png" : extension)).string();
      announce(picture.file);
      picture.panels  = write_charts(one.charts, one.columns, picture.file, one.width, one.height);
      picture.columns = one.columns;
      say(picture.file);
      pictures.push_back(picture);
    }
}

std::string plot_study(const std::string &directory, const PlotArguments &arguments,
                       const std::function<void(const std::string &)> &say)
{
  const StudyRecord study = StudyRecord::open(directory);
  for (const std::string &warning : study.warnings)
    say("Warning: " + warning);
  const fs::path       root = arguments.output.empty() ? fs::path(study.directory) : make_directory(arguments.output);
  std::vector<Picture> pictures;
  const std::string    report   = (root / report_name()).string();
  const auto           announce = announce_to(root, study.directory);
  draw(study_charts(study), make_directory(root / "pictures"), arguments.extension, say, announce, pictures);
  announce(report);
  write_study_report(study, pictures, report);
  return report;
}
} // namespace

void check_directory(const std::string &directory)
{
  if (StudyRecord::is_study(directory))
    StudyRecord::open(directory);
  else
    RunRecord::open(directory);
}

std::string plot_directory(const std::string &directory, const PlotArguments &arguments,
                           const std::function<void(const std::string &)> &say)
{
  if (StudyRecord::is_study(directory))
    return plot_study(directory, arguments, say);
  RunRecord      run    = RunRecord::open(directory);
  const fs::path root   = arguments.output.empty() ? fs::path(run.directory) : make_directory(arguments.output);
  const fs::path folder = make_directory(root / "pictures");

  std::vector<Picture> pictures;
  PictureOptions       options;
  options.folder               = folder.string();
  options.extension            = arguments.extension;
  options.times                = arguments.times;
  options.mesh                 = arguments.mesh;
  options.potential            = arguments.potential;
  options.animation            = arguments.animation;
  options.announce             = announce_to(root, run.directory);
  const std::size_t n_warnings = run.warnings.size();
  for (std::size_t i = 0; i < n_warnings; ++i)
    say("Warning: " + run.warnings[i]);
  for (const Picture &picture : DensityPictures(run, options, run.warnings).make(say))
    pictures.push_back(picture);
  for (std::size_t i = n_warnings; i < run.warnings.size(); ++i)
    say("Warning: " + run.warnings[i]);
  draw(run_charts(run), folder, arguments.extension, say, options.announce, pictures);

  const std::string report = (root / report_name()).string();
  options.announce(report);
  write_report(run, pictures, report);
  return report;
}
} // namespace rhoflow
