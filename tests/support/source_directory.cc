#include <tests/support/source_directory.h>

std::string source_directory()
{
  return RHOFLOW_SOURCE_DIR;
}
