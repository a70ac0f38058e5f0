# The commit that is built, for `curfew --version`: as git tells it when the build is configured; outside git there is none.

find_package(Git QUIET)
if(GIT_FOUND AND EXISTS ${CMAKE_SOURCE_DIR}/.git)
  execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --short=12 HEAD WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0)
    set_property(SOURCE core/program/verbs.c APPEND PROPERTY COMPILE_DEFINITIONS CF_COMMIT="${commit}")
  endif()
endif()
