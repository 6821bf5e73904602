#pragma once

#include <solvers/base/run/solver.h>

namespace rhoflow
{
/// The solvers of rhoflow. A new one has its line here, and its parameters are declared here.
const Registry &registry();
} // namespace rhoflow
