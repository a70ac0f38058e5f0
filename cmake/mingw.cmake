# MinGW-w64: makes curfew.exe for Windows 8.1, Server 2012 R2 and later. CF_WINDOWS_LIBRARIES is the folder that
# package/windows/libraries made; nothing else of this machine may be seen but headers without a library (uthash).

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CF_WINDOWS_LIBRARIES)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${CF_WINDOWS_LIBRARIES}/lib/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")

# Linked into a folder of their own, since the folder that they are in has this machine's other headers, too.
set(foreign ${CMAKE_BINARY_DIR}/foreign)
file(MAKE_DIRECTORY ${foreign})
foreach(header uthash.h utlist.h)
  file(CREATE_LINK /usr/include/${header} ${foreign}/${header} SYMBOLIC)
endforeach()

# Formats are checked by the native compilers: here printf's attribute means Microsoft's, which is not the one used.
# <windows.h> would read all of the compiler's <x86intrin.h>, which nobody needs and which takes more than half of a build.
set(CMAKE_C_FLAGS_INIT "-D_WIN32_WINNT=0x0603 -DWIN32_LEAN_AND_MEAN -D_X86INTRIN_H_INCLUDED -isystem \"${foreign}\" -Wno-format")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

find_program(wine wine64 PATHS /usr/lib/wine NO_CMAKE_FIND_ROOT_PATH)
if(wine)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${wine}) # of tests
endif()
