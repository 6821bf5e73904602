#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/snapshot_parameters.h>
#include <solvers/base/parameters/unread.h>

namespace rhoflow
{
void SnapshotParameters::bind(ParameterBinding &p)
{
  p.section("Output");
  p.add("Every n-th output", every, range(1, 1000000),
        "Write files for ParaView (the density, the neurons, the characteristics) at every n-th output time, and always at "
        "the first and the last one [output times].",
        may_change);
  p.add("Compression", compression,
        Choices<Compression>{{"none", Compression::none}, {"fast", Compression::fast}, {"best", Compression::best}},
        "Compression of the files for ParaView by zlib.", may_change);
  p.add("Format", {{"VTU", &vtu}, {"XDMF", &xdmf}},
        "Formats of a density and of characteristics. 'VTU': VTK's XML files with cells of the degree of the scheme, which "
        "rhoflow-plot reads, too. 'XDMF': HDF5 files, one an output time, and a record (density.xdmf) for ParaView, VisIt, "
        "h5py; a cell of degree k becomes k^D linear ones. 'VTU, XDMF': both. Neurons are always VTP files.",
        may_change);
}

void SnapshotParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<SnapshotParameters>(prm);
}

void SnapshotParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
  check();
}

void SnapshotParameters::check() const
{
  if (!vtu && !xdmf)
    throw InputError(Refusal::missing, "Output/Format", "no format is chosen; choose 'VTU', 'XDMF' or 'VTU, XDMF'.");
}

std::vector<Unread> SnapshotParameters::unread_without_density()
{
  return {{"Output/Write density", ""}, {"Output/Fields", ""}, {"Output/Grouped files", ""}, {"Output/Leave out below", ""}};
}
} // namespace rhoflow
