# Packages for Debian and by RPM, made by CPack of a build of the preset `package`: scripts/package. Their libraries are the
# system's, so a package is for the distribution that it was built on. There are two, a component of the installation each:
# curfew, and curfew-agent, which alone needs a desktop's libraries.

set(CF_MAINTAINER "The curfew developers <curfew@example.org>" CACHE STRING "who answers for the packages: Name <address>")
set(made ${CMAKE_BINARY_DIR}/package)
file(READ package/description description)
string(STRIP "${description}" description)
file(READ package/description-agent description_agent)
string(STRIP "${description_agent}" description_agent)
set(summary "logs idle and after-hours sessions off, kindly")
set(summary_agent "speaks for desktops to curfew: tells of input, shows warnings")

set(CPACK_GENERATOR DEB RPM)
set(CPACK_PACKAGE_NAME curfew)
set(CPACK_PACKAGE_VERSION ${CF_PACKAGE_VERSION})
set(CPACK_PACKAGE_CONTACT ${CF_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL curfew)
if(TARGET curfew-agent)
  list(APPEND CPACK_COMPONENTS_ALL agent)
endif()
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/package/arrange.cmake)
set(CPACK_CF_SOURCE ${CMAKE_SOURCE_DIR})
set(CPACK_CF_MADE ${made})

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_CURFEW_PACKAGE_NAME curfew)
set(CPACK_DEBIAN_CURFEW_DESCRIPTION "${summary}\n${description}")
set(CPACK_DEBIAN_CURFEW_PACKAGE_DEPENDS "tzdata, systemd | systemd-standalone-sysusers, init-system-helpers (>= 1.54), libpam-runtime")
set(CPACK_DEBIAN_CURFEW_PACKAGE_RECOMMENDS "polkitd (>= 0.106), libpam-systemd")
set(CPACK_DEBIAN_CURFEW_PACKAGE_SUGGESTS curfew-agent)
file(WRITE ${made}/curfew/conffiles "/etc/curfew/curfew.lua\n")
set(CPACK_DEBIAN_CURFEW_PACKAGE_CONTROL_EXTRA ${made}/curfew/conffiles ${CMAKE_SOURCE_DIR}/package/postinst
                                              ${CMAKE_SOURCE_DIR}/package/prerm ${CMAKE_SOURCE_DIR}/package/postrm)
set(CPACK_DEBIAN_AGENT_PACKAGE_NAME curfew-agent)
set(CPACK_DEBIAN_AGENT_DESCRIPTION "${summary_agent}\n${description_agent}")
set(CPACK_DEBIAN_AGENT_PACKAGE_RECOMMENDS "curfew, dbus-user-session, notification-daemon | zenity | kdialog | x11-utils")
file(WRITE ${made}/agent/conffiles "/etc/xdg/autostart/curfew-agent.desktop\n")
set(CPACK_DEBIAN_AGENT_PACKAGE_CONTROL_EXTRA ${made}/agent/conffiles)

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${made}/changelog.Debian
     "curfew (${CF_PACKAGE_VERSION}-1) unstable; urgency=medium\n\n  * Built from the source; changelog.gz tells what is new.\n\n"
     " -- ${CF_MAINTAINER}  ${now}\n")
file(READ LICENSE licence)
file(WRITE ${made}/copyright
     "curfew is compiled with the headers of uthash (BSD-1-Clause) and a table out of Unicode's CLDR.\n\n${licence}")

set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_MAIN_COMPONENT curfew)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_CURFEW_PACKAGE_SUMMARY ${summary})
set(CPACK_RPM_CURFEW_PACKAGE_DESCRIPTION "${description}")
set(CPACK_RPM_CURFEW_PACKAGE_REQUIRES "systemd, polkit >= 0.106, tzdata")
set(CPACK_RPM_CURFEW_POST_INSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/package/rpm-post)
set(CPACK_RPM_CURFEW_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/package/rpm-preun)
set(CPACK_RPM_CURFEW_POST_UNINSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/package/rpm-postun)
set(CPACK_RPM_CURFEW_USER_FILELIST "%config(noreplace) /etc/curfew/curfew.lua")
set(CPACK_RPM_AGENT_PACKAGE_SUMMARY ${summary_agent})
set(CPACK_RPM_AGENT_PACKAGE_DESCRIPTION "${description_agent}")
set(CPACK_RPM_AGENT_USER_FILELIST "%config(noreplace) /etc/xdg/autostart/curfew-agent.desktop")
# The files as they are: nothing stripped or compressed once more.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none\n%define __os_install_post %{nil}")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /etc /etc/xdg /etc/xdg/autostart /usr/bin /usr/lib /usr/lib/systemd /usr/lib/systemd/system /usr/lib/systemd/user
    /usr/lib/systemd/user/graphical-session.target.wants /usr/lib/sysusers.d /usr/share /usr/share/doc
    /usr/share/man /usr/share/locale /usr/share/polkit-1 /usr/share/polkit-1/rules.d /usr/share/zsh /usr/share/fish
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/zsh/site-functions
    /usr/share/fish/vendor_completions.d /usr/share/licenses /usr/share/locale/pt_BR /usr/share/locale/pt_BR/LC_MESSAGES
    /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man7)
include(CPack)
