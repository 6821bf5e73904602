#pragma once

#include <string>
#include <vector>

#include <postprocess/drawing/picture.h>

namespace rhoflow
{
/// Pieces of a page of HTML5 that needs no other file. Texts named `text`, `title` and `caption` are plain and are escaped;
/// those named `html` are put in as they are.
namespace html
{
/// `text` with &, <, >, " and ' as entities, control characters left out, and bytes that are no UTF-8 as U+FFFD.
std::string escaped(const std::string &text);

/// `value` with so many significant digits ("0.0123", below a thousandth "1.23 × 10⁻⁷", "∞", "unknown" for NaN), within an
/// element <data value="..."> that has all 17 of them.
std::string number(double value, int digits = 4);

/// `text` in a fixed-width font.
std::string code(const std::string &text);

/// `html` as a paragraph.
std::string paragraph(const std::string &html);

/// `html` in a box that scrolls where the page is narrow, and says so there. `kind`: a class for its looks, or nothing.
std::string scrolling(const std::string &html, const std::string &kind = "");

/// A table that scrolls within its own box where the page is narrow. Cells are HTML. The columns from `first_of_numbers` on are
/// aligned to the right; the first column names the row.
struct Table
{
  std::vector<std::string>              head;
  std::vector<std::vector<std::string>> rows;
  unsigned int                          first_of_numbers = static_cast<unsigned int>(-1);
  bool                                  stacked          = false; ///< on narrow pages: the cells of a row below each other

  std::string html() const;
};

/// A part of a whole as a bar, 0 <= part <= 1.
std::string bar(double part);

/// A picture (PNG, JPEG, GIF, WebP, SVG) or video (MP4, WebM) with its caption, embedded. Panels stand beside each other, and
/// below each other where the page is narrow; a single one takes the place of the picture there. A picture of the name of a
/// video, such as animation.png beside animation.mp4, is shown until it plays. Instead of a video above the limit [bytes], and
/// of a file that cannot be read, the caption says where it is.
std::string figure(const Picture &picture, std::size_t video_limit = 8000000);

/// A page made of a title, a summary and sections with headings, which it lists at its top.
class Page
{
public:
  explicit Page(std::string text);

  /// What stands below the title, before the list of sections.
  void set_summary(const std::string &html) { summary = html; }
  /// A heading that is there already gets more below it.
  void add_section(const std::string &heading, const std::string &html);

  std::string html() const;

  /// Writes the page to a file beside it first and renames that, so that readers never see a half. Throws InputError (parameter
  /// empty) if it cannot be written.
  void write(const std::string &file) const;

private:
  struct Section
  {
    std::string heading, html;
  };
  std::string          title, summary;
  std::vector<Section> sections;
};
} // namespace html
} // namespace rhoflow
