# Packages for Debian and by RPM, made by CPack of a build of the preset `package`: scripts/package. Their libraries are the
# system's, so a package is for the distribution that it was built on.

set(CF_MAINTAINER "The curfew developers <curfew@example.org>" CACHE STRING "who answers for the packages: Name <address>")
file(READ package/description description)
string(STRIP "${description}" description)

set(CPACK_GENERATOR DEB RPM)
set(CPACK_PACKAGE_NAME curfew)
set(CPACK_PACKAGE_VERSION ${CF_PACKAGE_VERSION})
set(CPACK_PACKAGE_CONTACT ${CF_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "logs idle and after-hours sessions off, kindly")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/package/arrange.cmake)
set(CPACK_CF_SOURCE ${CMAKE_SOURCE_DIR})
set(CPACK_CF_MADE ${CMAKE_BINARY_DIR}/package)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "${description}")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tzdata, systemd | systemd-standalone-sysusers, init-system-helpers (>= 1.54)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "polkitd (>= 0.106), libpam-systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
file(WRITE ${CMAKE_BINARY_DIR}/package/conffiles "/etc/curfew/curfew.lua\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/package/conffiles ${CMAKE_SOURCE_DIR}/package/postinst
                                       ${CMAKE_SOURCE_DIR}/package/prerm ${CMAKE_SOURCE_DIR}/package/postrm)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${CMAKE_BINARY_DIR}/package/changelog.Debian
     "curfew (${CF_PACKAGE_VERSION}-1) unstable; urgency=medium\n\n  * Built from the source; changelog.gz tells what is new.\n\n"
     " -- ${CF_MAINTAINER}  ${now}\n")
file(READ LICENSE licence)
file(WRITE ${CMAKE_BINARY_DIR}/package/copyright
     "curfew is compiled with the headers of uthash (BSD-1-Clause) and a table out of Unicode's CLDR.\n\n${licence}")

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_PACKAGE_DESCRIPTION "${description}")
set(CPACK_RPM_PACKAGE_REQUIRES "systemd, polkit >= 0.106, tzdata")
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/package/rpm-post)
set(CPACK_RPM_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/package/rpm-preun)
set(CPACK_RPM_POST_UNINSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/package/rpm-postun)
set(CPACK_RPM_USER_FILELIST "%config(noreplace) /etc/curfew/curfew.lua")
# The files as they are: nothing stripped or compressed once more.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none\n%define __os_install_post %{nil}")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /etc /usr/bin /usr/lib /usr/lib/systemd /usr/lib/systemd/system /usr/lib/sysusers.d /usr/share /usr/share/doc
    /usr/share/man /usr/share/locale /usr/share/polkit-1 /usr/share/polkit-1/rules.d /usr/share/zsh /usr/share/fish
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/zsh/site-functions
    /usr/share/fish/vendor_completions.d /usr/share/licenses /usr/share/locale/pt_BR /usr/share/locale/pt_BR/LC_MESSAGES
    /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man7)
include(CPack)
