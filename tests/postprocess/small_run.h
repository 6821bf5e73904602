#pragma once

#include "../base/temporary_directory.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

/// The directory of a run as rhoflow leaves it, small enough for every number in it to be known here.
class SmallRun
{
public:
  SmallRun()
  {
    files["provenance.json"] =
      "{\n  \"versions\": {\n    \"rhoflow\": \"0.1.0 (revision abc)\",\n    \"MPI\": \"Open \\\"MPI\\\"\"\n  },\n"
      "  \"started\": \"2026-01-02T03:04:05Z\",\n  \"ranks\": 3,\n  \"seed\": 18446744073709551615,\n"
      "  \"parameter file\": \"a.prm\",\n  \"command line\": [\"rhoflow\", \"a.prm\", \"Title=it's <b>\"]\n}\n";
    files["parameters_used.prm"] =
      "# Listing of Parameters\n# ---------------------\n# Name of the solver.\nset Solver           = continuity # default: "
      "single neuron\n"
      "set Title            = <script>alert(1)</script> & \"more\" # default: \n"
      "set End time         = 2     # default: 10\nset Compare with SGD = true # default: false\nset Output times     = \n\n\n"
      "subsection Learning problem\n  set Neuron          = weighted ridge # default: single neuron\n"
      "  set Input dimension = auto\n  set Activation      = tanh # default: erf\nend\n\n\n"
      "subsection Data\n  set Law                = gaussian\n  set Standard deviation = 1\nend\n\n\n"
      "subsection Target\n  set Type            = expression # default: automatic\n  set Activation      = same\n"
      "  set Expression      = if(x < 0, 1, 2) # default: 0\n  set Noise deviation = 0\nend\n\n\n"
      "subsection Initial law\n  set Law = normal(0, 1), uniform(-3, 4) # default: normal(0, 1), gaussian_neurons(1)\nend\n\n\n"
      "subsection Domain\n  subsection Deeper\n    set Name = value = with = signs # default: 7\n  end\n"
      "  set Boundary mass warning = 1e-6\nend\n\n\n"
      "subsection Mean field\n  set Weight decay        = 0.125 # default: 0\n  set Inverse temperature = inf\nend\n\n\n"
      "subsection Particles\n  set Number of neurons = 1000\n  set Replicas          = 8\n  set Method            = one-pass "
      "SGD\n"
      "  set Step size         = 0.001\n  set Schedule          = 1\n  set Batch size        = 1\nend\n";
    files["statistics.csv"] = "time,risk,energy balance,Frank-Wolfe gap,mass,mean a,covariance a a,mean w,covariance w "
                              "w,minimum,negative mass,boundary mass,cells\n"
                              "0,0.5,0,1.5,1,0,1,0,1,0,0,1.25e-09,64\n"
                              "1,0.3125,-1.5e-06,0.75,0.99999999999999956,0.1,1.1,0.01,1.2,-0.001953125,0.03125,2.5e-09,64\n"
                              "2,0.25,3e-05,0.375,1,0.2,1.2,0.02,1.4,-0.0009765625,0.015625,5e-09,64\n";
    files["comparison.csv"] =
      "time,risk,mean risk of networks,standard error,expected bias,deviation [standard errors],sliced W1,sliced W1 floor\n"
      "0,0.5,0.51,0.01,nan,1,0.0625,0.046875\n"
      "1,0.3125,0.3,0.005,0.0025,-2.75,0.0703125,0.046875\n"
      "2,0.25,0.2578125,0.00390625,0.001953125,1.5,0.078125,0.046875\n";
    files["timing.csv"] = "section,minimum [s],mean [s],maximum [s]\nmoments,1.25,2.5,3.75\n\"a < b, c\",0.25,0.625,0.875\n";
    files["log.txt"]    = "A title\nWarning: the box <may> be too small\nDensity\n\x1b[2Krisk at t = 2\n";
    files["density.pvd"] =
      "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n<Collection>\n"
      "<DataSet timestep=\"2\" group=\"\" part=\"0\" file=\"density/density_0002.vtu\"/>\n"
      "<DataSet timestep=\"0\" group=\"\" part=\"0\" file=\"density/density_0000.vtu\"/>\n"
      "<DataSet timestep=\"1\" group=\"\" part=\"0\" file=\"density/density_0001.vtu\"/>\n</Collection>\n</VTKFile>\n";
    for (const char *const name : {"density/density_0000.vtu", "density/density_0001.vtu", "density/density_0002.vtu"})
      files[name] = "<VTKFile/>";
    write();
  }

  /// Writes all files again, or one.
  void write() const
  {
    for (const auto &[name, text] : files)
      write(name, text);
  }
  void write(const std::string &name, const std::string &text) const
  {
    const std::filesystem::path path(temporary.path("a run/" + name));
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  void remove(const std::string &name) const { std::filesystem::remove(temporary.path("a run/" + name)); }

  std::string path(const std::string &name = "") const { return temporary.path(name.empty() ? "a run" : "a run/" + name); }
  std::string read(const std::string &name) const { return temporary.read("a run/" + name); }

  /// Replaces a part of a file that must be there.
  void change(const std::string &name, const std::string &before, const std::string &after)
  {
    std::string &text = files.at(name);
    text.replace(text.find(before), before.size(), after); // throws where it is not there
    write(name, text);
  }

  std::map<std::string, std::string> files;
  TemporaryDirectory                 temporary;
};
