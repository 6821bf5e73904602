#pragma once

#include <memory>
#include <string>
#include <vector>

namespace rhoflow
{
class ExpressionParser;

/// A formula that the user wrote, in up to three variables: muParser's syntax and functions, and those of
/// expression_parser.cc; constants pi and e. It can do nothing but compute: there are no functions that read,
/// write or run anything, and random numbers and assignments are refused.
class Expression
{
public:
  /// Throws InputError of this parameter with the formula and the parser's complaint.
  Expression(const std::string &text, const std::vector<std::string> &variables, const std::string &parameter);
  ~Expression();
  Expression(Expression &&) noexcept;

  /// `x`: one value for each variable. May be NaN or infinite where the formula is.
  double operator()(const double *x) const;

  const std::string &text() const { return formula; }

private:
  std::string                       formula;
  std::unique_ptr<ExpressionParser> parser;
};

/// A number or an arithmetic expression of numbers. Throws InputError of this parameter if it is neither, or not finite.
double evaluate_constant(const std::string &text, const std::string &parameter);

/// The parts of a text between separators that are outside all parentheses, trimmed; {} for blank text.
std::vector<std::string> split_outside_parentheses(const std::string &text, char separator, const std::string &parameter);

/// One item of a list `[weight:] entry, entry, ... | [weight:] entry, ...`.
struct WeightedEntries
{
  double                   weight; ///< 1 if none was given
  std::vector<std::string> entries;
};

/// Throws InputError of this parameter for unbalanced parentheses, missing entries, and weights that are no finite numbers.
std::vector<WeightedEntries> parse_weighted_entries(const std::string &text, const std::string &parameter);
} // namespace rhoflow
