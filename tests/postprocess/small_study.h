#pragma once

#include "../base/temporary_directory.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

/// The directory of a study as rhoflow-study leaves it, small enough for every number in it to be known here: y = 2/x exactly
/// for the method "plain" and 8/x for the method "other", with the first point beside the law and left out of the fit.
class SmallStudy
{
public:
  SmallStudy()
  {
    files["study.csv"] = "run,state,Particles/Number of neurons,Seed,Particles/Method,error,error standard error,speed\n"
                         "1,done,4,1,plain,7,0.5,1\n"
                         "2,done,10,2,plain,0.2,0.01,2\n"
                         "3,done,100,3,plain,0.02,0.03,3\n"
                         "4,done,1000,4,plain,0.002,0.0001,-4\n"
                         "5,done,4,1,other,9,0.5,5\n"
                         "6,done,10,2,other,0.8,0.01,6\n"
                         "7,done,100,3,other,0.08,0.001,7\n"
                         "8,\"failed: it broke, twice\",1000,4,other,nan,nan,nan\n";
    files["fits.csv"] =
      "result,against,Particles/Number of neurons,Seed,Particles/Method,points,left out,weighted,slope,slope standard error,"
      "slope lower,slope upper,prefactor,prefactor lower,prefactor upper,chi2 per degree of freedom,expected slope,interval "
      "contains expected slope,expected prefactor,prefactor at expected slope,prefactor at expected slope lower,prefactor at "
      "expected slope upper,interval contains expected prefactor\n"
      "error,Particles/Number of neurons from 10,,,plain,3,,yes,-1,0.01,-1.02,-0.98,2,1.9,2.1,0.5,-1,yes,2.5,2,1.75,2.25,no\n"
      "error,Particles/Number of neurons from 10,,,other,2,1 without "
      "result,yes,-1,0.01,nan,nan,8,nan,nan,nan,-1,,2.5,8,nan,nan,\n";
    files["small.prm"] =
      "set Title = A <small> study\nsubsection Vary\n  set Particles/Number of neurons & Seed = 4 & 1, 10 & 2, "
      "100 & 3, 1000 & 4\n  set Particles/Method = plain, other\nend\n";
    for (int run = 1; run <= 8; ++run)
      files["states/000" + std::to_string(run)] = (run == 8 ? "failed: it broke, twice" : "done") + std::string("\nSeed = 1\n");
    std::filesystem::create_directories(directory() + "/runs");
    write();
  }

  void write() const
  {
    for (const auto &[name, text] : files)
      {
        const std::filesystem::path path = std::filesystem::path(directory()) / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
      }
  }

  std::string directory() const { return place.path("small"); }

  std::map<std::string, std::string> files;

private:
  TemporaryDirectory place;
};
