// The list of cells from which a run that goes on makes its mesh. The first byte is the box, the next 16 say where a mesh of it
// is refined, twice; each three further ones change a number of the list of its cells.
#include <deal.II/base/mpi.h>

#include <tests/fuzz/fuzz.h>

#include <meshes/adaptive_mesh.h>
#include <meshes/domain.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define RHOFLOW_LEAKS_ARE_FOUND
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RHOFLOW_LEAKS_ARE_FOUND
#endif
#endif
#ifdef RHOFLOW_LEAKS_ARE_FOUND
#include <sanitizer/lsan_interface.h>
#endif

namespace
{
using namespace rhoflow;

/// Never finalised, and what the library keeps until the process ends is no leak of ours.
bool start_mpi()
{
#ifdef RHOFLOW_LEAKS_ARE_FOUND
  const __lsan::ScopedDisabler disabler;
#endif
  static int    argc = 0;
  static char **argv = nullptr;
  new dealii::Utilities::MPI::MPI_InitFinalize(argc, argv, 1);
  return true;
}

/// Rows of four numbers.
std::vector<std::vector<std::uint64_t>> sorted_cells(const std::vector<std::uint64_t> &list)
{
  std::vector<std::vector<std::uint64_t>> cells;
  for (std::size_t i = 0; i + 4 <= list.size(); i += 4)
    cells.emplace_back(list.begin() + static_cast<std::ptrdiff_t>(i), list.begin() + static_cast<std::ptrdiff_t>(i + 4));
  std::sort(cells.begin(), cells.end());
  return cells;
}
} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  static const bool ready = start_mpi();
  require(ready, "MPI");

  const auto next = [&]() -> std::uint8_t {
    if (size == 0)
      return 0;
    --size;
    return *data++;
  };
  const unsigned int shape = next(), dim = 1 + shape % 3;
  Domain             box;
  box.lower.assign(dim, -1.);
  box.upper.assign(dim, 1.);
  box.subdivisions = {1 + shape / 3 % 3, 2, 1};
  box.subdivisions.resize(dim);
  box.periodic.assign(dim, false);
  box.periodic[0] = shape / 9 % 2 == 1;
  box.refinement  = shape / 18 % 2;

  AdaptiveMesh       mesh(box, MPI_COMM_SELF);
  const CellTransfer nothing{[](const CellKey &, const double *, double *) {},
                             [](const CellKey &, const double *, double *) {}};
  for (unsigned int round = 0; round < 2; ++round)
    {
      std::vector<signed char> flags(mesh.cells().size(), 0);
      for (unsigned int i = 0; i < 8; ++i)
        flags[next() % flags.size()] = 1;
      std::vector<double> values;
      if (shape >= 128)
        mesh.adapt(flags, 0, values, nothing);
    }

  std::vector<std::uint64_t> list = mesh.all_cells();
  while (size > 0 && !list.empty())
    {
      const std::size_t   place = next() % list.size();
      const std::uint8_t  how   = next();
      const std::uint64_t value = next();
      if (how < 64)
        list[place] = value;
      else if (how < 128)
        list[place] = value << (how - 64);
      else if (how < 192)
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(place));
      else
        list.insert(list.begin() + static_cast<std::ptrdiff_t>(place), value % 16);
    }

  AdaptiveMesh again(box, MPI_COMM_SELF);
  try
    {
      const std::vector<std::uint64_t> places = again.recreate(list);
      require(sorted_cells(again.all_cells()) == sorted_cells(list) && list.size() % 4 == 0,
              "another mesh than that of the list");
      for (std::size_t i = 0; i < places.size(); ++i)
        {
          require(4 * places[i] < list.size(), "a place beyond the end of the list");
          const std::uint64_t *const cell = &list[4 * places[i]];
          require(cell[3] == again.cells()[i].level && cell[0] == again.cells()[i].index[0], "a cell in the place of another");
        }
    }
  catch (const std::logic_error &)
    {
      require(sorted_cells(list) != sorted_cells(mesh.all_cells()) || list.size() % 4 != 0, "refused, although it is a mesh");
    }
  return 0;
}
