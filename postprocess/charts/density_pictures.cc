#include <postprocess/charts/density_pictures.h>

#include <postprocess/charts/run_charts.h>
#include <postprocess/charts/time_choice.h>
#include <postprocess/charts/volume_picture.h>
#include <postprocess/drawing/animation.h>
#include <postprocess/drawing/picture_window.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace rhoflow
{
namespace
{
using Kind = ChartSeries::Kind;

const char *const section = "Density";

std::string what_is_shown(const std::vector<Snapshot> &shots)
{
  const auto  has_neurons = std::any_of(shots.begin(), shots.end(), [](const Snapshot &shot) { return bool(shot.neurons); });
  const auto  has_points  = std::any_of(shots.begin(), shots.end(), [](const Snapshot &shot) { return bool(shot.points); });
  const auto  has_density = std::any_of(shots.begin(), shots.end(), [](const Snapshot &shot) { return bool(shot.density); });
  std::string text;
  if (has_density)
    text = " Lines enclose 50, 90 and 99 % of the mass.";
  else if (has_points)
    text = " Blue: the points that carry 99 % of the density, darker where they carry more.";
  if (has_neurons)
    text += " Orange: the neurons of a finite network.";
  return text;
}

/// The risk up to now over the whole curve in a fainter colour.
std::vector<Chart> risk_until(const RunRecord &run, const double time)
{
  if (!run.has("statistics", "time") || !run.has("statistics", "risk") || run.tables.at("statistics").rows.size() < 2)
    return {};
  const std::vector<double> t = run.column("statistics", "time"), risk = run.column("statistics", "risk");
  Chart                     chart;
  chart.x.title = "time t";
  chart.y.title = "risk";
  // Room for the dot at either end, so that the axis is the same in all frames.
  chart.x.low         = t.front() - 0.03 * (t.back() - t.front());
  chart.x.high        = t.back() + 0.03 * (t.back() - t.front());
  chart.y.logarithmic = std::all_of(risk.begin(), risk.end(), [](double r) { return r > 0; });
  chart.legend        = false;
  chart.add({"", Kind::line, t, risk, {}, style::blue, 1.6, 0.35});
  ChartSeries past{"", Kind::line, {}, {}, {}, style::blue, 2.8};
  for (std::size_t i = 0; i < t.size(); ++i)
    if (t[i] <= time * (1 + 1e-9))
      {
        past.x.push_back(t[i]);
        past.y.push_back(risk[i]);
      }
  if (past.x.empty())
    return {chart};
  ChartSeries now{"", Kind::points, {past.x.back()}, {past.y.back()}, {}, style::vermilion, 9};
  chart.add(past);
  chart.add(now);
  return {chart};
}
} // namespace

DensityPictures::DensityPictures(const RunRecord &record, const PictureOptions &wanted, std::vector<std::string> &complaints)
  : run(record)
  , options(wanted)
  , warnings(complaints)
  , series(record, complaints)
{}

std::string DensityPictures::at(const double time) const
{
  return series.symbol() + " = " + label_number(time);
}

std::string DensityPictures::file(const std::string &stem, const bool is_chart) const
{
  const std::string path = (std::filesystem::path(options.folder) / (stem + (is_chart ? options.extension : ".png"))).string();
  options.announce(path);
  return path;
}

std::vector<unsigned int> DensityPictures::chosen(const unsigned int most)
{
  if (options.times.empty())
    return spread_choice(series.times(), most);
  std::vector<unsigned int> result;
  for (const double wanted : options.times)
    {
      const auto &times   = series.times();
      const auto  nearest = std::min_element(times.begin(), times.end(),
                                             [&](double a, double b) { return std::abs(a - wanted) < std::abs(b - wanted); });
      if (std::abs(*nearest - wanted) > 1e-6 * std::max(1., std::abs(wanted)))
        {
          const std::string warning = "nothing was written at " + at(wanted) + "; " + at(*nearest) + " is shown instead.";
          if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end())
            warnings.push_back(warning);
        }
      const auto index = static_cast<unsigned int>(nearest - times.begin());
      if (std::find(result.begin(), result.end(), index) == result.end())
        result.push_back(index);
    }
  return result;
}

std::vector<Snapshot> DensityPictures::load(const std::vector<unsigned int> &which)
{
  std::vector<Snapshot> result;
  for (const unsigned int i : which)
    if (auto shot = series.load(i))
      result.push_back(std::move(*shot));
  return result;
}

