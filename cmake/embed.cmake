# cf_embed(LAYER FILE…): puts files, named from the root, into the layer's library, each as `cf_embedded_NAME[]`, with a
# NUL behind it that is not counted in the size_t `cf_embedded_NAME_size`. NAME: "prelude.lua" is prelude_lua.

if(CMAKE_SCRIPT_MODE_FILE) # cmake -DIN=… -DOUT=… -DNAME=… -P embed.cmake
  file(READ ${IN} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  file(WRITE ${OUT} "#include <stddef.h>\n\nextern const char cf_embedded_${NAME}[];\n"
                    "extern const size_t cf_embedded_${NAME}_size;\n"
                    "const char cf_embedded_${NAME}[] = {\n${bytes}0};\n"
                    "const size_t cf_embedded_${NAME}_size = ${size};\n")
  return()
endif()

function(cf_embed layer)
  foreach(file IN LISTS ARGN)
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    set(in ${CMAKE_SOURCE_DIR}/${file})
    set(out ${CMAKE_BINARY_DIR}/embedded/${name}.c)
    add_custom_command(OUTPUT ${out} DEPENDS ${in} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} VERBATIM
                       COMMAND ${CMAKE_COMMAND} -DIN=${in} -DOUT=${out} -DNAME=${name}
                               -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
    target_sources(cf_${layer} PRIVATE ${out})
  endforeach()
endfunction()
