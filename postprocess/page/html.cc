#include <postprocess/page/html.h>
#include <solvers/base/error.h>
#include <solvers/base/files/base64.h>
#include <solvers/base/files/complete_file.h>
#include <solvers/base/text.h>
#include <solvers/base/utf8.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include <rhoflow_report_page.h>

namespace rhoflow::html
{
namespace
{
namespace fs = std::filesystem;

/// The skeleton with each {{name}} in it replaced by the piece of that name.
std::string filled(const std::string &skeleton, const std::map<std::string, std::string> &pieces)
{
  std::string text;
  std::size_t begin = 0;
  for (std::size_t mark; (mark = skeleton.find("{{", begin)) != std::string::npos;)
    {
      const std::size_t end = skeleton.find("}}", mark);
      text += skeleton.substr(begin, mark - begin) + pieces.at(skeleton.substr(mark + 2, end - mark - 2));
      begin = end + 2;
    }
  return text + skeleton.substr(begin);
}

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
  std::string links, contents;
  for (std::size_t i = 0; i < sections.size(); ++i)
    {
      const std::string id = "section-" + std::to_string(i + 1), heading = escaped(sections[i].heading);
      links += "<a href=\"#" + id + "\">" + heading + "</a>\n";
      contents += "<section>\n<h2 id=\"" + id + "\">" + heading + "</h2>\n" + sections[i].html + "</section>\n";
    }
  return filled(
    report_html,
    {{"title", escaped(title)}, {"style", report_css}, {"summary", summary}, {"links", links}, {"sections", contents}});
}

void Page::write(const std::string &file) const
{
  try
    {
      write_complete_file(file, [text = html()](std::ostream &stream) { stream << text; });
    }
  catch (const std::runtime_error &error)
    {
      throw InputError(Refusal::unreadable, "", error.what());
    }
}
} // namespace rhoflow::html
