# cf_windows_zones(LAYER): puts the table of Windows' names of time zones into the layer's library, out of CLDR. Where
# that is not installed the table is empty, and files that use those names have to define them.

if(CMAKE_SCRIPT_MODE_FILE) # cmake -DIN=windowsZones.xml -DOUT=windows_zones.c -P windows_zones.cmake
  set(rows "")
  if(IN)
    file(STRINGS ${IN} lines)
    set(shown "")
    foreach(line IN LISTS lines)
      if(line MATCHES "<!-- *(\\([^)]*\\) [^\"\\\\]*[^ ]) *-->")
        set(shown "${CMAKE_MATCH_1}")
      elseif(line MATCHES "mapZone other=\"([^\"\\\\]*)\" territory=\"001\" type=\"([A-Za-z0-9_/+-]*)[ \"]")
        string(APPEND rows "    {\"${CMAKE_MATCH_1}\", \"${shown}\", \"${CMAKE_MATCH_2}\"},\n")
      endif()
    endforeach()
  endif()
  file(WRITE ${OUT} "#include \"time/windows_zones.h\"\n\n"
                    "const struct cf_windows_zone cf_windows_zones[] = {\n${rows}    {0},\n};\n")
  return()
endif()

find_file(CF_WINDOWS_ZONES windowsZones.xml PATHS /usr/share/unicode/cldr/common/supplemental NO_CMAKE_FIND_ROOT_PATH)

function(cf_windows_zones layer)
  set(in "")
  if(CF_WINDOWS_ZONES)
    set(in ${CF_WINDOWS_ZONES})
  else()
    message(STATUS "without unicode-cldr-core, calendars with Windows' names of time zones cannot be read")
  endif()
  set(out ${CMAKE_BINARY_DIR}/windows_zones.c)
  add_custom_command(OUTPUT ${out} DEPENDS ${in} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} VERBATIM
                     COMMAND ${CMAKE_COMMAND} -DIN=${in} -DOUT=${out} -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  target_sources(cf_${layer} PRIVATE ${out})
endfunction()
