// Study files with their value lists and pipelines.
#include <tests/fuzz/fuzz.h>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/study/study_file.h>
#include <solvers/study/value_list.h>

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  using namespace rhoflow;
  const std::string text(reinterpret_cast<const char *>(data), size);
  allow_refusal([&]() {
    const StudyFile study(ParameterFile("fuzz.prm", text));
    require(study.ranks_per_run >= 1 && !study.output_directory.empty() && !study.base_file.empty() && !study.axes.empty(),
            "a study without runs");
    double runs = 1.;
    for (const Axis &axis : study.axes)
      {
        runs *= static_cast<double>(axis.values.size());
        for (const auto &values : axis.values)
          require(values.size() == axis.names.size(), "values that are not as many as their names");
      }
    require(runs >= 1. && runs <= 1e5, "more runs than anybody can wait for");
    for (const FitLine &fit : study.fits)
      require(fit.result < study.results.size() && fit.axis < study.axes.size(), "a fit of nothing");
  });
  allow_refusal([&]() { require(!parse_value_list(text.substr(0, text.find('\n'))).empty(), "a list without values"); });
  return 0;
}
