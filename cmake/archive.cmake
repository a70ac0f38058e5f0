# cf_archive(TARGET FILE [TARGET FILE]…): has the imported target link FILE, an archive beside its shared library, where
# that is installed. One-off commands live for two milliseconds: loading these libraries would take a sixth of that.
function(cf_archive)
  while(ARGN)
    list(POP_FRONT ARGN target file)
    get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
    list(GET libraries 0 shared)
    get_filename_component(folder ${shared} DIRECTORY)
    if(EXISTS ${folder}/${file})
      set_target_properties(${target} PROPERTIES
                            INTERFACE_LINK_LIBRARIES "${folder}/${file};Threads::Threads;${CMAKE_DL_LIBS};m")
    else()
      message(STATUS "there is no ${folder}/${file}: ${target} stays shared")
    endif()
  endwhile()
endfunction()
