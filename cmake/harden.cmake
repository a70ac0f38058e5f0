# What the compiler and the linker can do against mistakes in C: a smashed stack, an overrun buffer, a jump to where none
# leads, a table of addresses that is written to. For all builds but Debug, whose -O0 has none of the checks of
# buffers, those with sanitizers, which look closer, and Windows. `scripts/check hardened` reads it back from what is built.

include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

if(WIN32 OR CF_SANITIZE OR CF_FUZZ OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  return()
endif()

# -fPIE, not CMAKE_POSITION_INDEPENDENT_CODE: that is -fPIC for static libraries, whose calls are then never inlined.
target_compile_options(cf_flags INTERFACE -fPIE)
target_link_options(cf_flags INTERFACE -pie)

foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard)
  string(MAKE_C_IDENTIFIER "CF_HAVE${flag}" have)
  check_c_compiler_flag(${flag} ${have}) # the last two are each of one processor's
  if(${have})
    target_compile_options(cf_flags INTERFACE ${flag})
  endif()
endforeach()

# Three takes gcc 12 or clang 9, and glibc 2.34; others warn of it. Distributions' compilers may have one set already.
set(CMAKE_REQUIRED_FLAGS "-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -Werror")
check_c_source_compiles("#include <string.h>\nint main(void) { return 0; }" CF_HAVE_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
target_compile_options(cf_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$<IF:$<BOOL:${CF_HAVE_FORTIFY_3}>,3,2>)

target_link_options(cf_flags INTERFACE LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
