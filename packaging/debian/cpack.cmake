# The Debian package: `./dev package`, or cpack in a build folder.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pyfw)
set(CPACK_PACKAGE_VENDOR "the pyfw authors")
set(CPACK_PACKAGE_CONTACT "the pyfw authors <pyfw@localhost>" CACHE STRING "who made the package, NAME <ADDRESS>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "declarative firewall manager for hosts that run Docker")
set(CPACK_PACKAGE_DESCRIPTION
"You write down in YAML which iptables rules, policies and sets a host shall
have. pyfw shows what would change and who could then reach what, and applies
just that difference, atomically, beside Docker, libvirt and others that edit
the same chains. It never touches a rule that is not its own.
.
A change can undo itself unless it is confirmed. A daemon mends what others
have moved or removed, and the rules are back at boot before the network is.")
set(CPACK_STRIP_FILES ON)
# The texts within know the prefix that they are installed under.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                                WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/finish.cmake)
set(CPACK_PYFW_DEBIAN ${CMAKE_CURRENT_LIST_DIR})

set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Beside its libraries it runs these; systemctl and docker where they are.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "iptables, ipset, init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "docker.io | docker-ce, bash-completion")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/conffiles ${CMAKE_CURRENT_LIST_DIR}/postinst
                                       ${CMAKE_CURRENT_LIST_DIR}/prerm ${CMAKE_CURRENT_LIST_DIR}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

include(CPack)
