# Part of `cmake --install`: the pages of the manual and the first wishes file, with the paths of this prefix; and
# the folder of what pyfw keeps.

cmake_path(ABSOLUTE_PATH PYFW_DATADIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX})
cmake_path(ABSOLUTE_PATH PYFW_MANDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX})

# write_text(SOURCE WRITTEN): its text, with the places of this installation.
function(write_text source written)
  file(READ ${source} text)
  string(REPLACE /usr/share/doc/pyfw ${PYFW_DOCDIR} text "${text}")
  string(REPLACE /usr/share/pyfw ${PYFW_DATADIR} text "${text}")
  string(REPLACE /etc/pyfw ${PYFW_CONFIG_DIR} text "${text}")
  file(WRITE ${written} "${text}")
endfunction()

file(GLOB pages RELATIVE ${PYFW_MANUAL} ${PYFW_MANUAL}/man?/*)
foreach(page ${pages})
  write_text(${PYFW_MANUAL}/${page} ${PYFW_WRITTEN}/${page})
  cmake_path(GET page PARENT_PATH section)
  file(INSTALL ${PYFW_WRITTEN}/${page} DESTINATION ${PYFW_MANDIR}/${section})
endforeach()

# Whoever has wishes keeps them.
if(NOT EXISTS $ENV{DESTDIR}${PYFW_CONFIG_DIR}/wishes.yaml)
  write_text(${PYFW_PACKAGING}/wishes.yaml ${PYFW_WRITTEN}/wishes.yaml)
  file(INSTALL ${PYFW_WRITTEN}/wishes.yaml DESTINATION ${PYFW_CONFIG_DIR})
endif()

if(NOT EXISTS $ENV{DESTDIR}/var/lib/pyfw)
  file(MAKE_DIRECTORY $ENV{DESTDIR}/var/lib/pyfw)
  file(CHMOD $ENV{DESTDIR}/var/lib/pyfw DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endif()
