#include <solvers/discretization/output_parameters.h>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

namespace rhoflow
{
using dealii::ParameterHandler;
namespace Patterns = dealii::Patterns;

void OutputParameters::declare(ParameterHandler &prm)
{
  SnapshotParameters::declare(prm);
  prm.enter_subsection("Output");
  prm.declare_entry("Write density", "true", Patterns::Bool(),
                    "Write density.pvd and the VTU files in density/ for ParaView (or those of 'Format'). The density that is "
                    "written is nowhere negative "
                    "and has the mass, the first and second moments and the moments of the mean field of the evolved one.");
  prm.declare_entry(
    "Fields", "density, potential, velocity, level, subdomain",
    Patterns::MultipleSelection("density|potential|velocity|level|subdomain"),
    "What is written: the density, the potential Psi without weight decay, the velocity -grad Psi_lambda of the "
    "neurons, the refinement level and the MPI rank of every cell.");
  prm.declare_entry("Grouped files", "1", Patterns::Integer(1, 100000),
                    "Files an output time: the ranks are grouped, and each group writes one file together [files].");
  prm.declare_entry(
    "Leave out below", "0", Patterns::Double(0., 1.),
    "Cells in which the density is everywhere below this part of its largest value are not written; pictures have "
    "a hole there. In a box of three coordinates most cells are empty. 0: all are written [largest density].");
  prm.leave_subsection();
}

std::vector<Unread> OutputParameters::unread(ParameterHandler &prm)
{
  if (parameter_value(prm, "Output/Write density") == "true")
    return {};
  const std::string why = "unless 'Write density = true'";
  return {{"Output/Fields", why}, {"Output/Grouped files", why}, {"Output/Leave out below", why}, {"Output/Format", why}};
}

void OutputParameters::parse(ParameterHandler &prm)
{
  SnapshotParameters::parse(prm);
  prm.enter_subsection("Output");
  write_density    = prm.get_bool("Write density");
  files_per_time   = static_cast<unsigned int>(prm.get_integer("Grouped files"));
  const auto names = dealii::Utilities::split_string_list(prm.get("Fields"));
  fields           = {names.begin(), names.end()};
  left_out_below   = prm.get_double("Leave out below");
  prm.leave_subsection();
  if (write_density && fields.empty())
    throw InputError("Output/Fields", "no field is chosen; choose at least one, or set 'Write density = false'.");
}
} // namespace rhoflow
