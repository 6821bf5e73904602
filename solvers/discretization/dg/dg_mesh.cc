#include <solvers/discretization/dg/dg_mesh.h>

#include <solvers/base/error.h>
#include <solvers/base/ranks.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace rhoflow
{
namespace
{
unsigned int integer_power(unsigned int base, unsigned int exponent)
{
  unsigned int result = 1;
  for (unsigned int i = 0; i < exponent; ++i)
    result *= base;
  return result;
}

bool before(const CellKey &a, const CellKey &b)
{
  const std::uint64_t ma = a.morton(), mb = b.morton();
  return ma != mb ? ma < mb : a.level < b.level;
}
} // namespace

DGMesh::DGMesh(const AdaptiveMesh &mesh, unsigned int degree, bool has_outer_weight, double radial_power)
  : adaptive_mesh(mesh)
  , kappa(radial_power)
{
  data.dim               = mesh.dimension();
  data.n                 = degree + 1;
  data.has_outer_weight  = has_outer_weight;
  data.radially_weighted = kappa != 0.;
  data.line              = make_line_basis(degree, 0., 0., 1.);
  data.n_cells           = mesh.cells().size();
  data.n_batches         = (data.n_cells + 7) / 8;
  n_points               = integer_power(data.n, data.dim);
  n_side                 = integer_power(data.n, data.dim - 1);
  for (unsigned int d = 0; d < data.dim; ++d)
    data.coarse_extent[d] = mesh.extent(CellKey(), d);
  for (unsigned int half = 0; half < 2; ++half)
    legendre_halves[half] = make_line_transfer(data.line, data.line, half);

  // Traces are addressed with 32 bits; slots for other ranks and hanging faces come on top of the local ones.
  if (static_cast<double>(data.n_batches) * 2 * data.dim * n_side * 8 > 0.5 * std::numeric_limits<std::int32_t>::max())
    throw InputError(Refusal::too_large, "Domain/Subdivisions",
                     "a rank would have " + std::to_string(data.n_cells) +
                       " cells, which is more than this degree allows. Use more ranks or a coarser mesh.");
  for (std::size_t c = 0; c < data.n_cells; ++c)
    local_index.emplace(mesh.cells()[c], c);
  for (std::size_t g = 0; g < mesh.ghosts().size(); ++g)
    ghost_index.emplace(mesh.ghosts()[g], g);

  build_features();
  // So are the rows of the velocity table.
  if (static_cast<double>(features.size()) * VelocityTableShape(data.dim, data.n, has_outer_weight).n_rows >
      std::numeric_limits<std::int32_t>::max())
    throw InputError(Refusal::too_large, "Domain/Subdivisions",
                     "the table of velocities would have " + std::to_string(features.size()) +
                       " cells, which is more than this degree allows. Use a coarser mesh" +
                       (has_outer_weight ? "." : " or more ranks."));
  build_static_data();
  build_neighbors();
}

CellKey DGMesh::feature_key(const CellKey &key) const
{
  CellKey result = key;
  if (data.has_outer_weight)
    result.index[0] = 0;
  return result;
}

void DGMesh::build_features()
{
  const MPI_Comm       comm = adaptive_mesh.communicator();
  std::vector<CellKey> mine;
  for (const CellKey &key : adaptive_mesh.cells())
    if (feature_lookup.emplace(feature_key(key), 0).second)
      mine.push_back(feature_key(key));
  if (!data.has_outer_weight)
    {
      // The order of the local cells; ghosts follow where hanging faces ask for them.
      features = mine;
      for (const CellKey &key : adaptive_mesh.ghosts())
        for (unsigned int side = 0; side < 2 * data.dim; ++side)
          {
            CellKey next;
            if (key.level > 0 && adaptive_mesh.neighbor(key, side / 2, side % 2, next) &&
                local_index.count(next.parent()) > 0 && feature_lookup.emplace(key, 0).second)
              features.push_back(key);
          }
    }
  else
    {
      std::vector<std::uint32_t> packed;
      for (const CellKey &key : mine)
        packed.insert(packed.end(), {key.index[1], key.index[2], key.level});
      const int        n_ranks = number_of_ranks(comm);
      std::vector<int> counts(static_cast<std::size_t>(n_ranks)), offsets(static_cast<std::size_t>(n_ranks));
      const int        n_mine = static_cast<int>(packed.size());
      MPI_Allgather(&n_mine, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
      std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
      std::vector<std::uint32_t> everybody(static_cast<std::size_t>(offsets.back() + counts.back()));
      MPI_Allgatherv(packed.data(), n_mine, MPI_UINT32_T, everybody.data(), counts.data(), offsets.data(), MPI_UINT32_T, comm);
      features.clear();
      for (std::size_t i = 0; i < everybody.size(); i += 3)
        {
          CellKey key;
          key.index = {{0, everybody[i], everybody[i + 1]}};
          key.level = everybody[i + 2];
          features.push_back(key);
        }
      std::sort(features.begin(), features.end(), before);
      features.erase(std::unique(features.begin(), features.end()), features.end());
    }
  for (std::size_t f = 0; f < features.size(); ++f)
    feature_lookup[features[f]] = f;
  used.assign(features.size(), 0);
  feature_index.resize(data.n_cells);
  for (std::size_t c = 0; c < data.n_cells; ++c)
    {
      feature_index[c]       = feature_lookup.at(feature_key(adaptive_mesh.cells()[c]));
      used[feature_index[c]] = 1;
    }
}

const LineBasis &DGMesh::line(const CellKey &key, unsigned int d) const
{
  if (!data.radially_weighted || d != data.dim - 1)
    return data.line;
  const auto place = std::make_pair(key.level, key.index[d]);
  auto       it    = layers.find(place);
  if (it == layers.end())
    {
      const LineBasis basis = make_line_basis(data.n - 1, kappa, adaptive_mesh.position(key, d, 0),
                                              adaptive_mesh.position(key, d, 1));
      it                    = layers.emplace(place, std::make_pair(basis, -1)).first;
    }
  return it->second.first;
}

std::int32_t DGMesh::layer_record(const CellKey &key) const
{
  line(key, data.dim - 1);
  return layers.at({key.level, key.index[data.dim - 1]}).second;
}

void DGMesh::nodes(const CellKey &key, double *points) const
{
  for (unsigned int d = 0, stride = 1; d < data.dim; ++d, stride *= data.n)
    {
      const LineBasis &basis = line(key, d);
      const double     start = adaptive_mesh.position(key, d, 0), extent = adaptive_mesh.extent(key, d);
      for (unsigned int i = 0; i < n_points; ++i)
        points[i * data.dim + d] = start + extent * basis.nodes[i / stride % data.n];
    }
}

void DGMesh::weights(const CellKey &key, double *w) const
{
  double along[3][max_points];
  for (unsigned int d = 0; d < data.dim; ++d)
    {
      const LineBasis &basis  = line(key, d);
      const double     extent = adaptive_mesh.extent(key, d);
      for (unsigned int q = 0; q < data.n; ++q)
        along[d][q] = extent * basis.weights[q] * basis.weight_mean;
    }
  for (unsigned int i = 0; i < n_points; ++i)
    {
      w[i] = 1.;
      for (unsigned int d = 0, rest = i; d < data.dim; ++d, rest /= data.n)
        w[i] *= along[d][rest % data.n];
    }
}

void DGMesh::build_static_data()
{
  const unsigned int dim = data.dim, n = data.n;
  if (data.radially_weighted)
    {
      const auto add_layer = [&](const CellKey &key) {
        const LineBasis &basis  = line(key, dim - 1);
        std::int32_t    &record = layers.at({key.level, key.index[dim - 1]}).second;
        if (record >= 0)
          return;
        record = static_cast<std::int32_t>(data.layers.size());
        for (const auto &array : {basis.nodes, basis.weights, basis.lower, basis.upper, basis.lower_lift, basis.upper_lift})
          for (unsigned int i = 0; i < n; ++i)
            data.layers.push_back(array[i]);
        for (unsigned int i = 0; i < n; ++i)
          data.layers[static_cast<std::size_t>(record) + n + i] *= basis.weight_mean;
        for (unsigned int i = 0; i < n; ++i)
          for (unsigned int q = 0; q < n; ++q)
            data.layers.push_back(basis.stiffness[i][q]);
      };
      for (const CellKey &key : adaptive_mesh.cells())
        add_layer(key);
      for (const CellKey &key : adaptive_mesh.ghosts())
        add_layer(key);
    }
  const VelocityTableShape shape(dim, n, data.has_outer_weight);
  const std::size_t        padded = data.n_batches * 8;
  data.feature_row.resize(padded);
  data.place.resize(padded * dim);
  data.size.resize(padded);
  data.layer.assign(padded, 0);
  for (std::size_t lane = 0; lane < padded; ++lane)
    {
      // Lanes without a cell repeat the last one: their density stays zero.
      const std::size_t c    = std::min(lane, data.n_cells - 1);
      const CellKey    &key  = adaptive_mesh.cells()[c];
      data.feature_row[lane] = static_cast<std::int32_t>(feature_index[c] * shape.n_rows);
      data.size[lane]        = std::ldexp(1., -static_cast<int>(key.level));
      for (unsigned int d = 0; d < dim; ++d)
        data.place[((lane / 8) * dim + d) * 8 + lane % 8] = adaptive_mesh.domain().lower[d] / adaptive_mesh.extent(key, d) +
                                                            static_cast<double>(key.index[d]);
      if (data.radially_weighted)
        data.layer[lane] = layer_record(key);
    }
}

std::int32_t DGMesh::local_trace(std::size_t cell, unsigned int side) const
{
  return static_cast<std::int32_t>(((cell / 8) * 2 * data.dim + side) * n_side * 8 + cell % 8);
}

std::int32_t DGMesh::new_slot()
{
  const std::size_t slot = n_slots++;
  return static_cast<std::int32_t>(data.n_batches * 2 * data.dim * n_side * 8 + (slot / 8) * n_side * 8 + slot % 8);
}

void DGMesh::build_neighbors()
{
  const unsigned int dim = data.dim, n_sides = 2 * dim, n_sub = 1U << (dim - 1);
  const std::int32_t zero = new_slot(), dummy = new_slot();
  data.neighbor.assign(data.n_batches * n_sides * 8, zero);
  data.given.assign(data.n_batches * n_sides, 0xff);

  const int                                                    n_ranks = number_of_ranks(adaptive_mesh.communicator());
  std::vector<std::vector<std::uint32_t>>                      requests(static_cast<std::size_t>(n_ranks));
  std::vector<std::vector<std::int32_t>>                       request_slots(static_cast<std::size_t>(n_ranks));
  std::map<std::pair<std::size_t, unsigned int>, std::int32_t> requested;
  const auto trace_of = [&](const CellKey &key, unsigned int side, std::int32_t &trace) {
    const auto mine = local_index.find(key);
    if (mine != local_index.end())
      {
        trace = local_trace(mine->second, side);
        return true;
      }
    const auto theirs = ghost_index.find(key);
    if (theirs == ghost_index.end())
      return false;
    auto [it, inserted] = requested.emplace(std::make_pair(theirs->second, side), 0);
    if (inserted)
      {
        it->second       = new_slot();
        const auto owner = adaptive_mesh.ghost_owners()[theirs->second];
        requests[owner].insert(requests[owner].end(), {key.index[0], key.index[1], key.index[2], key.level, side});
        request_slots[owner].push_back(it->second);
      }
    trace = it->second;
    return true;
  };

  std::vector<HangingItem>                                                      items;
  std::unordered_map<CellKey, std::map<unsigned int, std::size_t>, CellKeyHash> item_of;
  const auto item = [&](const CellKey &coarse, unsigned int side) -> HangingItem & {
    auto [it, inserted] = item_of[coarse].emplace(side, items.size());
    if (inserted)
      {
        HangingItem fresh;
        fresh.coarse = coarse;
        fresh.d      = side / 2;
        fresh.side   = side % 2;
        fresh.given  = dummy;
        fresh.fine.fill(zero);
        fresh.interpolated.fill(dummy);
        fresh.fine_key.fill(coarse.child(0));
        fresh.fine_feature.fill(0);
        trace_of(coarse, side, fresh.coarse_trace);
        items.push_back(fresh);
      }
    return items[it->second];
  };
  // Sub-face number of a fine cell: its half along the other axes, in order.
  const auto sub_face = [&](const CellKey &fine, unsigned int d) {
    unsigned int sub = 0, bit = 0;
    for (unsigned int axis = 0; axis < dim; ++axis)
      if (axis != d)
        sub |= (fine.index[axis] & 1U) << bit++;
    return sub;
  };

  for (std::size_t c = 0; c < data.n_cells; ++c)
    for (unsigned int side = 0; side < n_sides; ++side)
      {
        const CellKey &key      = adaptive_mesh.cells()[c];
        std::int32_t  &seen     = data.neighbor[((c / 8) * n_sides + side) * 8 + c % 8];
        std::uint8_t  &given    = data.given[(c / 8) * n_sides + side];
        const unsigned opposite = side ^ 1U;
        const auto     is_trace = static_cast<std::uint8_t>(~(1U << (c % 8)));
        CellKey        next;
        if (!adaptive_mesh.neighbor(key, side / 2, side % 2, next))
          continue; // no flux
        if (trace_of(next, opposite, seen))
          {
            given &= is_trace;
            continue;
          }
        const CellKey parent = key.level > 0 ? next.parent() : next;
        if (key.level > 0 && (local_index.count(parent) > 0 || ghost_index.count(parent) > 0))
          {
            HangingItem       &face = item(parent, opposite);
            const unsigned int sub  = sub_face(key, side / 2);
            face.fine[sub]          = local_trace(c, side);
            face.fine_key[sub]      = key;
            face.fine_feature[sub]  = feature_index[c];
            face.interpolated[sub]  = new_slot();
            seen                    = face.interpolated[sub];
            given &= is_trace;
            continue;
          }
        HangingItem &face = item(key, side);
        face.given        = new_slot();
        seen              = face.given;
        for (unsigned int sub = 0; sub < n_sub; ++sub)
          {
            unsigned int child = (opposite % 2) << (side / 2);
            for (unsigned int axis = 0, bit = 0; axis < dim; ++axis)
              if (axis != side / 2)
                child |= ((sub >> bit++) & 1U) << axis;
            const CellKey fine           = next.child(child);
            face.fine_key[sub]           = fine;
            face.fine_feature[sub]       = feature_lookup.at(feature_key(fine));
            used[face.fine_feature[sub]] = 1;
            trace_of(fine, opposite, face.fine[sub]);
          }
      }
  build_hanging(items);
  build_exchange(requests, request_slots);
  trace_size = data.n_batches * n_sides * n_side * 8 + (n_slots + 7) / 8 * n_side * 8;
}

void DGMesh::build_hanging(const std::vector<HangingItem> &items)
{
  const unsigned int                                            dim = data.dim, n_sub = 1U << (dim - 1);
  const VelocityTableShape                                      shape(dim, data.n, data.has_outer_weight);
  const std::int32_t                                            dummy = local_trace(data.n_batches * 8, 0) + 1;
  std::map<std::pair<unsigned int, unsigned int>, std::int32_t> transfer_of; // fine layer -> record
  const auto                                                    transfer_record = [&](const CellKey &fine) {
    const unsigned int r = dim - 1;
    auto [it, inserted] = transfer_of.emplace(std::make_pair(fine.level, fine.index[r]), 0);
    if (inserted)
      {
        it->second = static_cast<std::int32_t>(transfer_records.size());
        const LineTransfer transfer = make_line_transfer(line(fine.parent(), r), line(fine, r),
                                                                                                            static_cast<unsigned int>(fine.index[r] & 1U));
        for (const auto &matrix : {transfer.interpolate, transfer.project})
          for (unsigned int i = 0; i < data.n; ++i)
            for (unsigned int j = 0; j < data.n; ++j)
              transfer_records.push_back(matrix[i][j]);
      }
    return it->second;
  };

  for (unsigned int side = 0; side < 2 * dim; ++side)
    {
      unsigned int lane = 0;
      for (const HangingItem &item : items)
        if (2 * item.d + item.side == side)
          {
            if (lane == 0)
              {
                hanging.emplace_back();
                HangingBatch &fresh = hanging.back();
                fresh.d             = item.d;
                fresh.coarse_side   = item.side;
              }
            HangingBatch &batch = hanging.back();
            // Lanes after this one repeat it, but write nowhere that is read.
            for (unsigned int l = lane; l < 8; ++l)
              {
                batch.coarse[l] = item.coarse_trace;
                batch.given[l]  = l == lane ? item.given : dummy;
                batch.size[l]   = std::ldexp(1., -static_cast<int>(item.coarse.level) - 1);
                for (unsigned int sub = 0; sub < n_sub; ++sub)
                  {
                    batch.fine[sub][l]         = item.fine[sub];
                    batch.interpolated[sub][l] = l == lane ? item.interpolated[sub] : dummy;
                    batch.feature_row[sub][l]  = static_cast<std::int32_t>(item.fine_feature[sub] * shape.n_rows);
                    batch.transfer[sub][l]     = data.radially_weighted ? transfer_record(item.fine_key[sub]) : 0;
                    for (unsigned int d = 0; d < dim; ++d)
                      batch.place[sub][d][l] = adaptive_mesh.domain().lower[d] / adaptive_mesh.extent(item.fine_key[sub], d) +
                                               static_cast<double>(item.fine_key[sub].index[d]);
                  }
              }
            lane = (lane + 1) % 8;
          }
    }
}

CellTransfer DGMesh::cell_transfer() const
{
  // Along each axis in turn; the matrices belong to keys, not to this mesh state, so that they serve the state to come as well.
  const auto apply = [this](const CellKey &child, bool projection, std::vector<double> &values) {
    std::vector<double> result(n_points);
    for (unsigned int d = 0; d < data.dim; ++d)
      {
        const unsigned int half     = child.index[d] & 1U;
        const LineTransfer transfer = data.radially_weighted && d == data.dim - 1 ?
                                        make_line_transfer(line(child.parent(), d), line(child, d), half) :
                                        legendre_halves[half];
        const auto        &matrix   = projection ? transfer.project : transfer.interpolate;
        const unsigned int stride   = integer_power(data.n, d);
        for (unsigned int node = 0; node < n_points; ++node)
          {
            const unsigned int i   = node / stride % data.n;
            double             sum = 0.;
            for (unsigned int j = 0; j < data.n; ++j)
              sum += matrix[i][j] * values[node + j * stride - i * stride];
            result[node] = sum;
          }
        values.swap(result);
      }
  };
  CellTransfer transfer;
  transfer.refine = [this, apply](const CellKey &child, const double *parent, double *result) {
    std::vector<double> values(parent, parent + n_points);
    apply(child, false, values);
    std::copy(values.begin(), values.end(), result);
  };
  transfer.coarsen = [this, apply](const CellKey &parent, const double *children, double *result) {
    std::fill(result, result + n_points, 0.);
    for (unsigned int c = 0; c < (1U << data.dim); ++c)
      {
        std::vector<double> values(children + c * n_points, children + (c + 1) * n_points);
        apply(parent.child(c), true, values);
        for (unsigned int i = 0; i < n_points; ++i)
          result[i] += values[i];
      }
  };
  return transfer;
}
} // namespace rhoflow
