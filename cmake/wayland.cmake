# What wayland-scanner makes of the protocol by which compositors tell of input: its header and its tables.
pkg_get_variable(CF_WAYLAND_SCANNER wayland-scanner wayland_scanner)
pkg_get_variable(CF_WAYLAND_PROTOCOLS wayland-protocols pkgdatadir)
set(protocol ${CF_WAYLAND_PROTOCOLS}/staging/ext-idle-notify/ext-idle-notify-v1.xml)
set(made ${CMAKE_BINARY_DIR}/wayland)
file(MAKE_DIRECTORY ${made})
foreach(kind client-header:-client-protocol.h server-header:-server-protocol.h private-code:-protocol.c)
  string(REPLACE ":" ";" kind ${kind})
  list(GET kind 0 mode)
  list(GET kind 1 ending)
  add_custom_command(OUTPUT ${made}/ext-idle-notify-v1${ending}
    COMMAND ${CF_WAYLAND_SCANNER} ${mode} ${protocol} ${made}/ext-idle-notify-v1${ending}
    DEPENDS ${protocol} VERBATIM)
endforeach()
add_library(cf_wayland STATIC ${made}/ext-idle-notify-v1-protocol.c ${made}/ext-idle-notify-v1-client-protocol.h
            ${made}/ext-idle-notify-v1-server-protocol.h) # the last for the tests' compositor
target_include_directories(cf_wayland SYSTEM INTERFACE ${made})
target_link_libraries(cf_wayland PRIVATE cf_flags PUBLIC PkgConfig::WAYLAND)
