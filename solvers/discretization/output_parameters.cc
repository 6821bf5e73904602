#include <solvers/discretization/output_parameters.h>

#include <solvers/base/error.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

namespace rhoflow
{
using dealii::ParameterHandler;
namespace Patterns = dealii::Patterns;

void OutputParameters::declare(ParameterHandler &prm)
{
  prm.enter_subsection("Output");
  prm.declare_entry(
    "Write density", "true", Patterns::Bool(),
    "Write density.pvd and the VTU files in density/ for ParaView. The density that is written is nowhere negative "
    "and has the mass, the first and second moments and the moments of the mean field of the evolved one.");
  prm.declare_entry("Every n-th output", "1", Patterns::Integer(1, 1000000),
                    "Write the density at every n-th output time, and always at the first and the last one [output times].");
  prm.declare_entry(
    "Fields", "density, potential, velocity, level, subdomain",
    Patterns::MultipleSelection("density|potential|velocity|level|subdomain"),
    "What is written: the density, the potential Psi without weight decay, the velocity -grad Psi_lambda of the "
    "neurons, the refinement level and the MPI rank of every cell.");
  prm.declare_entry("Compression", "fast", Patterns::Selection("none|fast|best"), "Compression of the VTU files by zlib.");
  prm.declare_entry("Grouped files", "1", Patterns::Integer(1, 100000),
                    "Files an output time: the ranks are grouped, and each group writes one file together [files].");
  prm.leave_subsection();
}

void OutputParameters::parse(ParameterHandler &prm)
{
  prm.enter_subsection("Output");
  write_density           = prm.get_bool("Write density");
  every                   = static_cast<unsigned int>(prm.get_integer("Every n-th output"));
  files_per_time          = static_cast<unsigned int>(prm.get_integer("Grouped files"));
  const auto names        = dealii::Utilities::split_string_list(prm.get("Fields"));
  fields                  = {names.begin(), names.end()};
  const std::string level = prm.get("Compression");
  compression             = level == "none" ? Compression::none : (level == "fast" ? Compression::fast : Compression::best);
  prm.leave_subsection();
  if (write_density && fields.empty())
    throw InputError("Output/Fields", "no field is chosen; choose at least one, or set 'Write density = false'.");
}
} // namespace rhoflow
