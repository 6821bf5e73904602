# Hot loops (files named *_kernel.cc) include no deal.II header, so that they may be compiled for the machine's own
# vector instructions although the packaged deal.II is not.
set(kernel_options -fno-math-errno -fno-trapping-math)
# Tuned for AMD's processors, and in g++ 13 for all, g++ fuses a product with a sum or not depending on what stands around
# them, and the same number would have other last bits in another loop.
check_cxx_compiler_flag(--param=avoid-fma-max-bits=0 RHOFLOW_HAS_FMA_PARAMETER)
if(RHOFLOW_HAS_FMA_PARAMETER)
  list(APPEND kernel_options --param=avoid-fma-max-bits=0)
endif()
if(RHOFLOW_NATIVE)
  set_source_files_properties(${kernel_sources} PROPERTIES COMPILE_OPTIONS "-march=native;${kernel_options}")
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # The dynamic linker takes the library of the highest level that the processor has (glibc 2.33 and newer).
  add_library(rhoflow_kernels SHARED ${kernel_sources})
  set(kernel_libraries rhoflow_kernels)
  set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/rhoflow")
  set(kernel_levels v2 v3 v4)
  foreach(level ${kernel_levels})
    add_library(rhoflow_kernels_${level} SHARED ${kernel_sources})
    list(APPEND kernel_libraries rhoflow_kernels_${level})
    set_target_properties(rhoflow_kernels_${level} PROPERTIES OUTPUT_NAME rhoflow_kernels
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/glibc-hwcaps/x86-64-${level})
    target_compile_options(rhoflow_kernels_${level} PRIVATE -march=x86-64-${level})
    add_dependencies(rhoflow_kernels rhoflow_kernels_${level})
  endforeach()
  set_target_properties(rhoflow_kernels PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  foreach(library ${kernel_libraries})
    # Vectors that are wider than the level's registers are handed over within one file only.
    target_compile_options(${library} PRIVATE ${kernel_options} -Wno-psabi)
    target_include_directories(${library} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
    target_include_directories(${library} SYSTEM PRIVATE ${RANDOM123_INCLUDE_DIR} ${DEAL_II_INCLUDE_DIRS})
    target_link_libraries(${library} PRIVATE rhoflow_flags)
    if(RHOFLOW_MVEC)
      target_compile_definitions(${library} PRIVATE RHOFLOW_HAVE_LIBMVEC)
      target_link_libraries(${library} PRIVATE ${RHOFLOW_MVEC})
    endif()
  endforeach()
  target_link_libraries(rhoflow_core rhoflow_kernels)
  # What the kernels call in turn: Activation::evaluate, gauss_legendre, ParticleNeuron::n_parameters. A program that does not
  # need them itself has to take them from the archive all the same.
  foreach(symbol _ZNK7rhoflow10Activation8evaluateEPKdjPdS3_ _ZN7rhoflow14gauss_legendreEjdd
          _ZNK7rhoflow14ParticleNeuron12n_parametersEv)
    target_link_options(rhoflow_core INTERFACE LINKER:--undefined=${symbol})
  endforeach()
else()
  set_source_files_properties(${kernel_sources} PROPERTIES COMPILE_OPTIONS "${kernel_options}")
endif()
