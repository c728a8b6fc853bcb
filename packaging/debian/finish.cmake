# Before the package is put together: what Debian has elsewhere, or in another form, than other distributions.

set(root ${CPACK_TEMPORARY_DIRECTORY})
set(doc ${root}/usr/share/doc/pyfw)

# zsh's functions of packages, and of the administrator.
file(MAKE_DIRECTORY ${root}/usr/share/zsh)
file(RENAME ${root}/usr/share/zsh/site-functions ${root}/usr/share/zsh/vendor-completions)

file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
file(REMOVE ${doc}/LICENSE)
file(COPY ${CPACK_PYFW_DEBIAN}/copyright DESTINATION ${doc})
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${doc}/changelog.Debian
"pyfw (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * What is new in this version stands in changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
file(MAKE_DIRECTORY ${root}/usr/share/lintian/overrides)
configure_file(${CPACK_PYFW_DEBIAN}/lintian-overrides ${root}/usr/share/lintian/overrides/pyfw COPYONLY)

# Without names and times within, so that the same build gives the same package.
file(GLOB pages ${root}/usr/share/man/man?/*)
execute_process(COMMAND gzip -9n ${pages} ${doc}/changelog ${doc}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
