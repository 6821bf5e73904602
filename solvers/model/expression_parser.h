#pragma once

#include <memory>
#include <string>
#include <vector>

namespace rhoflow
{
/// A formula in muParser's hands, with the functions that it has itself and those that users of this program write besides.
/// Copies nothing that it is given; one thread at a time may evaluate it.
class ExpressionParser
{
public:
  /// Throws InputError of this parameter that says what exists, and the nearest spelling of a name that does not.
  ExpressionParser(const std::string &text, const std::vector<std::string> &variables, const std::string &parameter);
  ~ExpressionParser();
  ExpressionParser(const ExpressionParser &)            = delete;
  ExpressionParser &operator=(const ExpressionParser &) = delete;

  /// `x`: one value for each variable.
  double value(const double *x) const;

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation;
};
} // namespace rhoflow
