#include "app/state.h"

#include <fmt/format.h>
#include <unistd.h>

#include "app/print.h"
#include "app/whole_host.h"
#include "base/strings.h"
#include "host/state_document.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "sys/files.h"

namespace pyfw {
namespace {

std::string as_text(const HostState& host, const std::string& format) {
  if (format == "json") return write_state_json(host);
  if (format == "save") return write_state_save(host);
  return write_state_yaml(host);
}

// Each tool's text has a file of its own, so that each tool can restore it; or one document, if one was asked
// for.
Result<void> save(const HostState& host, const Options& options) {
  if (!options.format.empty() && options.format != "save") {
    TRY_VOID(replace_file(options.save, as_text(host, options.format)));
    print_out(fmt::format("wrote {}\n", options.save));
    return {};
  }
  struct File {
    std::string name;
    std::string text;
    std::string_view restore;
  };
  std::vector<File> files = {
      {options.save, write_iptables_save(host.state.iptables), "iptables-restore"},
      {options.save + ".ip6tables", write_iptables_save(host.state.ip6tables), "ip6tables-restore"},
      {options.save + ".ipset", write_ipset_save(host.state.sets), "ipset restore"}};
  for (const auto& [name, text, restore] : files) {
    // What an earlier save left there must not be taken for a part of this one.
    bool says_something = !text.empty() || name == options.save || access(name.c_str(), F_OK) == 0;
    if (!says_something) continue;
    TRY_VOID(replace_file(name, text));
    print_out(fmt::format("wrote {}, for: {} < {}\n", name, restore, shell_quote(name)));
  }
  return {};
}

}  // namespace

ExitCode run_state(const Options& options, const World& world) {
  auto host = read_whole_host(options, world);
  if (!host) return report(host.error());
  if (options.save.empty()) {
    print_out(as_text(*host, options.format));
  } else if (auto saved = save(*host, options); !saved) {
    return report(saved.error());
  }
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
