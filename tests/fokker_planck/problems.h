#pragma once

#include <stdexcept>
#include <string>

#include "test_run.h"

/// A linear neuron in D dimensions, y = b·x with b = (0.8, −0.5, 0.3), x ~ N(0, I), ρ_0 = N(start b, variance I).
inline Changes linear_neuron(unsigned int dimension, double lambda, double beta, double start, double variance)
{
  const double b[3] = {.8, -.5, .3};
  std::string  formula, law, separator;
  for (unsigned int d = 0; d < dimension; ++d, separator = ", ")
    {
      formula += std::string(d > 0 ? " + (" : "(") + std::to_string(b[d]) + ")*x" +
                 (dimension == 1 ? "" : std::to_string(d + 1));
      law += separator + "normal(" + std::to_string(start * b[d]) + ", sqrt(" + std::to_string(variance) + "))";
    }
  return {{"Learning problem/Neuron", "linear"},
          {"Learning problem/Input dimension", std::to_string(dimension)},
          {"Data/Quadrature nodes", "2"},
          {"Target/Type", "expression"},
          {"Target/Expression", formula},
          {"Initial law/Law", law},
          {"Mean field/Weight decay", std::to_string(lambda)},
          {"Mean field/Inverse temperature", std::to_string(beta)}};
}

/// Small problems of every kind, on coarse meshes.
inline Changes problem_named(const std::string &name)
{
  if (name == "linear")
    return with(linear_neuron(1, .5, 20., -1., .1),
                {{"Domain/Lower corner", "-2"}, {"Domain/Upper corner", "3"}, {"Domain/Subdivisions", "24"}});
  const Changes regression{{"Target/Type", "expression"},
                           {"Learning problem/Activation", "tanh"},
                           {"Learning problem/Input dimension", "1"},
                           {"Target/Expression", "sin(1.5*x)"}};
  if (name == "tanh") // a tanh(w x)
    return with(regression, {{"Learning problem/Neuron", "weighted ridge"},
                             {"Initial law/Law", "normal(0.5, 0.7), normal(0.5, 0.7)"},
                             {"Mean field/Weight decay", "0.2"},
                             {"Mean field/Inverse temperature", "10"},
                             {"Domain/Lower corner", "-5, -5"},
                             {"Domain/Upper corner", "5, 5"},
                             {"Domain/Subdivisions", "10"}});
  if (name == "biased") // a tanh(w x + b)
    return with(regression, {{"Learning problem/Neuron", "biased ridge"},
                             {"Initial law/Law", "normal(0, 0.7), normal(0.5, 0.7), normal(0, 0.7)"},
                             {"Mean field/Weight decay", "0.5"},
                             {"Mean field/Inverse temperature", "5"},
                             {"Domain/Lower corner", "-3, -3, -3"},
                             {"Domain/Upper corner", "3, 3, 3"},
                             {"Domain/Subdivisions", "5"}});
  if (name == "periodic") // a landscape on a torus
    return {{"Learning problem/Neuron", "landscape"},
            {"Landscape/Coordinates", "x, y"},
            {"Landscape/Function", "sin(pi*x)*cos(pi*y) + cos(pi*x)"},
            {"Initial law/Law", "normal(0.8, 0.3), normal(0, 0.4)"},
            {"Mean field/Inverse temperature", "4"},
            {"Domain/Lower corner", "-1, -1"},
            {"Domain/Upper corner", "1, 1"},
            {"Domain/Periodic", "true"},
            {"Domain/Subdivisions", "6"}};
  if (name == "single neuron") // (a, s, r)
    return {{"Learning problem/Neuron", "single neuron"},
            {"Learning problem/Input dimension", "3"},
            {"Data/Quadrature nodes", "10"},
            {"Data/Radial nodes", "4"},
            {"Data/Angular nodes", "4"},
            {"Initial law/Law", "normal(0, 0.6), normal(0.3, 0.5), chi(2, 0.5)"},
            {"Mean field/Weight decay", "0.5"},
            {"Mean field/Inverse temperature", "8"},
            {"Domain/Lower corner", "-2.5, -2.5, 0"},
            {"Domain/Upper corner", "2.5, 2.5, 3"},
            {"Domain/Subdivisions", "5"}};
  throw std::runtime_error("no problem " + name);
}
