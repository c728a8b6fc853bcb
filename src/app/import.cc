#include "app/import.h"

#include <fmt/format.h>
#include <unistd.h>

#include "adopt/adopt.h"
#include "app/import_script.h"
#include "app/live_host.h"
#include "app/print.h"
#include "app/sources.h"
#include "kernel/saved_kernel.h"
#include "kernel/spell_saved.h"
#include "sys/files.h"

namespace pyfw {
namespace {

Result<HostState> read_host(const Options& options, const World& world) {
  if (options.has_saved_state()) return saved_host_of(options);
  TRY(auto host, open_live_host(options, world, Access::kLook));
  TRY(auto state, host.kernel->read());
  TRY_VOID(host.kernel->finish_reading());
  TRY(auto facts, host.kernel->facts());
  return HostState{.state = std::move(state), .facts = std::move(facts), .backend = host.kernel->backend()};
}

std::string beside(const std::string& file, const std::string& name) {
  auto slash = file.rfind('/');
  return slash == std::string::npos ? name : file.substr(0, slash + 1) + name;
}

// Nothing is written where one of them is there.
Result<void> write_all(const Adopted& adopted, const Options& options) {
  std::vector<AdoptedFile> files;
  for (const auto& file : adopted.files) files.push_back({beside(options.output, file.name), file.text});
  files.push_back({options.output, adopted.text});
  for (const auto& file : files)
    if (!options.forces && ::access(file.name.c_str(), F_OK) == 0)
      return bad_input(fmt::format("{} is there already", file.name),
                       "--force writes it anew; what it held becomes a file that ends in .bak");
  for (const auto& file : files) {
    TRY_VOID(replace_file(file.name, file.text));
    print_err(fmt::format("wrote {}\n", file.name));
  }
  return {};
}

}  // namespace

ExitCode run_import(const Options& options, const World& world) {
  auto host = read_host(options, world);
  if (!host) return report(host.error());
  AdoptOptions how{.from = options.script.empty() ? AdoptedFrom::kHost : AdoptedFrom::kScript,
                   .naming = options.keeps_text ? Naming::kKeepText : Naming::kNameAll,
                   .whose = options.imports_all ? Whose::kAll : Whose::kOwners,
                   .members_in = options.output.empty() ? MembersIn::kWishes : MembersIn::kFilesBeside};
  if (options.has_saved_state() && options.script.empty()) {
    SavedKernel kernel(*host);
    how.refused =
        refused_by_kernel(host->state, [&](const SpellRequest& request) { return kernel.spell(request); });
  }
  auto adopted = options.script.empty()
                     ? Result<Adopted>(adopt(host->state, host->facts, how))
                     : import_script({options.script, options.script_arguments}, *host, how);
  if (!adopted) return report(adopted.error());
  if (options.output.empty()) {
    print_out(adopted->text);
  } else if (auto written = write_all(*adopted, options); !written) {
    return report(written.error());
  }
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
