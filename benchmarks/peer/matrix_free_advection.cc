#include <benchmarks/peer/matrix_free_advection.templates.h>

namespace rhoflow
{
template std::unique_ptr<MatrixFreeAdvection> make_matrix_free_advection<3, 1>(const AdaptiveMesh &,
                                                                               const MatrixFreeAdvection::Velocity &);
template std::unique_ptr<MatrixFreeAdvection> make_matrix_free_advection<3, 2>(const AdaptiveMesh &,
                                                                               const MatrixFreeAdvection::Velocity &);
template std::unique_ptr<MatrixFreeAdvection> make_matrix_free_advection<3, 3>(const AdaptiveMesh &,
                                                                               const MatrixFreeAdvection::Velocity &);
template std::unique_ptr<MatrixFreeAdvection> make_matrix_free_advection<3, 4>(const AdaptiveMesh &,
                                                                               const MatrixFreeAdvection::Velocity &);
} // namespace rhoflow
