// Works in another network namespace than the one that pyfw was started in.

#pragma once

#include <functional>
#include <future>
#include <optional>
#include <string>

#include "base/error.h"

namespace pyfw {

// NAME (of `ip netns`), a PATH, `pid:N` or `container:NAME` (of Docker). The calling thread enters it, and
// with it all threads and programs that it starts later. Fails, as bad input, where there is none.
Result<void> enter_network_namespace(const std::string& where);

// Whether that file, /proc/PID/ns/net, is the one that the calling thread is in; none where it can't be seen.
std::optional<bool> is_this_network_namespace(const std::string& path);

// Enters the namespace of that file and works there, in a thread of its own: the caller stays where he is.
template <typename Value>
Result<Value> in_network_namespace(const std::string& path, const std::function<Result<Value>()>& work) {
  return std::async(std::launch::async,
                    [&]() -> Result<Value> {
                      TRY_VOID(enter_network_namespace(path));
                      return work();
                    })
      .get();
}

}  // namespace pyfw
