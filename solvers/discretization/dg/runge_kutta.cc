#include <solvers/discretization/dg/runge_kutta.h>

#include <stdexcept>

namespace rhoflow
{
std::vector<std::string> RungeKutta::names()
{
  return {"SSP(3,3)", "SSP(4,3)", "SSP(10,4)"};
}

double RungeKutta::positivity_limit(unsigned int degree) const
{
  const unsigned int n_points = (degree + 4) / 2;
  return ssp_coefficient / (n_points * (n_points - 1));
}

RungeKutta RungeKutta::from_name(const std::string &name)
{
  const auto euler = [](double fraction) {
    RungeKuttaStage stage;
    stage.step = fraction;
    return stage;
  };
  const auto convex = [](double of_old, double of_new, double fraction) {
    RungeKuttaStage stage;
    stage.keep = of_new;
    stage.mix  = of_old;
    stage.step = of_new * fraction;
    return stage;
  };
  RungeKutta method;
  if (name == "SSP(3,3)")
    {
      method.stages          = {euler(1.), convex(3. / 4, 1. / 4, 1.), convex(1. / 3, 2. / 3, 1.)};
      method.order           = 3;
      method.stability_limit = {0.4095, 0.2097, 0.1300, 0.0896};
      method.ssp_coefficient = 1.;
    }
  else if (name == "SSP(4,3)")
    {
      method.stages          = {euler(0.5), euler(0.5), convex(2. / 3, 1. / 3, 0.5), euler(0.5)};
      method.order           = 3;
      method.stability_limit = {0.5907, 0.3061, 0.1915, 0.1329};
      method.ssp_coefficient = 2.;
    }
  else if (name == "SSP(10,4)")
    {
      method.stages.assign(10, euler(1. / 6));
      RungeKuttaStage &middle = method.stages[4];
      middle                  = convex(3. / 5, 2. / 5, 1. / 6);
      middle.combine          = true;
      middle.u2_keep          = 1. / 25;
      middle.u2_mix           = 9. / 25;
      middle.u2_step          = 1. / 6;
      RungeKuttaStage &last   = method.stages[9];
      last.keep               = 3. / 5;
      last.mix                = 1.;
      last.step               = 1. / 10;
      method.order            = 4;
      method.stability_limit  = {1.3738, 0.7068, 0.4518, 0.3198};
      method.ssp_coefficient  = 6.;
    }
  else
    throw std::logic_error("unknown Runge-Kutta method " + name);
  method.stages.front().save = true;
  return method;
}
} // namespace rhoflow
