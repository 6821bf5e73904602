#include <tests/support/refusals.h>

#include <algorithm>
#include <sstream>

namespace
{
const char *name_of(const rhoflow::Refusal why)
{
  using rhoflow::Refusal;
  switch (why)
    {
      case Refusal::unknown_name:
        return "unknown_name";
      case Refusal::missing:
        return "missing";
      case Refusal::unreadable:
        return "unreadable";
      case Refusal::malformed:
        return "malformed";
      case Refusal::damaged:
        return "damaged";
      case Refusal::out_of_range:
        return "out_of_range";
      case Refusal::inconsistent:
        return "inconsistent";
      case Refusal::unsupported:
        return "unsupported";
      case Refusal::no_effect:
        return "no_effect";
      case Refusal::repeated:
        return "repeated";
      case Refusal::exists:
        return "exists";
      case Refusal::in_use:
        return "in_use";
      case Refusal::too_large:
        return "too_large";
    }
  return "no kind of refusal";
}

bool has_all(const std::string &message, const std::vector<std::string> &names)
{
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string &name) { return message.find(name) != std::string::npos; });
}
} // namespace

bool operator==(const Refused &a, const Refused &b)
{
  return a.parameter == b.parameter && a.why == b.why && has_all(a.message, b.names) && has_all(b.message, a.names);
}

std::ostream &operator<<(std::ostream &out, const Refused &refused)
{
  out << (refused.parameter.empty() ? "no parameter" : refused.parameter) << ": " << name_of(refused.why);
  for (const std::string &name : refused.names)
    out << (name.empty() ? "" : ", naming ") << name;
  return refused.message.empty() ? out : out << " (" << refused.message << ")";
}

std::string Catch::StringMaker<std::optional<Refused>>::convert(const std::optional<Refused> &refused)
{
  std::ostringstream text;
  if (refused)
    text << *refused;
  else
    text << "not refused";
  return text.str();
}
