#include "app/state.h"

#include "app/print.h"
#include "app/sources.h"
#include "host/state_document.h"

namespace pyfw {
namespace {

Result<HostState> read_host(const Options& options) {
  TRY(auto kernel, kernel_of(options));
  TRY(auto state, kernel->read());
  TRY(auto facts, kernel->facts());
  return HostState{.state = std::move(state), .facts = std::move(facts)};
}

std::string as_text(const HostState& host, const std::string& format) {
  if (format == "json") return write_state_json(host);
  if (format == "save") return write_state_save(host);
  return write_state_yaml(host);
}

}  // namespace

ExitCode run_state(const Options& options) {
  auto host = read_host(options);
  if (!host) {
    print_error(host.error());
    return host.error().kind == ErrorKind::kBadInput ? ExitCode::kBadInput : ExitCode::kFailed;
  }
  print_out(as_text(*host, options.format));
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
