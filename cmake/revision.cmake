# The git revision enters a small generated header, so that a new commit recompiles one file.
find_package(Git QUIET)
set(RHOFLOW_REVISION "unknown")
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty
                  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE RHOFLOW_REVISION
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/revision.h.in ${CMAKE_BINARY_DIR}/generated/rhoflow_revision.h @ONLY)
