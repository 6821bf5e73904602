#include <solvers/study/program.h>

#include "../fake_solvers.h"

int main(int argc, char **argv)
{
  return rhoflow::study_program(rhoflow::fake_registry(), argc, argv);
}
