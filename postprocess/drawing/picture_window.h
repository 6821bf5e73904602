#pragma once

#include <memory>
#include <string>
#include <vector>

#include <postprocess/drawing/style.h>

class vtkContextScene;
class vtkRenderer;

namespace rhoflow
{
/// A window that nobody sees, in which a picture is drawn. Sizes are in units of style::resolution pixels.
class PictureWindow
{
public:
  /// Several samples a pixel make lines smooth, and are slow where every sample costs a ray through a volume: there edges are
  /// smoothed in the finished picture.
  enum class Smooth
  {
    while_drawing,
    after
  };
  PictureWindow(int width, int height, Smooth smooth = Smooth::while_drawing);
  ~PictureWindow();

  /// For charts: coordinates are pixels from the lower left corner.
  vtkContextScene *scene();

  /// A renderer for three dimensions in a part of the window: lower left corner and size [units].
  vtkRenderer *add_renderer(double x, double y, double width, double height);

  /// Bold text in the middle of the upper border.
  void heading(const std::string &text);
  /// Text with its middle at a place [units from the lower left corner].
  void text(const std::string &text, double x, double y, double size, bool bold = false);

  /// A bar of colours with numbers, from its lower left corner [units].
  void colour_bar(const std::string &title, ColourMap map, double low, double high, double x, double y, double height);

  /// PNG, or SVG for charts if the name ends so. Written aside and renamed. Throws RunError.
  void write(const std::string &file);

  /// A part of the picture that was written last (as PNG) as the contents of a PNG file: lower left corner and size [units].
  std::string png(double x, double y, double width, double height);

  /// The picture as bytes [height][width][3], from the lowest row.
  std::vector<unsigned char> pixels(int &width, int &height);

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation;
};
} // namespace rhoflow
