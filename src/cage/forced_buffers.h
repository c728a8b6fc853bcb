// iptables-nft sends all rules of a restore as one message, and for that makes the buffer of its socket as
// large as need be, by a call that only the host's root may make: in a user namespace "Message too long"
// comes from some 250 rules on. So the cage's parent makes that call for the script's programs.

#pragma once

#include "base/fd.h"

namespace pyfw {

// Answers one call that waits there (seccomp_unotify(2)). No socket but a netlink one gets a larger buffer,
// and none gets more than 32 MB.
void answer_buffer_call(const Fd& listener);

}  // namespace pyfw
