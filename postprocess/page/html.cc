#include <postprocess/page/html.h>
#include <solvers/base/error.h>
#include <solvers/base/files/base64.h>
#include <solvers/base/text.h>
#include <solvers/base/utf8.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace rhoflow::html
{
namespace
{
namespace fs = std::filesystem;

// Colours have a contrast of at least 4.5 on their ground (WCAG AA); marks differ in words too, not in colour alone.
const char *const style = R"(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: #fff; color: #1a1a1a;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif;
  overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.4rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid #ccc; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
p { margin: .5rem 0; max-width: 46rem; }
.subtitle { color: #555; margin: 0 0 1rem; }
nav { margin: 1rem 0; font-size: .9rem; }
nav a { margin-right: .9rem; white-space: nowrap; display: inline-block; }
a { color: #0b5394; }
.answer { border-left: .35rem solid #5a5a5a; background: #f4f4f4; padding: .8rem 1rem; margin: 1rem 0; }
.answer.fine { border-color: #006d5b; background: #edf7f4; }
.answer.look { border-color: #b34700; background: #fdf2e9; }
.answer p { margin: .2rem 0; max-width: none; }
.verdict { font-size: 1.15rem; font-weight: 600; }
.warnings { border-left: .35rem solid #b34700; background: #fdf2e9; padding: .6rem 1rem; margin: 1rem 0; }
.warnings ul { margin: .2rem 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; margin: .6rem 0; container-type: inline-size; }
.wide { width: min-content; min-width: 100%; }
.wide::after { content: "↔ scrolls sideways"; display: block; position: sticky; left: 0; height: 1rem; overflow: hidden;
  white-space: nowrap; font: .75rem/1rem system-ui, "DejaVu Sans", Arial, sans-serif; color: #555;
  width: 0; width: clamp(0px, (100% - 100cqw - 1px) * 999, 9rem); }
.equation { padding: .6rem 1rem 0; background: #f7f7f9; white-space: nowrap;
  font: 1.1rem/1.9 "STIX Two Math", "Cambria Math", "DejaVu Serif", Georgia, serif; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #e2e2e2; }
th:last-child, td:last-child { padding-right: 0; }
tbody th { font-weight: 400; }
thead th { border-bottom: 2px solid #888; font-weight: 600; }
data { white-space: nowrap; }
sup, sub { line-height: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.mark { font-weight: 600; white-space: nowrap; }
.mark.fine { color: #006d5b; }
.mark.look { color: #a03f00; }
.mark.note { color: #4d4d4d; }
.bar { display: inline-block; width: 9rem; max-width: 25vw; height: .75rem; background: #ececec; }
.bar span { display: block; height: 100%; background: #0072b2; }
figure { margin: 1.2rem 0; }
img, video { max-width: 100%; height: auto; display: block; border: 1px solid #ddd; }
.panels { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); border: 1px solid #ddd; }
.panels img { width: 100%; border: 0; }
figcaption { font-size: .92rem; color: #333; margin-top: .4rem; max-width: 46rem; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .88em; }
pre { background: #f7f7f9; padding: .7rem 1rem; line-height: 1.4; }
pre.command { white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: .8rem 0; }
summary { cursor: pointer; }
@media screen and (max-width: 54rem) {
  .panels { grid-template-columns: minmax(0, 30rem); justify-content: center; }
}
@media (max-width: 40rem) {
  body { padding: 1rem .8rem 3rem; }
  h1 { font-size: 1.4rem; }
  .equation { font-size: 1rem; padding: .5rem .6rem 0; }
  .stacked table, .stacked tbody, .stacked tr, .stacked th, .stacked td { display: block; border: 0; padding: 0; }
  .stacked thead { display: none; }
  .stacked tbody th { font-weight: 600; }
  .stacked tr { border-bottom: 1px solid #e2e2e2; padding: .4rem 0; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2, h3 { break-after: avoid; }
  figure, tr, .answer, .warnings { break-inside: avoid; }
  .equation, pre { white-space: pre-wrap; }
  .wide { width: auto; }
  .wide::after { content: none; }
  .bar, .answer, .warnings { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
})";

bool read_bytes(const fs::path &path, std::string &bytes)
{
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    return false;
  std::ifstream      file(path, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  bytes = contents.str();
  return file && !bytes.empty();
}

std::string media_type(const fs::path &path)
{
  static const std::map<std::string, std::string> types = {
    {".png", "image/png"},   {".jpg", "image/jpeg"},    {".jpeg", "image/jpeg"}, {".gif", "image/gif"},
    {".webp", "image/webp"}, {".svg", "image/svg+xml"}, {".mp4", "video/mp4"},   {".webm", "video/webm"}};
  const auto found = types.find(path.extension().string());
  return found == types.end() ? "" : found->second;
}

std::string data_uri(const std::string &type, const std::string &bytes)
{
  return "data:" + type + ";base64," + base64(bytes);
}

std::string image(const std::string &type, const std::string &bytes, const std::string &text)
{
  return "<img src=\"" + data_uri(type, bytes) + "\" alt=\"" + escaped(text) + "\">";
}
} // namespace

std::string escaped(const std::string &text)
{
  std::string result;
  for (std::size_t i = 0; i < text.size();)
    {
      const std::size_t length = utf8_length(text, i);
      const char        c      = text[i];
      if (length == 0)
        result += "\xef\xbf\xbd";
      else if (length > 1)
        result += text.substr(i, length);
      else if (c == '&')
        result += "&amp;";
      else if (c == '<')
        result += "&lt;";
      else if (c == '>')
        result += "&gt;";
      else if (c == '"')
        result += "&quot;";
      else if (c == '\'')
        result += "&#39;";
      else if ((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\n' || c == '\t')
        result += c;
      i += std::max<std::size_t>(length, 1);
    }
  return result;
}

std::string number(const double value, const int digits)
{
  if (std::isnan(value))
    return "unknown";
  char       text[40];
  const bool small = value != 0. && std::abs(value) < 1e-3;
  std::snprintf(text, sizeof(text), small ? "%.*e" : "%.*g", small ? digits - 1 : digits, value);
  std::string shown = text;
  if (std::isinf(value))
    shown = value > 0 ? "∞" : "−∞";
  else
    {
      const std::size_t e        = shown.find('e');
      std::string       mantissa = shown.substr(0, e);
      if (e != std::string::npos && mantissa.find('.') != std::string::npos)
        mantissa.erase(mantissa.find_last_not_of('0') + 1);
      if (!mantissa.empty() && mantissa.back() == '.')
        mantissa.pop_back();
      if (mantissa.front() == '-')
        mantissa.replace(0, 1, "−");
      if (e != std::string::npos)
        {
          const int exponent = std::stoi(shown.substr(e + 1));
          mantissa += " × 10<sup>" + std::string(exponent < 0 ? "−" : "") + std::to_string(std::abs(exponent)) + "</sup>";
        }
      shown = mantissa;
    }
  return "<data value=\"" + exact_number(value) + "\">" + shown + "</data>";
}

std::string code(const std::string &text)
{
  return "<code>" + escaped(text) + "</code>";
}

std::string paragraph(const std::string &html)
{
  return "<p>" + html + "</p>\n";
}

std::string scrolling(const std::string &html, const std::string &kind)
{
  // The words are in the style: they are wide enough to be seen only where what is inside is wider than the box.
  return "<div class=\"scroll" + (kind.empty() ? "" : " " + kind) + "\" tabindex=\"0\"><div class=\"wide\">" + html +
         "</div></div>\n";
}

std::string Table::html() const
{
  const auto kind = [&](const std::size_t column) {
    return column >= first_of_numbers ? std::string(" class=\"number\"") : std::string();
  };
  std::string text = "<table>\n<thead><tr>";
  for (std::size_t c = 0; c < head.size(); ++c)
    text += "<th scope=\"col\"" + kind(c) + ">" + head[c] + "</th>";
  text += "</tr></thead>\n<tbody>\n";
  for (const auto &row : rows)
    {
      text += "<tr>";
      for (std::size_t c = 0; c < row.size(); ++c)
        text += c == 0 ? "<th scope=\"row\"" + kind(c) + ">" + row[c] + "</th>" : "<td" + kind(c) + ">" + row[c] + "</td>";
      text += "</tr>\n";
    }
  text += "</tbody></table>";
  return stacked ? "<div class=\"stacked\">" + text + "</div>\n" : scrolling(text);
}

std::string bar(const double part)
{
  char width[16];
  std::snprintf(width, sizeof(width), "%.1f", 100. * (part >= 0. ? std::min(part, 1.) : 0.));
  return "<span class=\"bar\"><span style=\"width: " + std::string(width) + "%\"></span></span>";
}

std::string figure(const Picture &picture, const std::size_t video_limit)
{
  const fs::path    path(picture.file);
  const std::string type = media_type(path);
  const std::string text = picture.title + ". " + picture.caption;
  std::string       bytes, shown, remark;
  if (type.empty() || !read_bytes(path, bytes))
    remark = " (The file " + code(picture.file) + " is missing or is no picture.)";
  else if (picture.panels.size() > 1)
    {
      shown = "<div class=\"panels\" style=\"--columns: " + std::to_string(picture.columns) + "\">\n";
      for (std::size_t i = 0; i < picture.panels.size(); ++i)
        shown += image(type, picture.panels[i],
                       i == 0 ?
                         text :
                         picture.title + ", panel " + std::to_string(i + 1) + " of " + std::to_string(picture.panels.size())) +
                 "\n";
      shown += "</div>";
    }
  else if (picture.panels.size() == 1)
    shown = "<picture><source media=\"(max-width: 40rem)\" srcset=\"" + data_uri(type, picture.panels[0]) + "\">" +
            image(type, bytes, text) + "</picture>";
  else if (type.rfind("image/", 0) == 0)
    shown = image(type, bytes, text);
  else
    {
      std::string still;
      const bool  has_still = read_bytes(fs::path(path).replace_extension(".png"), still);
      if (bytes.size() > video_limit)
        {
          shown  = has_still ? image("image/png", still, text) : "";
          remark = " (The video of " + number(std::round(1e-6 * static_cast<double>(bytes.size()))) +
                   " MB is too large for this page: " + code(picture.file) + ".)";
        }
      else
        shown = "<video controls loop muted playsinline" +
                (has_still ? " poster=\"" + data_uri("image/png", still) + "\"" : std::string()) + " src=\"" +
                data_uri(type, bytes) + "\" aria-label=\"" + escaped(text) + "\"></video>";
    }
  return "<figure>\n" + shown + "\n<figcaption><strong>" + escaped(picture.title) + ".</strong> " + escaped(picture.caption) +
         remark + "</figcaption>\n</figure>\n";
}

Page::Page(std::string text)
  : title(std::move(text))
{}

void Page::add_section(const std::string &heading, const std::string &html)
{
  for (Section &section : sections)
    if (section.heading == heading)
      {
        section.html += html;
        return;
      }
  sections.push_back({heading, html});
}

std::string Page::html() const
{
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
                     escaped(title) + "</title>\n<style>" + style + "\n</style>\n</head>\n<body>\n<header>\n<h1>" +
                     escaped(title) + "</h1>\n" + summary + "</header>\n<nav aria-label=\"Sections\">\n";
  for (std::size_t i = 0; i < sections.size(); ++i)
    text += "<a href=\"#section-" + std::to_string(i + 1) + "\">" + escaped(sections[i].heading) + "</a>\n";
  text += "</nav>\n<main>\n";
  for (std::size_t i = 0; i < sections.size(); ++i)
    text += "<section>\n<h2 id=\"section-" + std::to_string(i + 1) + "\">" + escaped(sections[i].heading) + "</h2>\n" +
            sections[i].html + "</section>\n";
  return text + "</main>\n</body>\n</html>\n";
}

void Page::write(const std::string &file) const
{
  const std::string aside = file + ".part";
  std::error_code   error;
  {
    std::ofstream stream(aside, std::ios::binary | std::ios::trunc);
    stream << html();
    stream.close();
    if (!stream)
      {
        fs::remove(aside, error);
        throw InputError("", "the file '" + file + "' cannot be written. Is there such a directory, and room on the disk?");
      }
  }
  fs::rename(aside, file, error);
  if (error)
    {
      const std::string reason = error.message();
      fs::remove(aside, error);
      throw InputError("", "the file '" + file + "' cannot be replaced: " + reason + ".");
    }
}
} // namespace rhoflow::html
