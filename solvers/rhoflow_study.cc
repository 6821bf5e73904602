#include <solvers/registry/registry.h>
#include <solvers/study/program.h>

int main(int argc, char **argv)
{
  return rhoflow::study_program(rhoflow::registry(), argc, argv);
}
