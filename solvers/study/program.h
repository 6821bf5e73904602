#pragma once

namespace rhoflow
{
struct Registry;

/// The program rhoflow-study with the solvers of the registry, from the arguments of main() to its exit status.
int study_program(const Registry &registry, int argc, char **argv);
} // namespace rhoflow
