#include "app/import_script.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/print.h"
#include "cage/caged_run.h"
#include "cage/dockers_part.h"
#include "cage/files_of_root.h"
#include "cage/lost_rules.h"
#include "cage/network.h"
#include "cage/run_words.h"
#include "sys/files.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

Result<CagedScript> read_script(const std::string& path) {
  TRY(auto source, read_file(path, Trust::kAnybody));
  std::error_code error;
  auto absolute = std::filesystem::absolute(path, error).lexically_normal().string();
  return CagedScript{.path = error ? path : absolute, .text = source->text};
}

}  // namespace

Result<Adopted> import_script(const std::string& path, const HostState& host, const AdoptOptions& options) {
  TRY(auto script, read_script(path));
  CageHost in_cage{.facts = host.facts,
                   .start = dockers_part(host.state, host.facts, script.text),
                   .backend = host.backend.value_or(usual_backend()),
                   .files = files_of_root(script)};
  TRY(auto first, run_caged(script, in_cage));
  print_err(words_about(path, first, lost_rules(in_cage.start, first.state)));
  auto how = options;
  how.script = std::filesystem::path(path).filename().string();
  auto external = external_interface(host.facts, Family::kIpv4);
  if (!external) external = external_interface(host.facts, Family::kIpv6);
  if (!external) {
    print_note("no default route is known, so no wish says ${external_interface}");
    return adopt(first.state, host.facts, how);
  }
  in_cage.renamed = other_names(host.facts, script.text);
  TRY(auto second, run_caged(script, in_cage));
  return adopt_renamed({.state = first.state, .external_interface = *external},
                       {.state = second.state, .external_interface = in_cage.renamed.at(*external)}, how);
}

}  // namespace pyfw
