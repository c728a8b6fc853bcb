// The real kernel, through iptables, ip6tables and ipset.

#pragma once

#include "engine/kernel.h"
#include "host/state_document.h"

namespace pyfw {

// Fails where we are not root, who alone can read and change the firewall.
Result<void> require_root();

class LinuxKernel : public Kernel {
 public:
  Result<State> read() override;
  Result<Facts> facts() override;
  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override;
  Result<SpelledSet> spell_set(const Set& set) override;
  Result<void> run(std::span<const std::string> command) override;
};

// A state from files in place of the live one. Spelling still asks the kernel where it can be asked;
// nothing can be run.
class SavedKernel : public Kernel {
 public:
  explicit SavedKernel(HostState host) : host_(std::move(host)) {}

  Result<State> read() override { return host_.state; }
  Result<Facts> facts() override { return host_.facts; }
  Result<std::vector<SpelledLine>> spell(const SpellRequest& request) override;
  Result<SpelledSet> spell_set(const Set& set) override;
  Result<void> run(std::span<const std::string> command) override;

 private:
  HostState host_;
};

}  // namespace pyfw
