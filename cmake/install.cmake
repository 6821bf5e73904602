# What `cmake --install` and CPack put where: programs, kernels for all processors, manual pages, completion, modulefile, parameter
# files, scripts for ParaView, and a CMake package of the library.
include(CMakePackageConfigHelpers)

set(rhoflow_data ${CMAKE_INSTALL_DATADIR}/rhoflow)
set(rhoflow_package ${CMAKE_INSTALL_LIBDIR}/cmake/rhoflow)

set(programs rhoflow rhoflow-study)
if(TARGET rhoflow-plot)
  list(APPEND programs rhoflow-plot)
endif()
install(TARGETS ${programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# ---- the library, for programs of others: find_package(rhoflow), rhoflow::rhoflow_core
install(TARGETS rhoflow_core EXPORT rhoflow ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET rhoflow_kernels)
  install(TARGETS rhoflow_kernels EXPORT rhoflow LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/rhoflow)
  foreach(level ${kernel_levels})
    install(TARGETS rhoflow_kernels_${level}
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/rhoflow/glibc-hwcaps/x86-64-${level})
  endforeach()
endif()
install(EXPORT rhoflow NAMESPACE rhoflow:: FILE rhoflow-targets.cmake DESTINATION ${rhoflow_package})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/rhoflow-config.cmake.in ${CMAKE_BINARY_DIR}/generated/rhoflow-config.cmake
                              INSTALL_DESTINATION ${rhoflow_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/rhoflow-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/generated/rhoflow-config.cmake ${CMAKE_BINARY_DIR}/generated/rhoflow-config-version.cmake
        DESTINATION ${rhoflow_package})
install(DIRECTORY solvers meshes DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rhoflow FILES_MATCHING PATTERN "*.h")

# ---- what users read and run
install(DIRECTORY parameter_files postprocess/paraview DESTINATION ${rhoflow_data})
install(FILES README.md CHANGELOG.md LICENSE CITATION.cff packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/rhoflow.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME rhoflow)
foreach(program rhoflow-study rhoflow-plot)
  install(FILES packaging/completion_of_others.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
          RENAME ${program})
endforeach()
install(DIRECTORY scripts/slurm DESTINATION ${rhoflow_data} USE_SOURCE_PERMISSIONS)
install(FILES scripts/environment.sh DESTINATION ${rhoflow_data})
# Its prefix is known only when it is installed. file(INSTALL) puts DESTDIR before the destination by itself.
file(RELATIVE_PATH modulefile_up "/prefix/${rhoflow_data}/modulefiles/rhoflow" "/prefix")
install(CODE "set(RHOFLOW_VERSION ${PROJECT_VERSION})
set(RHOFLOW_UP ${modulefile_up})
set(RHOFLOW_BIN ${CMAKE_INSTALL_BINDIR})
set(RHOFLOW_MAN ${CMAKE_INSTALL_MANDIR})
set(RHOFLOW_SHARE ${rhoflow_data})
configure_file(\"${CMAKE_SOURCE_DIR}/packaging/modulefile.in\" \"${CMAKE_BINARY_DIR}/generated/modulefile\" @ONLY)
file(INSTALL \"${CMAKE_BINARY_DIR}/generated/modulefile\" DESTINATION
     \"\${CMAKE_INSTALL_PREFIX}/${rhoflow_data}/modulefiles/rhoflow\" RENAME ${PROJECT_VERSION})")

# ---- manual pages, from what the programs say of themselves
if(NOT RHOFLOW_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  find_program(GZIP gzip REQUIRED)
  # NAME.SECTION.gz of what `program option` prints
  function(rhoflow_add_man_page name section program option)
    set(page ${CMAKE_BINARY_DIR}/generated/${name}.${section})
    add_custom_command(OUTPUT ${page}.gz
      COMMAND ${CMAKE_SOURCE_DIR}/packaging/man_page.sh $<TARGET_FILE:${program}> ${name} ${section} ${option} > ${page}
      COMMAND ${GZIP} -9nf ${page}
      DEPENDS ${program} ${CMAKE_SOURCE_DIR}/packaging/man_page.sh VERBATIM)
    add_custom_target(manual_of_${name} ALL DEPENDS ${page}.gz)
    install(FILES ${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  endfunction()
  foreach(program ${programs})
    rhoflow_add_man_page(${program} 1 ${program} --help)
  endforeach()
  rhoflow_add_man_page(rhoflow-parameters 5 rhoflow --print-parameters)
endif()

# ---- packages: cpack --config build/release/CPackConfig.cmake
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PACKAGE_NAME rhoflow)
set(CPACK_PACKAGE_CONTACT "the authors of rhoflow (CITATION.cff)")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Wide two-layer networks that are trained by SGD behave like a density on
parameter space. rhoflow solves the equations of this density under MPI, with
finite elements or characteristics, and compares every answer with the
finite networks. It writes tables, files for ParaView and reports.")
set(CPACK_DEBIAN_PACKAGE_SECTION math)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "mpi-default-bin")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "paraview, python3-paraview, bash-completion, environment-modules | lmod, slurm-client")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "xvfb, xauth, libgl1-mesa-dri, fonts-dejavu-core, ffmpeg")
include(CPack)
