#include <solvers/discretization/output_parameters.h>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>

namespace rhoflow
{
using dealii::ParameterHandler;

void OutputParameters::bind(ParameterBinding &p)
{
  SnapshotParameters::bind(p);
  p.add("Write density", write_density,
        "Write density.pvd and the VTU files in density/ for ParaView (or those of 'Format'). The density that is written is "
        "nowhere negative and has the mass, the first and second moments and the moments of the mean field of the evolved one.",
        may_change);
  p.add("Fields", fields, {"density", "potential", "velocity", "level", "subdomain"},
        "What is written: the density, the potential Psi without weight decay, the velocity -grad Psi_lambda of the neurons, "
        "the refinement level and the MPI rank of every cell.",
        may_change);
  p.add("Grouped files", files_per_time, range(1, 100000),
        "Files an output time: the ranks are grouped, and each group writes one file together [files].", may_change);
  p.add("Leave out below", left_out_below, range(0., 1.),
        "Cells in which the density is everywhere below this part of its largest value are not written; pictures have a hole "
        "there. In a box of three coordinates most cells are empty. 0: all are written [largest density].",
        may_change);
}

void OutputParameters::declare(ParameterHandler &prm)
{
  declare_parameters<OutputParameters>(prm);
}

std::vector<Unread> OutputParameters::unread(ParameterHandler &prm)
{
  if (parameter_value(prm, "Output/Write density") == "true")
    return {};
  const std::string why = "unless 'Write density = true'";
  return {{"Output/Fields", why}, {"Output/Grouped files", why}, {"Output/Leave out below", why}, {"Output/Format", why}};
}

void OutputParameters::parse(const ParameterHandler &prm)
{
  read_parameters(*this, prm);
  check();
  if (write_density && fields.empty())
    throw InputError(Refusal::missing, "Output/Fields",
                     "no field is chosen; choose at least one, or set 'Write density = false'.");
}
} // namespace rhoflow
