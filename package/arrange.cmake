# Run by CPack on the files that are about to become packages, a folder each: adds what only packages have, and compresses
# manual pages and changelogs, links to them included.

function(add_papers share package lintian)
  file(COPY_FILE ${CPACK_CF_SOURCE}/CHANGELOG.md ${share}/doc/${package}/changelog)
  if(CPACK_GENERATOR STREQUAL "DEB")
    file(COPY ${CPACK_CF_MADE}/copyright ${CPACK_CF_MADE}/changelog.Debian DESTINATION ${share}/doc/${package})
    file(MAKE_DIRECTORY ${share}/lintian/overrides)
    file(COPY_FILE ${CPACK_CF_SOURCE}/package/${lintian} ${share}/lintian/overrides/${package})
  else()
    file(COPY ${CPACK_CF_SOURCE}/LICENSE DESTINATION ${share}/licenses/${package})
  endif()
endfunction()

function(compress)
  foreach(file IN LISTS ARGN)
    if(IS_SYMLINK ${file})
      file(READ_SYMLINK ${file} to)
      file(REMOVE ${file})
      file(CREATE_LINK ${to}.gz ${file}.gz SYMBOLIC)
    else()
      execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
    endif()
  endforeach()
endfunction()

set(curfew ${CPACK_TEMPORARY_DIRECTORY}/curfew)
set(agent ${CPACK_TEMPORARY_DIRECTORY}/agent)
# `cmake --install` leaves the configuration of a host alone; packages know whether somebody has changed it.
file(COPY ${curfew}/usr/share/curfew/curfew.lua DESTINATION ${curfew}/etc/curfew)
add_papers(${curfew}/usr/share curfew lintian)
if(CPACK_GENERATOR STREQUAL "DEB")
  file(RENAME ${curfew}/usr/share/zsh/site-functions ${curfew}/usr/share/zsh/vendor-completions) # where Debian's zsh looks
  file(MAKE_DIRECTORY ${curfew}/usr/share/pam-configs)
  file(COPY_FILE ${CPACK_CF_SOURCE}/service/curfew.pam ${curfew}/usr/share/pam-configs/curfew)
endif()
if(EXISTS ${agent})
  file(RENAME ${agent}/usr/etc ${agent}/etc) # desktops look nowhere else
  file(MAKE_DIRECTORY ${agent}/usr/share/doc/curfew-agent)
  add_papers(${agent}/usr/share curfew-agent lintian-agent)
endif()
file(GLOB_RECURSE papers ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/man/* ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*/changelog*)
compress(${papers})
