// What the daemon costs, and how long it lets a drift last: beside one iptables-save of the same rules, and
// beside a restart of dockerd.

#pragma once

namespace pyfw::bench {

// On hosts of the lab. False where something failed.
bool bench_watch();

}  // namespace pyfw::bench
