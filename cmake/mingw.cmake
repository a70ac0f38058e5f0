# MinGW-w64: compiles the portable code for Windows, to objects only, against the headers of the libraries installed
# here. Nothing else of this machine's may be seen, so the headers are linked into a folder of their own.

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(foreign ${CMAKE_BINARY_DIR}/foreign)
file(MAKE_DIRECTORY ${foreign})
find_program(PKG_CONFIG_EXECUTABLE pkg-config)
execute_process(COMMAND ${PKG_CONFIG_EXECUTABLE} --variable=includedir libuv
                OUTPUT_VARIABLE usual OUTPUT_STRIP_TRAILING_WHITESPACE)
file(GLOB headers ${usual}/uv.h ${usual}/uv ${usual}/uthash.h ${usual}/utlist.h ${usual}/jansson*.h ${usual}/*/jansson*.h
     ${usual}/lua5.4/*.h ${usual}/*/lua5.4*.h ${usual}/sqlite3.h)
foreach(header IN LISTS headers)
  get_filename_component(name ${header} NAME)
  file(CREATE_LINK ${header} ${foreign}/${name} SYMBOLIC)
endforeach()

# Formats are checked by the native compilers: here printf's attribute means Microsoft's, which is not the one used.
set(CMAKE_C_FLAGS_INIT "-isystem \"${foreign}\" -Wno-format")