MapSettings DensityPictures::map_settings(const std::vector<unsigned int> &which)
{
  MapSettings settings;
  settings.view      = series.view(which);
  settings.mesh      = options.mesh;
  settings.potential = options.potential;
  return settings;
}

std::vector<Chart> DensityPictures::curves(const std::vector<Snapshot> &shots, const DensityCells::Box &view) const
{
  std::vector<Chart> charts;
  const auto         chart_of = [&](unsigned int axis) {
    Chart chart;
    chart.x.title = series.axis_name(axis);
    chart.y.title = "ρ(" + series.axis_name(axis) + ")";
    chart.x.low   = view.lower[axis];
    chart.x.high  = view.upper[axis];
    chart.y.low   = 0;
    return chart;
  };
  Chart history = chart_of(0), last = chart_of(0);
  for (std::size_t i = 0; i < shots.size(); ++i)
    if (shots[i].density)
      {
        ChartSeries curve = density_curve(shots[i], 0, view);
        curve.name        = at(shots[i].time);
        curve.colour      = colour_at(ColourMap::time, shots.size() < 2 ? 1. : static_cast<double>(i) / (shots.size() - 1.));
        history.add(curve);
      }
  if (!history.series.empty())
    charts.push_back(history);
  const Snapshot &end = shots.back();
  last.title          = "At " + at(end.time);
  if (end.neurons)
    last.add(neuron_histogram(*end.neurons, 0, view));
  if (end.density && end.neurons)
    {
      ChartSeries curve = density_curve(end, 0, view);
      curve.name        = "density";
      last.add(curve);
    }
  if (!last.series.empty())
    charts.push_back(last);
  return charts;
}

std::vector<Chart> DensityPictures::maps(const std::vector<Snapshot> &shots, const MapSettings &settings) const
{
  std::vector<Chart> charts;
  for (const Snapshot &shot : shots)
    for (unsigned int i = 0; i < series.dimension(); ++i)
      for (unsigned int j = i + 1; j < series.dimension(); ++j)
        {
          charts.push_back(density_map(shot, i, j, series, settings));
          charts.back().title = at(shot.time);
        }
  return charts;
}

Picture DensityPictures::lines()
{
  const auto         which  = chosen(6);
  const auto         shots  = load(which);
  std::vector<Chart> charts = curves(shots, series.view(which));
  const auto         n      = std::max(1u, static_cast<unsigned int>(charts.size()));
  const std::string  path   = file("density", true);
  return {path,
          "Density",
          "The density over the parameter at several times" +
            std::string(n > 1 ? ", and the neurons of a finite network at the last one." : "."),
          section,
          write_charts(charts, n, path, n > 1 ? 2 * style::narrow_width : 860, n > 1 ? 400 : 500),
          n};
}

Picture DensityPictures::filmstrip_of_maps()
{
  const auto         which   = chosen(6);
  const auto         shots   = load(which);
  std::vector<Chart> charts  = maps(shots, map_settings(which));
  const unsigned int columns = charts.size() == 4 ? 2 : std::min<unsigned int>(3, static_cast<unsigned int>(charts.size()));
  const auto         rows    = static_cast<int>((charts.size() + columns - 1) / columns);
  const std::string  path    = file("density", false);
  return {path,
          "Density",
          std::string(options.potential ? "Colours: the potential Ψ." : "The density; every map has its own colours.") +
            what_is_shown(shots),
          section,
          write_charts(charts, columns, path,
                       columns == 1 ? 700 :
                       columns == 2 ? 2 * style::narrow_width :
                                      1260,
                       rows * (columns == 1 ? 560 :
                               columns == 2 ? 480 :
                                              370)),
          columns};
}

Picture DensityPictures::marginals()
{
  const auto        which = chosen(3);
  const auto        shots = load(which);
  const std::string path  = file("marginals", false);
  return {path,
          "Marginals of the density",
          "The density over each pair of coordinates, integrated over the third." + what_is_shown(shots),
          section,
          write_charts(maps(shots, map_settings(which)), 3, path, 1260, 360 * static_cast<int>(shots.size())),
          3};
}

