#include <solvers/base/snapshot_parameters.h>
#include <solvers/base/unread_parameters.h>

#include <deal.II/base/parameter_handler.h>

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
  prm.leave_subsection();
}

void SnapshotParameters::parse(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Output");
  every                  = static_cast<unsigned int>(prm.get_integer("Every n-th output"));
  const std::string name = prm.get("Compression");
  compression            = name == "none" ? Compression::none : (name == "fast" ? Compression::fast : Compression::best);
  prm.leave_subsection();
}

std::vector<Unread> SnapshotParameters::unread_without_density()
{
  return {{"Output/Write density", ""}, {"Output/Fields", ""}, {"Output/Grouped files", ""}, {"Output/Leave out below", ""}};
}
} // namespace rhoflow
