# cf_guide(PAGE SECTION FILE WHAT LIST): adds the manual page PAGE(SECTION) to the list, from a page of docs/. Lowdown
# writes it, and what it writes is put into the form of our other pages: a NAME first, code in bold, tables that fill ragged.

if(CMAKE_SCRIPT_MODE_FILE) # cmake -DLOWDOWN=… -DIN=… -DOUT=… -DPAGE=… -DSECTION=… -DWHAT=… -DDATE=… -DVERSION=… -P guide.cmake
  execute_process(COMMAND ${LOWDOWN} -s -Tman --nroff-nolinks -m title=${PAGE} -m section=${SECTION} -m date=${DATE}
                          -m "source=curfew ${VERSION}" -m volume=curfew -m shiftheadinglevelby=-1 ${IN}
                  OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "^[^\n]*\n(\\.TH[^\n]*)\n\\.SH\n[^\n]*\n"
                       "'\\\\\" t\n\\1\n.SH NAME\n${PAGE} \\\\- ${WHAT}\n.SH DESCRIPTION\n" text "${text}")
  string(REGEX REPLACE "\\\\f(C|\\(CR)" "\\\\fB" text "${text}")
  string(REGEX REPLACE "(\n\\.S[HS][^\n]*\n([^.\n][^\n]*\n)?)\\.[LP]P\n" "\\1" text "${text}")
  string(REPLACE "--" "\\-\\-" text "${text}")
  string(REPLACE "…" "\\&..." text "${text}")
  string(REPLACE "\n.TS\n" "\n.na\n.TS\n" text "${text}")
  string(REPLACE "\n.TE\n" "\n.TE\n.ad\n" text "${text}")
  file(WRITE ${OUT} "${text}.SH SEE ALSO\n.BR curfew (1),\n.BR curfew.lua (5),\n.BR curfew\\-policy (7)\n")
  return()
endif()

find_program(LOWDOWN lowdown)
function(cf_guide page section file what list)
  if(NOT LOWDOWN)
    message(STATUS "without the manual page ${page}(${section}): lowdown is not installed")
    return()
  endif()
  set(out ${CMAKE_BINARY_DIR}/pages/man${section}/${page}.${section})
  add_custom_command(OUTPUT ${out} DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} VERBATIM
                     COMMAND ${CMAKE_COMMAND} -DLOWDOWN=${LOWDOWN} -DIN=${CMAKE_SOURCE_DIR}/${file} -DOUT=${out}
                             -DPAGE=${page} -DSECTION=${section} -DWHAT=${what} -DDATE=${today}
                             -DVERSION=${PROJECT_VERSION} -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  set(${list} ${${list}} ${out} PARENT_SCOPE)
  install(FILES ${out} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endfunction()
