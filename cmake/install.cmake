# What is installed: the program, its policies, manual pages, completion, words in other languages, the links by which
# Windows' commands are called, what editors know policies' words by, and the service. Pages are made by a program of our
# own, which cannot run where it was built for another.

install(TARGETS curfew)
install(DIRECTORY policies/ DESTINATION ${CMAKE_INSTALL_DATADIR}/curfew/policies
        FILES_MATCHING PATTERN "*.lua" PATTERN "*_test.lua" EXCLUDE)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
configure_file(bindings/luarc.json.in luarc.json @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/luarc.json service/curfew.lua DESTINATION ${CMAKE_INSTALL_DATADIR}/curfew)
install(FILES bindings/meta.lua DESTINATION ${CMAKE_INSTALL_DATADIR}/curfew/meta RENAME curfew.lua)

# Relative to the prefix, where systemd and sysusers look in /usr and /usr/local alike.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  install(FILES service/curfew.service DESTINATION lib/systemd/system)
  # The agent, in each desktop: by the user's service manager, or, without one, by the desktop itself.
  install(TARGETS curfew-agent)
  install(FILES service/curfew-agent.service DESTINATION lib/systemd/user)
  set(wanted ${CMAKE_BINARY_DIR}/graphical-session.target.wants)
  file(MAKE_DIRECTORY ${wanted})
  file(CREATE_LINK ../curfew-agent.service ${wanted}/curfew-agent.service SYMBOLIC)
  install(DIRECTORY ${wanted} DESTINATION lib/systemd/user)
  install(FILES service/curfew-agent.desktop DESTINATION etc/xdg/autostart)
  install(FILES service/curfew.sysusers DESTINATION lib/sysusers.d RENAME curfew.conf)
  install(FILES service/curfew.rules DESTINATION ${CMAKE_INSTALL_DATADIR}/polkit-1/rules.d RENAME 50-curfew.rules)
endif()

find_program(MSGFMT msgfmt)
if(CF_GETTEXT AND CF_GETTEXT_FOUND AND MSGFMT)
  file(GLOB catalogues CONFIGURE_DEPENDS po/*.po)
  foreach(po IN LISTS catalogues)
    get_filename_component(language ${po} NAME_WE)
    set(mo ${CMAKE_BINARY_DIR}/locale/${language}/LC_MESSAGES/curfew.mo)
    get_filename_component(folder ${mo} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${mo} DEPENDS ${po} COMMAND ${MSGFMT} -o ${mo} ${po} VERBATIM)
    list(APPEND made ${mo})
    install(FILES ${mo} DESTINATION ${CMAKE_INSTALL_LOCALEDIR}/${language}/LC_MESSAGES)
  endforeach()
endif()

if(NOT CMAKE_CROSSCOMPILING)
  add_executable(curfew-pages core/pages/main.c)
  target_link_libraries(curfew-pages PRIVATE cf_pages)
  set(pages ${CMAKE_BINARY_DIR}/pages)
  file(MAKE_DIRECTORY ${pages})
  string(TIMESTAMP today "%Y-%m-%d" UTC)
  add_custom_command(OUTPUT ${pages}/made DEPENDS curfew-pages VERBATIM
                     COMMAND curfew-pages ${pages} ${today} COMMAND ${CMAKE_COMMAND} -E touch ${pages}/made)
  list(APPEND made ${pages}/made)
  install(DIRECTORY ${pages}/bin/ DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY ${pages}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
  install(DIRECTORY ${pages}/bash/ DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(DIRECTORY ${pages}/zsh/ DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  cf_guide(curfew.lua 5 docs/operating.md "what curfew does on this host" made)
  cf_guide(curfew-policy 7 docs/reference.md "the words that policies are written in" made)
  install(DIRECTORY ${pages}/fish/ DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
add_custom_target(pages ALL DEPENDS ${made})
