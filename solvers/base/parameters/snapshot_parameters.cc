#include <solvers/base/error.h>
#include <solvers/base/parameters/snapshot_parameters.h>
#include <solvers/base/parameters/unread.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>

namespace rhoflow
{
void SnapshotParameters::declare(dealii::ParameterHandler &prm)
{
  namespace Patterns = dealii::Patterns;
  prm.enter_subsection("Output");
  prm.declare_entry("Every n-th output", "1", Patterns::Integer(1, 1000000),
                    "Write files for ParaView (the density, the neurons, the characteristics) at every n-th output time, and "
                    "always at the first and the last one [output times].");
  prm.declare_entry("Compression", "fast", Patterns::Selection("none|fast|best"),
                    "Compression of the files for ParaView by zlib.");
  prm.declare_entry(
    "Format", "VTU", Patterns::MultipleSelection("VTU|XDMF"),
    "Formats of a density and of characteristics. 'VTU': VTK's XML files with cells of the degree of the scheme, "
    "which rhoflow-plot reads, too. 'XDMF': HDF5 files, one an output time, and a record (density.xdmf) for "
    "ParaView, VisIt, h5py; a cell of degree k becomes k^D linear ones. 'VTU, XDMF': both. Neurons are always "
    "VTP files.");
  prm.leave_subsection();
}

void SnapshotParameters::parse(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Output");
  every                  = static_cast<unsigned int>(prm.get_integer("Every n-th output"));
  const std::string name = prm.get("Compression");
  compression            = name == "none" ? Compression::none : (name == "fast" ? Compression::fast : Compression::best);
  const auto formats     = dealii::Utilities::split_string_list(prm.get("Format"));
  vtu                    = std::count(formats.begin(), formats.end(), "VTU") > 0;
  xdmf                   = std::count(formats.begin(), formats.end(), "XDMF") > 0;
  prm.leave_subsection();
  if (!vtu && !xdmf)
    throw InputError("Output/Format", "no format is chosen; choose 'VTU', 'XDMF' or 'VTU, XDMF'.");
}

std::vector<Unread> SnapshotParameters::unread_without_density()
{
  return {{"Output/Write density", ""}, {"Output/Fields", ""}, {"Output/Grouped files", ""}, {"Output/Leave out below", ""}};
}
} // namespace rhoflow
