#include <postprocess/drawing/label_item.h>
#include <postprocess/drawing/picture_window.h>
#include <postprocess/drawing/style.h>

#include <solvers/base/error.h>

#include <vtkCamera.h>
#include <vtkContextActor.h>
#include <vtkContextScene.h>
#include <vtkExtractVOI.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkObject.h>
#include <vtkPNGWriter.h>
#include <vtkPointData.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>
#include <vtkRendererCollection.h>
#include <vtkSVGExporter.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>
#include <vtkUnsignedCharArray.h>
#include <vtkWindowToImageFilter.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace rhoflow
{
namespace
{
/// The window in which the pictures of a program are drawn one after the other: connecting to the display and compiling shaders
/// takes longer than most pictures.
vtkRenderWindow *shared_window(bool smooth_after)
{
  static const auto make = [](int samples) {
    vtkNew<vtkRenderWindow> window;
    window->SetOffScreenRendering(1);
    window->SetMultiSamples(samples);
    window->SetNumberOfLayers(2);
    return vtkSmartPointer<vtkRenderWindow>(window);
  };
  static const vtkSmartPointer<vtkRenderWindow> several_samples = make(4), one_sample = make(0);
  return smooth_after ? one_sample : several_samples;
}
} // namespace

struct PictureWindow::Implementation
{
  vtkRenderWindow        *window;
  vtkNew<vtkRenderer>     background, front;
  vtkNew<vtkContextActor> charts;
  int                     width, height;
  bool                    smooth_after;

  vtkSmartPointer<vtkImageData> drawn; ///< what was written last

  vtkSmartPointer<vtkImageData> image()
  {
    window->Render();
    vtkNew<vtkWindowToImageFilter> filter;
    filter->SetInput(window);
    filter->SetInputBufferTypeToRGB();
    filter->ReadFrontBufferOff();
    filter->ShouldRerenderOff();
    filter->Update();
    return filter->GetOutput();
  }
};

PictureWindow::PictureWindow(const int width, const int height, const Smooth smooth)
  : implementation(std::make_unique<Implementation>())
{
  auto &own        = *implementation;
  own.width        = width;
  own.height       = height;
  own.smooth_after = smooth == Smooth::after;
  own.window       = shared_window(own.smooth_after);
  own.window->SetSize(width * style::resolution, height * style::resolution);
  own.background->SetBackground(style::background.r, style::background.g, style::background.b);
  own.background->AddActor(own.charts);
  own.charts->GetScene()->SetRenderer(own.background);
  own.front->SetLayer(1);
  own.front->InteractiveOff();
  own.window->AddRenderer(own.background);
  own.window->AddRenderer(own.front);
}

PictureWindow::~PictureWindow()
{
  vtkRendererCollection *const renderers = implementation->window->GetRenderers();
  while (vtkRenderer *const renderer = renderers->GetFirstRenderer())
    implementation->window->RemoveRenderer(renderer);
}

vtkContextScene *PictureWindow::scene()
{
  return implementation->charts->GetScene();
}

vtkRenderer *PictureWindow::add_renderer(const double x, const double y, const double width, const double height)
{
  vtkNew<vtkRenderer> renderer;
  renderer->SetViewport(x / implementation->width, y / implementation->height, (x + width) / implementation->width,
                        (y + height) / implementation->height);
  renderer->SetBackground(style::background.r, style::background.g, style::background.b);
  renderer->SetUseFXAA(implementation->smooth_after);
  implementation->window->AddRenderer(renderer);
  return renderer;
}

void PictureWindow::heading(const std::string &words)
{
  text(words, implementation->width / 2., implementation->height - 22., 1.25 * style::text_size, true);
}

void PictureWindow::text(const std::string &words, const double x, const double y, const double size, const bool bold)
{
  vtkNew<vtkTextActor> actor;
  actor->SetInput(words.c_str());
  style::set_text(actor->GetTextProperty(), size, bold);
  actor->GetTextProperty()->SetJustificationToCentered();
  actor->GetTextProperty()->SetVerticalJustificationToCentered();
  actor->SetDisplayPosition(static_cast<int>(x * style::resolution), static_cast<int>(y * style::resolution));
  implementation->front->AddActor2D(actor);
}

void PictureWindow::colour_bar(const std::string &title, const ColourMap map, const double low, const double high,
                               const double x, const double y, const double height)
{
  constexpr double  R = style::resolution;
  vtkNew<LabelItem> item;
  item->bars.push_back({R * x, R * y, R * 13, R * height, map, low, high});
  item->labels.push_back({title, R * (x + 7), R * (y + height + 12), style::text_size});
  scene()->AddItem(item);
}

void PictureWindow::write(const std::string &file)
{
  namespace fs           = std::filesystem;
  const fs::path  target = file, aside = file + ".part";
  std::error_code error;
  // VTK would print a message of its own to what is thrown here.
  const int shown = vtkObject::GetGlobalWarningDisplay();
  vtkObject::GlobalWarningDisplayOff();
  bool written = true;
  if (target.extension() == ".svg")
    {
      implementation->window->Render();
      vtkNew<vtkSVGExporter> exporter;
      exporter->SetRenderWindow(implementation->window);
      exporter->SetFileName(aside.c_str());
      exporter->Write();
    }
  else
    {
      vtkNew<vtkPNGWriter> writer;
      implementation->drawn = implementation->image();
      writer->SetInputData(implementation->drawn);
      writer->SetFileName(aside.c_str());
      writer->Write();
      written = writer->GetErrorCode() == 0;
    }
  vtkObject::SetGlobalWarningDisplay(shown);
  if (!written)
    throw RunError("cannot write '" + file + "': is the disk full, or the directory not writable?");
  fs::rename(aside, target, error);
  if (error)
    throw RunError("cannot write '" + file + "': " + error.message() + ".");
}

std::string PictureWindow::png(const double x, const double y, const double width, const double height)
{
  const int *const size  = implementation->drawn->GetDimensions();
  const auto       pixel = [](const double place, const int n) {
    return std::clamp(static_cast<int>(std::lround(place * style::resolution)), 0, n);
  };
  vtkNew<vtkExtractVOI> part;
  part->SetInputData(implementation->drawn);
  part->SetVOI(pixel(x, size[0]), pixel(x + width, size[0]) - 1, pixel(y, size[1]), pixel(y + height, size[1]) - 1, 0, 0);
  part->Update();
  vtkNew<vtkPNGWriter> writer;
  writer->SetInputConnection(part->GetOutputPort());
  writer->WriteToMemoryOn();
  writer->Write();
  vtkUnsignedCharArray *const bytes = writer->GetResult();
  return {reinterpret_cast<const char *>(bytes->GetPointer(0)), static_cast<std::size_t>(bytes->GetNumberOfValues())};
}

std::vector<unsigned char> PictureWindow::pixels(int &width, int &height)
{
  const auto image  = implementation->image();
  width             = image->GetDimensions()[0];
  height            = image->GetDimensions()[1];
  auto *const bytes = vtkUnsignedCharArray::SafeDownCast(image->GetPointData()->GetScalars());
  return {bytes->GetPointer(0), bytes->GetPointer(0) + bytes->GetNumberOfValues()};
}
} // namespace rhoflow
