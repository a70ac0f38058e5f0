# Run by CPack on the files that are about to become a package: adds what only packages have, and compresses manual pages and
# changelogs, links to them included.

set(root ${CPACK_TEMPORARY_DIRECTORY})
set(share ${root}/usr/share)
# `cmake --install` leaves the configuration of a host alone; packages know whether somebody has changed it.
file(COPY ${share}/curfew/curfew.lua DESTINATION ${root}/etc/curfew)
file(COPY_FILE ${CPACK_CF_SOURCE}/CHANGELOG.md ${share}/doc/curfew/changelog)
if(CPACK_GENERATOR STREQUAL "DEB")
  file(COPY ${CPACK_CF_MADE}/copyright ${CPACK_CF_MADE}/changelog.Debian DESTINATION ${share}/doc/curfew)
  file(MAKE_DIRECTORY ${share}/lintian/overrides)
  file(COPY_FILE ${CPACK_CF_SOURCE}/package/lintian ${share}/lintian/overrides/curfew)
  file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions) # where Debian's zsh looks
else()
  file(COPY ${CPACK_CF_SOURCE}/LICENSE DESTINATION ${share}/licenses/curfew)
endif()

file(GLOB_RECURSE files ${share}/man/* ${share}/doc/curfew/changelog*)
foreach(file IN LISTS files)
  if(IS_SYMLINK ${file})
    file(READ_SYMLINK ${file} to)
    file(REMOVE ${file})
    file(CREATE_LINK ${to}.gz ${file}.gz SYMBOLIC)
  else()
    execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
