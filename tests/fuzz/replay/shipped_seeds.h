#pragma once

#include <string>
#include <vector>

#include <tests/fuzz/replay/corpus.h>

namespace rhoflow
{
/// The seeds that the parameter files below `folder` become, named "shipped_FOLDER_NAME". Those of the target
/// "learning_problem" have lines "Section/Name=value" for the parameters that it declares, those of "parameters" for all
/// others. Other targets have none. Study files are left out.
std::vector<KeptInput> shipped_seeds(const std::string &target, const std::string &folder);
} // namespace rhoflow
