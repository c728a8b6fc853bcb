// A host of the lab, with a lot of rules and the daemon that holds some of them.
//
//   TRY(auto host, WatchedHost::make(lab::Backend::kNft, {.rules = 10'000, .wished = 20}));
//   TRY(double ms, host.open_ms_after(Drift::kMoved));

#pragma once

#include <string>

#include "lab/host.h"

namespace pyfw::bench {

struct Amount {
  int rules;
  int wished;  // of these, the first ones
};

enum class Drift { kMoved, kDeleted };

class WatchedHost {
 public:
  static Result<WatchedHost> make(lab::Backend backend, Amount amount);

  // The first wished rule drops packets. Moves it behind a rule that lets them in, or deletes it; gives for
  // how long packets got in.
  [[nodiscard]] Result<double> open_ms_after(Drift drift) const;
  // One iptables-save.
  [[nodiscard]] Result<double> save_ms() const;
  // What the daemon takes of a processor while nothing happens, in ms a second.
  [[nodiscard]] Result<double> idle_ms(int seconds) const;

 private:
  WatchedHost(lab::Lab lab, lab::Host host, lab::Started daemon)
      : lab_(std::move(lab)), host_(std::move(host)), daemon_(std::move(daemon)) {}
  [[nodiscard]] Result<std::string> sh(const std::string& script) const;

  lab::Lab lab_;
  lab::Host host_;
  lab::Started daemon_;
};

// `pyfw watch`, when it has looked at the host.
Result<lab::Started> start_daemon(const lab::Host& host);

}  // namespace pyfw::bench
