#include <solvers/base/text.h>
#include <solvers/model/expression_parser.h>

#include <muParser.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include <solvers/base/error.h>
#include <solvers/base/spelling.h>

namespace rhoflow
{
namespace
{
double rounded(const double x)
{
  return std::trunc(x + std::copysign(0.5, x));
}

/// NaN holds, too.
bool holds(const double condition)
{
  return rounded(condition) != 0.;
}

double choose(const double condition, const double then, const double otherwise)
{
  return holds(condition) ? then : otherwise;
}

double either(const double a, const double b)
{
  return holds(a) || holds(b) ? 1. : 0.;
}

double both(const double a, const double b)
{
  return holds(a) && holds(b) ? 1. : 0.;
}

double sigmoid(const double x)
{
  return x >= 0. ? 1. / (1. + std::exp(-x)) : std::exp(x) / (1. + std::exp(x));
}

double relu(const double x)
{
  return x < 0. ? 0. : x;
}

double softplus(const double x)
{
  return relu(x) + std::log1p(std::exp(-std::abs(x)));
}

double heaviside(const double x)
{
  return x == x ? 0.5 * ((x > 0.) + (x >= 0.)) : x;
}

using Unary  = double (*)(double);
using Binary = double (*)(double, double);

const std::map<std::string, Unary> &unary_functions()
{
  static const std::map<std::string, Unary> functions{{"cbrt", [](double x) { return std::cbrt(x); }},
                                                      {"ceil", [](double x) { return std::ceil(x); }},
                                                      {"cot", [](double x) { return 1. / std::tan(x); }},
                                                      {"csc", [](double x) { return 1. / std::sin(x); }},
                                                      {"erf", [](double x) { return std::erf(x); }},
                                                      {"erfc", [](double x) { return std::erfc(x); }},
                                                      {"exp2", [](double x) { return std::exp2(x); }},
                                                      {"expm1", [](double x) { return std::expm1(x); }},
                                                      {"floor", [](double x) { return std::floor(x); }},
                                                      {"gamma", [](double x) { return std::tgamma(x); }},
                                                      {"heaviside", heaviside},
                                                      {"int", rounded},
                                                      {"lgamma", [](double x) { return std::lgamma(x); }},
                                                      {"log", [](double x) { return std::log(x); }},
                                                      {"log1p", [](double x) { return std::log1p(x); }},
                                                      {"relu", relu},
                                                      {"round", [](double x) { return std::round(x); }},
                                                      {"sec", [](double x) { return 1. / std::cos(x); }},
                                                      {"sigmoid", sigmoid},
                                                      {"softplus", softplus},
                                                      {"step", heaviside},
                                                      {"tgamma", [](double x) { return std::tgamma(x); }},
                                                      {"trunc", [](double x) { return std::trunc(x); }}};
  return functions;
}

const std::map<std::string, Binary> &binary_functions()
{
  static const std::map<std::string, Binary> functions{{"fmod", [](double x, double y) { return std::fmod(x, y); }},
                                                       {"hypot", [](double x, double y) { return std::hypot(x, y); }},
                                                       {"pow", [](double x, double y) { return std::pow(x, y); }}};
  return functions;
}

bool of_name(const char c)
{
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// muParser takes a function's parenthesis only directly behind its name.
std::string with_blanks_inside(std::string text)
{
  for (std::size_t open = text.find('('); open != std::string::npos; open = text.find('(', open + 1))
    {
      std::size_t begin = open;
      while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
        --begin;
      if (begin > 0 && of_name(text[begin - 1]))
        std::swap(text[begin], text[open]);
    }
  return text;
}

const char *const operators = "Operators: + - * / ^ (power), < > <= >= == !=, && ||, condition ? value : value.";

/// What to write in place of names that other languages have.
std::string other_way(const std::string &name)
{
  if (name == "sinc")
    return " Write sin(x)/x, or sin(pi*x)/(pi*x) where that is meant.";
  for (const char *function : {"sin", "cos", "tan", "sinh", "cosh", "tanh", "tan2"})
    if (name == std::string("arc") + function)
      return std::string(" Write a") + function + ".";
  return name == "fabs" ? " Write abs." : "";
}
} // namespace

struct ExpressionParser::Implementation
{
  mu::Parser          parser;
  std::vector<double> values;

