# Part of `cmake --install`: the units, with the paths of this prefix. What they may do, both say alike.

cmake_path(ABSOLUTE_PATH PYFW_SBINDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX})
cmake_path(ABSOLUTE_PATH PYFW_DOCDIR BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX})
file(READ ${PYFW_PACKAGING}/hardening.conf PYFW_HARDENING)
foreach(unit pyfw.service pyfw-watch.service)
  configure_file(${PYFW_PACKAGING}/${unit}.in ${PYFW_WRITTEN}/${unit} @ONLY)
  file(INSTALL ${PYFW_WRITTEN}/${unit} DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
endforeach()
