#include "sys/programs.h"

#include <fmt/format.h>

#include <filesystem>

#include "nf/ruleset.h"
#include "sys/process.h"

namespace pyfw {

Result<std::string> program_for(Family family, Backend backend, std::string_view what) {
  auto dash = what.empty() ? "" : "-";
  auto found = find_program(fmt::format("{}-{}{}{}", program_of(family), name_of(backend), dash, what));
  if (found || backend != usual_backend()) return found;
  return find_program(fmt::format("{}{}{}", program_of(family), dash, what));
}

Backend usual_backend() {
  auto iptables = find_program("iptables");
  if (!iptables) return Backend::kNft;
  std::error_code none;
  auto name = std::filesystem::canonical(*iptables, none).filename().string();
  if (name.find("legacy") != std::string::npos) return Backend::kLegacy;
  if (name.find("nft") != std::string::npos) return Backend::kNft;
  // Before there were two, "iptables v1.6.2" said nothing of them.
  auto version = run({*iptables, "--version"});
  bool is_nft = version && version->out.find("nf_tables") != std::string::npos;
  return is_nft ? Backend::kNft : Backend::kLegacy;
}

}  // namespace pyfw
