#include <solvers/base/files/vtk_data.h>
#include <solvers/base/ranks.h>
#include <solvers/base/text.h>
#include <solvers/discretization/hdf5_cells.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <hdf5.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace rhoflow
{
namespace
{
using Compression = SnapshotParameters::Compression;

/// Rows of a chunk, and numbers that rank 0 takes from another rank at a time.
constexpr hsize_t     chunk_rows   = 1u << 15;
constexpr std::size_t message_size = 1u << 20;
const char *const points_name = "points", *const cells_name = "cells";

/// An object of HDF5 that is closed with its scope.
class Handle
{
public:
  using Close = herr_t (*)(hid_t);

  Handle(hid_t identifier, Close close_function)
    : id(identifier)
    , close(close_function)
  {}
  ~Handle() { release(); }
  Handle(const Handle &)            = delete;
  Handle &operator=(const Handle &) = delete;

       operator hid_t() const { return id; }
  bool good() const { return id >= 0; }
  bool release()
  {
    const hid_t open = std::exchange(id, -1);
    return open < 0 || close(open) >= 0;
  }

private:
  hid_t id;
  Close close;
};

template <typename Number>
hid_t memory_type()
{
  return std::is_same_v<Number, float> ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT64;
}

template <typename Number>
hid_t file_type()
{
  return std::is_same_v<Number, float> ? H5T_IEEE_F32LE : H5T_STD_I64LE;
}

/// A file that one process writes. What fails is remembered, and everything after it is left out.
///
/// HDF5 keeps a file open that it cannot close for a full disk, tries again in MPI_Finalize, and crashes there. So what is left
/// to be written after a failure goes into memory that is given back with the file.
class Hdf5File
{
public:
  explicit Hdf5File(const std::string &path)
    : file(create(path), H5Fclose)
    , fine(file.good())
    , first_error(fine ? 0 : errno)
  {}

  /// An array [n_rows][n_columns] (one index if there is one column), to be filled by write().
  template <typename Number>
  void begin(const std::string &name, std::uint64_t n_rows, unsigned int columns, Compression compression)
  {
    n_columns             = columns;
    n_written             = 0;
    const hsize_t size[2] = {n_rows, columns}, chunk[2] = {std::clamp<hsize_t>(n_rows, 1, chunk_rows), columns};
    const int     rank = columns == 1 ? 1 : 2;
    const Handle  space(H5Screate_simple(rank, size, nullptr), H5Sclose), list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    // Files of the same contents are the same bytes.
    H5Pset_obj_track_times(list, false);
    if (compression != Compression::none)
      {
        H5Pset_chunk(list, rank, chunk);
        H5Pset_shuffle(list);
        H5Pset_deflate(list, compression == Compression::fast ? 1 : 9);
      }
    end_array();
    data = std::make_unique<Handle>(
      fine ? H5Dcreate2(file, name.c_str(), file_type<Number>(), space, H5P_DEFAULT, list, H5P_DEFAULT) : -1, H5Dclose);
    check(data->good());
  }

  /// The next rows of the array.
  template <typename Number>
  void write(const Number *values, std::size_t n_values)
  {
    const hsize_t start[2] = {n_written, 0}, count[2] = {n_values / n_columns, n_columns};
    n_written += count[0];
    if (!fine || n_values == 0)
      return;
    const Handle place(H5Dget_space(*data), H5Sclose), rows(H5Screate_simple(2, count, nullptr), H5Sclose);
    check(H5Sselect_hyperslab(place, H5S_SELECT_SET, start, nullptr, count, nullptr) >= 0 &&
          H5Dwrite(*data, memory_type<Number>(), rows, place, H5P_DEFAULT, values) >= 0);
  }

  void add_attributes(double time, const std::vector<std::string> &coordinates)
  {
    const Handle scalar(H5Screate(H5S_SCALAR), H5Sclose);
    add_attribute("time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, scalar, &time);
    if (coordinates.empty())
      return;
    std::vector<const char *> names;
    for (const std::string &name : coordinates)
      names.push_back(name.c_str());
    const hsize_t size = names.size();
    const Handle  space(H5Screate_simple(1, &size, nullptr), H5Sclose), text(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(text, H5T_VARIABLE);
    H5Tset_cset(text, H5T_CSET_UTF8);
    add_attribute("coordinates", text, text, space, names.data());
  }

  /// False if anything failed; `reason` is the system's, if it gave one.
  bool finish(int &reason)
  {
    end_array();
    check(!file.good() || H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0);
    check(file.release());
    if (limit)
      setrlimit(RLIMIT_FSIZE, &*limit);
    reason = first_error;
    return fine;
  }

private:
  static hid_t create(const std::string &path)
  {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // we say what went wrong
    // Some file systems of clusters have no locks. Nobody else has this file before it has its name.
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
    errno = 0;
    return H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  }

  void end_array()
  {
    if (!data)
      return;
    check(!data->good() || H5Dflush(*data) >= 0);
    check(data->release());
  }

  /// After the first failure the file's descriptor is that of an anonymous file in memory.
  void check(const bool good)
  {
    if (good || !fine)
      return;
    fine        = false;
    first_error = errno;
    void *handle;
    if (!file.good() || H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0)
      return;
    // A limit of the size of files holds for memory, too.
    limit.emplace();
    if (getrlimit(RLIMIT_FSIZE, &*limit) == 0)
      {
        const rlimit most = {limit->rlim_max, limit->rlim_max};
        setrlimit(RLIMIT_FSIZE, &most);
      }
    else
      limit.reset();
    const int memory = memfd_create("hdf5", MFD_CLOEXEC);
    if (memory >= 0)
      {
        dup2(memory, *static_cast<int *>(handle));
        close(memory);
      }
  }

  void add_attribute(const char *name, hid_t in_file, hid_t in_memory, hid_t space, const void *value)
  {
    const Handle attribute(fine ? H5Acreate2(file, name, in_file, space, H5P_DEFAULT, H5P_DEFAULT) : -1, H5Aclose);
    check(attribute.good() && H5Awrite(attribute, in_memory, value) >= 0);
  }

  Handle                  file;
  bool                    fine;
  int                     first_error = 0;
  std::optional<rlimit>   limit; ///< what it was before the failure
  std::unique_ptr<Handle> data;
  hsize_t                 n_columns = 1, n_written = 0;
};

/// The parts of all ranks one after the other in one array of the file that rank 0 has.
template <typename Number>
void write_array(Hdf5File *const file, const std::string &name, const std::vector<Number> &part, const unsigned int n_columns,
                 const Compression compression, MPI_Comm communicator)
{
  constexpr int              tag     = 23;
  const MPI_Datatype         type    = std::is_same_v<Number, float> ? MPI_FLOAT : MPI_INT64_T;
  const std::size_t          most    = message_size / n_columns * n_columns;
  const int                  n_ranks = number_of_ranks(communicator), rank = rank_of(communicator);
  const std::uint64_t        size = part.size();
  std::vector<std::uint64_t> sizes(static_cast<std::size_t>(n_ranks));
  MPI_Gather(&size, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, 0, communicator);
  if (rank != 0)
    {
      for (std::size_t at = 0; at < part.size(); at += most)
        MPI_Send(part.data() + at, static_cast<int>(std::min(most, part.size() - at)), type, 0, tag, communicator);
      return;
    }
  file->begin<Number>(name, std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}) / n_columns, n_columns, compression);
  file->write(part.data(), part.size());
  std::vector<Number> buffer(n_ranks > 1 ? most : 0);
  for (int other = 1; other < n_ranks; ++other)
    for (std::uint64_t at = 0, end = sizes[static_cast<std::size_t>(other)]; at < end; at += most)
      {
        const std::size_t count = std::min<std::uint64_t>(most, end - at);
        MPI_Recv(buffer.data(), static_cast<int>(count), type, other, tag, communicator, MPI_STATUS_IGNORE);
        file->write(buffer.data(), count);
      }
}

std::string data_item(const std::string &file, const std::string &name, const std::uint64_t n_rows,
                      const unsigned int n_columns, const char *const type)
{
  return "<DataItem Dimensions=\"" + std::to_string(n_rows) + (n_columns == 1 ? "" : " " + std::to_string(n_columns)) + "\" " +
         type + " Format=\"HDF\">" + xml_escaped(file) + ":/" + xml_escaped(name) + "</DataItem>\n";
}

std::string time_tag(const double time)
{
  return "<Time Value=\"" + exact_number(time) + "\"/>\n";
}

/// `sizes`: nodes and cells.
std::string grid_of(const VtuCells &cells, const std::string &name, const std::uint64_t sizes[2], const double time)
{
  const char *const types[] = {"Polyvertex", "Polyline", "Quadrilateral", "Hexahedron"};
  const char *const single = "NumberType=\"Float\" Precision=\"4\"", *const integer = "NumberType=\"Int\" Precision=\"8\"";
  const unsigned int n_corners = 1u << cells.dimension();
  std::string        text      = "<Grid Name=\"" + xml_escaped(name) + "\" GridType=\"Uniform\">\n" + time_tag(time) +
                     "<Topology TopologyType=\"" + types[cells.dimension()] + "\" NumberOfElements=\"" +
                     std::to_string(sizes[1]) + "\" NodesPerElement=\"" + std::to_string(n_corners) + "\">\n" +
                     data_item(name, cells_name, sizes[1], n_corners, integer) +
                     "</Topology>\n<Geometry GeometryType=\"XYZ\">\n" + data_item(name, points_name, sizes[0], 3, single) +
                     "</Geometry>\n";
  for (const VtuCells::Field &field : cells.all_fields())
    text += "<Attribute Name=\"" + xml_escaped(field.name) + "\" AttributeType=\"" + (field.is_vector ? "Vector" : "Scalar") +
            "\" Center=\"Node\">\n" + data_item(name, field.name, sizes[0], field.n_written(), single) + "</Attribute>\n";
  return text + "</Grid>\n";
}
} // namespace

std::string write_hdf5_cells(const VtuCells &cells, const std::string &path, const std::string &name,
                             const Compression compression, const double time, const std::vector<std::string> &coordinates,
                             MPI_Comm communicator)
{
  const bool          writes  = rank_of(communicator) == 0;
  const std::string   aside   = path + ".part";
  const std::uint64_t n_nodes = cells.nodes().size() / 3;
  std::uint64_t       end     = 0;
  MPI_Scan(&n_nodes, &end, 1, MPI_UINT64_T, MPI_SUM, communicator);
  const std::vector<std::int64_t> corners = cells.linear_cells(static_cast<std::int64_t>(end - n_nodes));

  const unsigned int n_corners = 1u << cells.dimension();
  std::uint64_t      sizes[2]  = {n_nodes, corners.size() / n_corners};
  MPI_Allreduce(MPI_IN_PLACE, sizes, 2, MPI_UINT64_T, MPI_SUM, communicator);
  std::unique_ptr<Hdf5File> file;
  if (writes)
    {
      file = std::make_unique<Hdf5File>(aside);
      file->add_attributes(time, coordinates);
    }
  write_array(file.get(), points_name, cells.nodes(), 3, compression, communicator);
  write_array(file.get(), cells_name, corners, n_corners, compression, communicator);
  for (const VtuCells::Field &field : cells.all_fields())
    write_array(file.get(), field.name, field.values, field.n_written(), compression, communicator);

  int reason = 0;
  if (writes && !file->finish(reason))
    reason = reason != 0 ? reason : EIO;
  std::error_code error;
  if (writes && reason == 0)
    std::filesystem::rename(aside, path, error);
  if (error)
    reason = error.value();
  if (writes && reason != 0)
    std::filesystem::remove(aside, error);
  MPI_Bcast(&reason, 1, MPI_INT, 0, communicator);
  if (reason != 0)
    throw std::runtime_error("cannot write '" + path + "': " + std::strerror(reason) + ".");
  return writes && sizes[1] > 0 ? grid_of(cells, name, sizes, time) : std::string();
}

std::string xdmf_collection(const std::vector<std::string> &grids, const double time)
{
  return "<Grid GridType=\"Collection\" CollectionType=\"Spatial\">\n" + time_tag(time) +
         std::accumulate(grids.begin(), grids.end(), std::string()) + "</Grid>\n";
}
} // namespace rhoflow
