# cf_event_messages(FILE): what an event in Windows' Event Log reads, one message a number, each the sentence that curfew gives
# it ("%1"): those of event_log_windows.h, and behind 100 those of the list of the journal's entries.
function(cf_event_messages file)
  set(list ${CMAKE_SOURCE_DIR}/core/journal/event_numbers.h)
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  file(READ ${list} text)
  string(REGEX MATCHALL "EVENT\\([A-Z]+, [0-9]+\\)" events "${text}")
  set(numbers 1 2 3)
  foreach(event IN LISTS events)
    string(REGEX REPLACE ".*EVENT\\([A-Z]+, ([0-9]+)\\).*" "\\1" number "${event}")
    math(EXPR number "100 + ${number}")
    list(APPEND numbers ${number})
  endforeach()
  set(text "MessageIdTypedef=DWORD\n")
  foreach(number IN LISTS numbers)
    string(APPEND text "\nMessageId=${number}\nSymbolicName=CF_MESSAGE_${number}\nLanguage=English\n%1\n.\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
endfunction()

# cf_windows_resources(TARGET): gives the program its version, its manifest, and the messages of the Event Log, of which
# windmc makes a table.
function(cf_windows_resources target)
  enable_language(RC)
  find_program(WINDMC x86_64-w64-mingw32-windmc REQUIRED)
  set(made ${CMAKE_BINARY_DIR}/resources)
  file(MAKE_DIRECTORY ${made})
  set(messages ${made}/event_log.mc)
  cf_event_messages(${messages})
  add_custom_command(OUTPUT ${made}/event_log.rc DEPENDS ${messages} VERBATIM
                     COMMAND ${WINDMC} -h ${made} -r ${made} ${messages})
  string(REPLACE "." "," numbers ${PROJECT_VERSION})
  configure_file(package/windows/curfew.rc.in ${made}/curfew.rc @ONLY)
  configure_file(package/windows/curfew.manifest ${made}/curfew.manifest COPYONLY)
  set_property(SOURCE ${made}/curfew.rc PROPERTY OBJECT_DEPENDS
               "${made}/event_log.rc;${made}/curfew.manifest")
  target_sources(${target} PRIVATE ${made}/curfew.rc)
  set_property(SOURCE ${made}/curfew.rc PROPERTY INCLUDE_DIRECTORIES ${made})
endfunction()
