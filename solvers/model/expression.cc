#include <solvers/model/expression.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/model/expression_parser.h>

namespace rhoflow
{
namespace
{
/// What the parser would take, but not as it is meant: random numbers would be others on every rank and in every run, a single
/// "=" sets a variable instead of comparing with it, and of several formulas the last one would count.
void refuse_traps(const std::string &text, const std::string &parameter)
{
  const auto refuse = [&](const std::string &why) {
    throw InputError(Refusal::malformed, parameter, "cannot use the expression '" + text + "': " + why);
  };
  // muParser would read up to a NUL byte.
  const auto is_control = [](const unsigned char c) { return std::iscntrl(c) != 0 && std::isspace(c) == 0; };
  if (std::any_of(text.begin(), text.end(), is_control))
    throw InputError(Refusal::malformed, parameter, "the expression has a control character. Type it anew.");
  const auto is_name = [](const char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  int        depth   = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    {
      const char previous = i > 0 ? text[i - 1] : ' ', next = i + 1 < text.size() ? text[i + 1] : ' ';
      depth += (text[i] == '(') - (text[i] == ')');
      if (text[i] == '=' && next == '=')
        ++i;
      else if (text[i] == '=' && previous != '!' && previous != '<' && previous != '>')
        refuse("'=' would set a variable; '==' compares.");
      else if (text[i] == ',' && depth == 0)
        refuse("a comma separates the arguments of a function; one formula is expected here.");
      else if (is_name(text[i]) && !is_name(previous))
        for (const std::string name : {"rand", "rand_seed", "rnd"})
          if (text.compare(i, name.size(), name) == 0 && (i + name.size() == text.size() || !is_name(text[i + name.size()])))
            refuse("a formula has no random numbers, since its values must be the same whenever they are asked for.");
    }
}
} // namespace

Expression::Expression(const std::string &text, const std::vector<std::string> &variables, const std::string &parameter)
  : formula(text)
{
  if (variables.size() > 3)
    throw std::invalid_argument("an expression has at most three variables");
  if (trimmed(text).empty())
    throw InputError(Refusal::missing, parameter, "the expression is empty.");
  refuse_traps(text, parameter);
  parser = std::make_unique<ExpressionParser>(text, variables, parameter);
}

Expression::~Expression()                      = default;
Expression::Expression(Expression &&) noexcept = default;

double Expression::operator()(const double *x) const
{
  return parser->value(x);
}

double evaluate_constant(const std::string &text, const std::string &parameter)
{
  const std::string stripped = trimmed(text);
  double            value    = 0.;
  if (stripped.empty())
    throw InputError(Refusal::missing, parameter, "a number is missing.");
  if (!parse_number(stripped, value))
    value = Expression(stripped, {}, parameter)(nullptr);
  if (!std::isfinite(value))
    throw InputError(Refusal::out_of_range, parameter, "'" + stripped + "' is not a finite number.");
  return value;
}

std::vector<std::string> split_outside_parentheses(const std::string &text, char separator, const std::string &parameter)
{
  std::vector<std::string> parts;
  if (trimmed(text).empty())
    return parts;
  std::string part;
  int         depth = 0;
  for (const char c : text)
    {
      depth += (c == '(') - (c == ')');
      if (depth < 0)
        break;
      if (c == separator && depth == 0)
        {
          parts.push_back(trimmed(part));
          part.clear();
        }
      else
        part += c;
    }
  if (depth != 0)
    throw InputError(Refusal::malformed, parameter, "the parentheses in '" + trimmed(text) + "' are not balanced.");
  parts.push_back(trimmed(part));
  return parts;
}

std::vector<WeightedEntries> parse_weighted_entries(const std::string &text, const std::string &parameter)
{
  std::vector<WeightedEntries> list;
  for (const std::string &item : split_outside_parentheses(text, '|', parameter))
    {
      const std::vector<std::string> halves = split_outside_parentheses(item, ':', parameter);
      if (halves.empty() || halves.size() > 2)
        throw InputError(Refusal::malformed, parameter, "'" + item + "' is not of the form [weight:] entry, entry, ...");
      WeightedEntries entry;
      entry.weight  = halves.size() == 2 ? evaluate_constant(halves[0], parameter) : 1.;
      entry.entries = split_outside_parentheses(halves.back(), ',', parameter);
      if (entry.entries.empty() || std::count(entry.entries.begin(), entry.entries.end(), "") > 0)
        throw InputError(Refusal::malformed, parameter, "an entry is missing in '" + item + "'.");
      list.push_back(entry);
    }
  return list;
}
} // namespace rhoflow