  /// What is wrong with the text; `why` becomes unknown_name where it is that.
  std::string complaint(const mu::ParserError &error, const std::string &text, const std::vector<std::string> &variables,
                        Refusal &why) const
  {
    std::vector<std::string> functions, constants;
    for (const auto &function : parser.GetFunDef())
      functions.push_back(function.first);
    for (const auto &constant : parser.GetConst())
      if (constant.first.front() != '_')
        constants.push_back(constant.first);
    const std::string names_of_values = (variables.empty() ? "" : " The variables are " + listed(variables) + ".") +
                                        (constants.empty() ? "" : " The constants are " + listed(constants) + ".");

    const std::string token    = error.GetToken();
    const std::size_t position = error.GetPos() > 0 ? static_cast<std::size_t>(error.GetPos()) : 0;
    if (error.GetCode() == mu::ecUNASSIGNABLE_TOKEN && !token.empty() && of_name(token.front()))
      {
        const char before = position > 0 && position <= text.size() ? text[position - 1] : ' ';
        if ((token.front() == 'd' || token.front() == 'D') &&
            (std::isdigit(static_cast<unsigned char>(before)) || before == '.'))
          return "the exponent of a number is written with e, as in 1e5.";
        if (std::find(functions.begin(), functions.end(), token) != functions.end())
          return "'" + token + "' is a function, and its argument is missing: " + token + "(...).";
        std::vector<std::string> known = functions;
        known.insert(known.end(), variables.begin(), variables.end());
        known.insert(known.end(), constants.begin(), constants.end());
        std::string hint = other_way(token);
        if (hint.empty())
          hint = did_you_mean(token, known);
        why = Refusal::unknown_name;
        return "'" + token + "' is unknown." + hint + names_of_values + " The functions are " + listed(functions) + ". " +
               operators;
      }
    if (text.find("**") != std::string::npos)
      return "the power is written with '^', not with '**'.";
    const bool opens = error.GetCode() == mu::ecUNEXPECTED_PARENS && token == "(";
    if (opens || error.GetCode() == mu::ecUNEXPECTED_VAR || error.GetCode() == mu::ecUNEXPECTED_VAL ||
        error.GetCode() == mu::ecUNEXPECTED_FUN)
      return "an operator such as * is missing before '" + token + "' at character " + std::to_string(position + 1) + ".";
    std::string message = error.GetMsg();
    if (!message.empty() && message.back() != '.' && message.back() != '!')
      message += '.';
    return message + " " + operators + names_of_values;
  }
};

ExpressionParser::ExpressionParser(const std::string &text, const std::vector<std::string> &variables,
                                   const std::string &parameter)
  : implementation(std::make_unique<Implementation>())
{
  mu::Parser &parser = implementation->parser;
  implementation->values.assign(variables.size(), 0.5);
  try
    {
      for (const auto &[name, value] :
           {std::make_pair("pi", 3.14159265358979323846), std::make_pair("e", 2.71828182845904523536)})
        if (std::find(variables.begin(), variables.end(), name) == variables.end())
          parser.DefineConst(name, value);
      for (std::size_t i = 0; i < variables.size(); ++i)
        parser.DefineVar(variables[i], &implementation->values[i]);
      for (const auto &[name, function] : unary_functions())
        parser.DefineFun(name, function);
      for (const auto &[name, function] : binary_functions())
        parser.DefineFun(name, function);
      parser.DefineFun("if", choose);
      parser.DefineOprt("|", either, 1);
      parser.DefineOprt("&", both, 2);
    }
  catch (const mu::ParserError &)
    {
      throw InputError(Refusal::malformed, parameter,
                       "cannot read the expression '" + text +
                         "', since a variable has a name that is too long, or that of a constant such as _pi.");
    }
  try
    {
      // The formula is parsed when it is first evaluated.
      parser.SetExpr(with_blanks_inside(text));
      parser.Eval();
    }
  catch (const mu::ParserError &error)
    {
      Refusal           why       = Refusal::malformed;
      const std::string complaint = implementation->complaint(error, text, variables, why);
      throw InputError(why, parameter, "cannot read the expression '" + text + "': " + complaint);
    }
}

ExpressionParser::~ExpressionParser() = default;

double ExpressionParser::value(const double *x) const
{
  std::copy_n(x, implementation->values.size(), implementation->values.begin());
  return implementation->parser.Eval();
}
} // namespace rhoflow