Picture DensityPictures::volumes(const unsigned int most)
{
  const auto        which   = chosen(most);
  const auto        shots   = load(which);
  const auto        columns = std::min<std::size_t>(3, shots.size());
  const auto        rows    = (shots.size() + columns - 1) / columns;
  const int         w = shots.size() == 1 ? 700 : 420, h = 6 * w / 7;
  const std::string path = file("volume", false);
  PictureWindow     window(static_cast<int>(columns) * w, static_cast<int>(rows) * h, PictureWindow::Smooth::after);
  VolumeSettings    settings;
  settings.view      = series.view(which);
  settings.potential = options.potential;
  settings.mesh      = options.mesh;
  if (options.potential)
    for (const Snapshot &shot : shots)
      settings.largest_potential = std::max(settings.largest_potential, largest_potential(shot, settings));
  const auto left   = [&](const std::size_t i) { return static_cast<double>(i % columns) * w; };
  const auto bottom = [&](const std::size_t i) { return static_cast<double>(rows - 1 - i / columns) * h; };
  for (std::size_t i = 0; i < shots.size(); ++i)
    {
      draw_volume(window, shots[i], series, settings, left(i), bottom(i), w, h - 30);
      window.text(at(shots[i].time), left(i) + 0.5 * w, bottom(i) + h - 20, style::title_scale * style::text_size, true);
    }
  window.write(path);
  const bool neurons = std::any_of(shots.begin(), shots.end(), [](const Snapshot &shot) { return bool(shot.neurons); });
  Picture    result{path, "Density in parameter space",
                 std::string(options.potential ?
                                  "Surfaces that enclose half and 90 % of the mass, coloured by the potential Ψ." :
                                  "Darker and less transparent where the density is larger; every time has its own colours.") +
                   (neurons ? " Orange: the neurons of a finite network." : ""),
                 section};
  for (std::size_t i = 0; i < shots.size() && shots.size() > 1; ++i)
    result.panels.push_back(window.png(left(i), bottom(i), w, h));
  result.columns = static_cast<unsigned int>(columns);
  return result;
}

std::vector<Picture> DensityPictures::animation(const std::function<void(const std::string &)> &say)
{
  constexpr unsigned int max_frames = 240;
  const auto             which      = spread_choice(series.times(), max_frames);
  if (which.size() < 3)
    return {};
  // All frames have the axes of the few that the other pictures show, and of the last.
  const MapSettings map = map_settings(spread_choice(series.times(), 5));
  Animation         film((std::filesystem::path(options.folder) / "frames").string(), options.announce);
  for (const unsigned int i : which)
    {
      const auto shot = series.load(i);
      if (!shot)
        continue;
      const auto    risk   = risk_until(run, shot->time);
      const int     height = 540, width = risk.empty() ? 640 : 1080;
      const double  left = 640;
      PictureWindow window(width, height,
                           series.dimension() == 3 ? PictureWindow::Smooth::after : PictureWindow::Smooth::while_drawing);
      window.heading(run.title + ",  " + at(shot->time));
      if (series.dimension() == 3 && shot->density)
        {
          VolumeSettings settings;
          settings.view = map.view;
          settings.mesh = options.mesh;
          draw_volume(window, *shot, series, settings, 0, 0, left, height - 40.);
        }
      else
        {
          Chart chart;
          if (series.dimension() == 1)
            {
              for (const Chart &one : curves({*shot}, map.view))
                chart = one;
              chart.title.clear();
              chart.legend = false;
            }
          else
            chart = density_map(*shot, 0, 1, series, map);
          draw_chart(window, chart, 4, 4, left - 8, height - 48);
        }
      if (!risk.empty())
        draw_chart(window, risk[0], left, 4, width - left - 6, height - 48);
      film.add(window);
    }
  std::string       note;
  const std::string video = film.finish((std::filesystem::path(options.folder) / "animation.mp4").string(), note);
  if (!note.empty())
    say("Note: " + note);
  if (video.empty())
    return {};
  return {{video, "Density over time", "All output times, beside the risk.", section}};
}

std::vector<Picture> DensityPictures::make(const std::function<void(const std::string &)> &say)
{
  std::vector<Picture> pictures;
  const auto           keep = [&](const Picture &picture) {
    say(picture.file);
    pictures.push_back(picture);
  };
  if (series.empty() || series.dimension() == 0)
    return pictures;
  const std::vector<Picture> videos = options.animation ? animation(say) : std::vector<Picture>();
  if (series.dimension() == 1)
    keep(lines());
  else if (series.dimension() == 2)
    keep(filmstrip_of_maps());
  else
    {
      // Where no video shows what happens between, the page has more times.
      const auto first = series.load(0);
      if (first && first->density)
        keep(volumes(videos.empty() ? 9 : 3));
      keep(marginals());
    }
  for (const Picture &video : videos)
    keep(video);
  return pictures;
}
} // namespace rhoflow
