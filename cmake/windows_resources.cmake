# cf_windows_resources(TARGET): gives the program its version, its manifest, and the messages of the Event Log, of which
# windmc makes a table.
function(cf_windows_resources target)
  enable_language(RC)
  find_program(WINDMC x86_64-w64-mingw32-windmc REQUIRED)
  set(made ${CMAKE_BINARY_DIR}/resources)
  file(MAKE_DIRECTORY ${made})
  set(messages ${CMAKE_SOURCE_DIR}/core/base/event_log_windows.mc)
  add_custom_command(OUTPUT ${made}/event_log_windows.rc DEPENDS ${messages} VERBATIM
                     COMMAND ${WINDMC} -h ${made} -r ${made} ${messages})
  string(REPLACE "." "," numbers ${PROJECT_VERSION})
  configure_file(package/windows/curfew.rc.in ${made}/curfew.rc @ONLY)
  configure_file(package/windows/curfew.manifest ${made}/curfew.manifest COPYONLY)
  set_property(SOURCE ${made}/curfew.rc PROPERTY OBJECT_DEPENDS
               "${made}/event_log_windows.rc;${made}/curfew.manifest")
  target_sources(${target} PRIVATE ${made}/curfew.rc)
  set_property(SOURCE ${made}/curfew.rc PROPERTY INCLUDE_DIRECTORIES ${made})
endfunction()
