# CF_COMMIT, which `curfew --version` tells, and CF_PACKAGE_VERSION, both as git has them when the build is configured, which it is
# again once HEAD has moved. At the tag vVERSION a package's version is VERSION; after that tag VERSION+COMMITS.COMMIT; before it
# VERSION~COMMITS.COMMIT, which is older than VERSION for Debian and for RPM. Outside git there is no commit.

set(CF_PACKAGE_VERSION ${PROJECT_VERSION})
find_package(Git QUIET)
function(cf_git result)
  execute_process(COMMAND ${GIT_EXECUTABLE} ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
                  OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${result} "${output}" PARENT_SCOPE)
endfunction()

if(GIT_FOUND AND EXISTS ${CMAKE_SOURCE_DIR}/.git)
  cf_git(CF_COMMIT rev-parse --short=12 HEAD)
  if(CF_COMMIT)
    cf_git(since rev-list --count v${PROJECT_VERSION}..HEAD)
    cf_git(all rev-list --count HEAD)
    if(since STREQUAL "")
      set(CF_PACKAGE_VERSION ${PROJECT_VERSION}~${all}.${CF_COMMIT})
    elseif(since GREATER 0)
      set(CF_PACKAGE_VERSION ${PROJECT_VERSION}+${since}.${CF_COMMIT})
    endif()
  endif()
  cf_git(moves rev-parse --git-path logs/HEAD)
  get_filename_component(moves "${moves}" ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
  if(EXISTS ${moves} AND NOT CMAKE_SCRIPT_MODE_FILE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${moves})
  endif()
endif()
