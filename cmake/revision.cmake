# The git revision enters a small generated header, so that a new commit recompiles one file.
find_package(Git QUIET)
set(RHOFLOW_REVISION "unknown")
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty
                  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE RHOFLOW_REVISION
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A commit or a checkout configures again, so that provenance tells the truth. A changed working tree does not.
  execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --path-format=absolute --git-path logs/HEAD
                  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE git_log
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(EXISTS "${git_log}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${git_log})
  endif()
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/revision.h.in ${CMAKE_BINARY_DIR}/generated/rhoflow_revision.h @ONLY)
