#pragma once

/// Vectors of numbers, for files named *_kernel.cc and for headers that they alone include.
///
/// Kernels are compiled for several instruction sets, the rest of the program is not. A function that is inline and does
/// arithmetic would exist in several versions, of which the linker keeps any one; and a vector type of one width must not meet
/// another one. Hence nothing here is for other files.
///
///   simd_pack.h  Pack<Number, bytes>: the compiler's own vectors, of the machine's width if nothing else is said
///   simd_wide.h  wide_vector::Vector: eight doubles on every machine, gathered from and scattered to cells, order-independent
///                sums
///   simd_math.h  vector_math::Vector: the widest vector for which there are exp(), erf(), ..., for double and for float

#include <solvers/base/numerics/simd_math.h>
#include <solvers/base/numerics/simd_pack.h>
#include <solvers/base/numerics/simd_wide.h>
