#include <solvers/discretization/dg/dg_mesh.h>

#include <numeric>

namespace rhoflow
{
void DGMesh::build_exchange(const std::vector<std::vector<std::uint32_t>> &requests,
                            const std::vector<std::vector<std::int32_t>>  &slots)
{
  const MPI_Comm             comm    = adaptive_mesh.communicator();
  const std::size_t          n_ranks = requests.size();
  std::vector<int>           send_counts(n_ranks), receive_counts(n_ranks), send_offsets(n_ranks), receive_offsets(n_ranks);
  std::vector<std::uint32_t> outgoing;
  for (std::size_t rank = 0; rank < n_ranks; ++rank)
    {
      send_counts[rank] = static_cast<int>(requests[rank].size());
      outgoing.insert(outgoing.end(), requests[rank].begin(), requests[rank].end());
    }
  MPI_Alltoall(send_counts.data(), 1, MPI_INT, receive_counts.data(), 1, MPI_INT, comm);
  std::exclusive_scan(send_counts.begin(), send_counts.end(), send_offsets.begin(), 0);
  std::exclusive_scan(receive_counts.begin(), receive_counts.end(), receive_offsets.begin(), 0);
  std::vector<std::uint32_t> incoming(static_cast<std::size_t>(receive_offsets.back() + receive_counts.back()));
  MPI_Alltoallv(outgoing.data(), send_counts.data(), send_offsets.data(), MPI_UINT32_T, incoming.data(), receive_counts.data(),
                receive_offsets.data(), MPI_UINT32_T, comm);
  for (std::size_t rank = 0; rank < n_ranks; ++rank)
    {
      if (send_counts[rank] == 0 && receive_counts[rank] == 0)
        continue;
      Peer peer;
      peer.rank    = static_cast<int>(rank);
      peer.receive = slots[rank];
      for (int i = 0; i < receive_counts[rank]; i += 5)
        {
          const std::uint32_t *request = incoming.data() + receive_offsets[rank] + i;
          CellKey              key;
          key.index = {{request[0], request[1], request[2]}};
          key.level = request[3];
          peer.send.push_back(local_trace(local_index.at(key), request[4]));
        }
      peer.send_buffer.resize(peer.send.size() * n_side);
      peer.receive_buffer.resize(peer.receive.size() * n_side);
      peers.push_back(std::move(peer));
    }
}

void DGMesh::start_exchange(const double *traces)
{
  constexpr int tag  = 17;
  const auto    comm = adaptive_mesh.communicator();
  pending.clear();
  for (Peer &peer : peers)
    {
      pending.emplace_back();
      MPI_Irecv(peer.receive_buffer.data(), static_cast<int>(peer.receive_buffer.size()), MPI_DOUBLE, peer.rank, tag, comm,
                &pending.back());
    }
  for (Peer &peer : peers)
    {
      for (std::size_t i = 0; i < peer.send.size(); ++i)
        for (unsigned int t = 0; t < n_side; ++t)
          peer.send_buffer[i * n_side + t] = traces[peer.send[i] + static_cast<std::int32_t>(8 * t)];
      pending.emplace_back();
      MPI_Isend(peer.send_buffer.data(), static_cast<int>(peer.send_buffer.size()), MPI_DOUBLE, peer.rank, tag, comm,
                &pending.back());
    }
}

void DGMesh::finish_exchange(double *traces)
{
  MPI_Waitall(static_cast<int>(pending.size()), pending.data(), MPI_STATUSES_IGNORE);
  for (Peer &peer : peers)
    for (std::size_t i = 0; i < peer.receive.size(); ++i)
      for (unsigned int t = 0; t < n_side; ++t)
        traces[peer.receive[i] + static_cast<std::int32_t>(8 * t)] = peer.receive_buffer[i * n_side + t];
}
} // namespace rhoflow
