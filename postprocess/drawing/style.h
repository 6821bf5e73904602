#pragma once

#include <string>
#include <vector>

class vtkTextProperty;

namespace rhoflow
{
/// Parts of red, green and blue in [0, 1].
struct Colour
{
  double r, g, b;
};

/// How all pictures look: light background, colours that people with colour-blindness tell apart (M. Okabe, K. Ito, Color
/// universal design, 2008) and that differ in lightness, so that they survive a black-and-white printer.
namespace style
{
constexpr Colour background{1, 1, 1};
constexpr Colour ink{0.13, 0.13, 0.15};  ///< text and axes
constexpr Colour grid{0.88, 0.88, 0.90}; ///< lines behind the data
constexpr Colour faint{0.62, 0.62, 0.66};

constexpr Colour blue{0.00, 0.31, 0.58};      ///< the density, and what is computed from it
constexpr Colour vermilion{0.84, 0.37, 0.00}; ///< finite networks
constexpr Colour green{0.00, 0.55, 0.42};
constexpr Colour purple{0.67, 0.37, 0.58};
constexpr Colour sky{0.34, 0.71, 0.91};
constexpr Colour amber{0.90, 0.62, 0.00};

/// The i-th of six colours; begins again after the last.
Colour cycle(unsigned int i);

/// Pixels of a picture for each unit of length in which sizes of text and lines are given: pictures are sharp in print and on
/// screens with small pixels.
constexpr int    resolution  = 2;
constexpr double text_size   = 14; ///< [units]; titles are larger by `title_scale`
constexpr double title_scale = 1.2;

/// Width of a chart for a narrow page [units], of which the text can be read at 370 pixels.
constexpr int narrow_width = 540;

/// DejaVu Sans, which has Greek letters and superscripts; the font built into VTK has neither. An empty text if no file is
/// found.
const std::string &font_file();

/// Font, colour and size [units].
void set_text(vtkTextProperty *property, double size = text_size, bool bold = false, const Colour &colour = ink);
} // namespace style

/// Colours for numbers in [0, 1], with lightness that changes monotonically (or away from the middle), interpolated in CIELAB.
enum class ColourMap
{
  sequential, ///< white (nothing) to dark blue: densities
  cloud,      ///< light to dark blue: densities in space, where nothing is transparent
  diverging,  ///< blue, white (zero), brown: potentials
  time        ///< light to dark, never white: lines that follow each other
};

/// 256 colours.
const std::vector<Colour> &colours(ColourMap map);

/// The colour of a number in [0, 1]; numbers outside take the nearest end, NaN is white.
Colour colour_at(ColourMap map, double value);
} // namespace rhoflow
