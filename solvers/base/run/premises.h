#pragma once

#include <map>
#include <string>
#include <vector>

#include <solvers/base/run/provenance.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class CheckpointReader;
class ParameterCatalogue;

/// What a state belongs to: the values of all parameters, and the contents of the files that were read beside them. Every
/// checkpoint has them, so that a run that goes on is compared with what made its state, and not with a file that somebody may
/// have edited.
class Premises
{
public:
  /// Of a run that is prepared.
  Premises(const dealii::ParameterHandler &parameters, std::vector<Provenance::InputFile> input_files);

  /// Of a checkpoint. Throws InputError (parameter empty) if it has none, as those of older versions. Collective.
  explicit Premises(const CheckpointReader &checkpoint);

  /// The name of their section in a checkpoint, and its contents.
  static constexpr const char *section = "premises";
  std::string                  text() const;

  /// Replaces "automatic" by what the program chose when the run was begun.
  void take_choices(dealii::ParameterHandler &present) const;
  /// Throws InputError with the path of the first parameter that the state depends on and that has another value now; with an
  /// empty path if a version of the program with other parameters made the state. The catalogue knows which may change.
  void refuse_other_parameters(const dealii::ParameterHandler &present, const ParameterCatalogue &catalogue) const;
  /// Throws InputError (parameter empty) if these files, in their order, have other contents.
  void refuse_other_files(const std::vector<Provenance::InputFile> &present) const;

private:
  /// Throws std::runtime_error if the text is damaged.
  void parse(const std::string &text);

  std::map<std::string, std::string> values;
  std::vector<Provenance::InputFile> files;
};
} // namespace rhoflow
