// The store on the disk: /var/lib/pyfw, with a part for each network namespace.
//
//   /var/lib/pyfw/host/record
//                      7/iptables.save
//
//   TRY(auto part, part_of_this_namespace());
//   TRY(auto store, open_state_dir("/var/lib/pyfw", part, StateAccess::kWrite));

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "keep/store.h"

namespace pyfw {

enum class StateAccess {
  kLook,   // makes nothing: where there is no folder, nothing was kept; writes fail
  kWrite,  // makes what is absent, and drops what killed runs left half done
};

// Fails where the folder, or what is in it, is a link, somebody else's or writable by others. The parents of
// `path` are not looked at.
Result<std::unique_ptr<Store>> open_state_dir(const std::string& path, const std::string& part,
                                              StateAccess access);

// Whether a word can be the name of a part, a folder or a text: letters, digits, '.', '_' and '-', no '.' in
// front.
bool is_name_in_state_dir(std::string_view word);

}  // namespace pyfw
