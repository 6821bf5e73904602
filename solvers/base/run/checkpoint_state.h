#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// Writes the entries that a class names in its `visit` into a checkpoint. A class that has a state lists it once,
///   template <class Visitor, class Self>
///   static void visit(Visitor &visit, Self &self) { visit("time", self.present); visit("mass", self.first_mass); }
/// for save_state() and for load_state(): the order of the entries does not matter, and none can be mistaken for another.
/// Numbers and flags of a section are one text with hexadecimal floating point numbers, which keep all bits; arrays and texts
/// have sections of their own, "<section>/<name>".
class StateWriter
{
public:
  StateWriter(CheckpointWriter &checkpoint, std::string section);

  void operator()(const std::string &name, double value);
  void operator()(const std::string &name, bool value);
  void operator()(const std::string &name, std::uint64_t value);
  void operator()(const std::string &name, unsigned int value) { (*this)(name, static_cast<std::uint64_t>(value)); }
  void operator()(const std::string &name, const std::string &value);
  void operator()(const std::string &name, const std::vector<double> &values);

  /// Puts the numbers into the checkpoint. Collective.
  void finish();

private:
  CheckpointWriter                  &checkpoint;
  std::string                        section;
  std::map<std::string, std::string> entries;
};

/// Reads them. Throws InputError with the name of an entry that is missing or that this program does not know.
class StateReader
{
public:
  /// Collective.
  StateReader(const CheckpointReader &checkpoint, std::string section);

  void operator()(const std::string &name, double &value);
  void operator()(const std::string &name, bool &value);
  void operator()(const std::string &name, std::uint64_t &value);
  void operator()(const std::string &name, unsigned int &value);
  void operator()(const std::string &name, std::string &value);
  void operator()(const std::string &name, std::vector<double> &values);

  void finish() const;

private:
  /// The text of an entry, which is then known.
  std::string       take(const std::string &name);
  [[noreturn]] void refuse(const std::string &what) const;

  const CheckpointReader            &checkpoint;
  std::string                        section;
  std::map<std::string, std::string> entries;
};

/// Keeps the state of an object in the sections "<section>" and "<section>/...". Collective.
template <class State>
void save_state(CheckpointWriter &checkpoint, const std::string &section, const State &state)
{
  StateWriter writer(checkpoint, section);
  State::visit(writer, state);
  writer.finish();
}

/// Takes it. Collective.
template <class State>
void load_state(const CheckpointReader &checkpoint, const std::string &section, State &state)
{
  StateReader reader(checkpoint, section);
  State::visit(reader, state);
  reader.finish();
}
} // namespace rhoflow
