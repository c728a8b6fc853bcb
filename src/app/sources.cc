#include "app/sources.h"

#include "kernel/linux_kernel.h"
#include "kernel/saved_kernel.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "sys/files.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

Result<std::shared_ptr<const Source>> read_members(const Source& wishes_file, const Located& path) {
  auto full = path.text;
  auto slash = wishes_file.name.rfind('/');
  if (!full.starts_with('/') && slash != std::string::npos)
    full = wishes_file.name.substr(0, slash + 1) + full;
  auto file = read_file(full, Trust::kOwner);
  if (!file) file.error().place = path.place;
  return file;
}

}  // namespace

ReadWishes wishes_of(const Options& options) {
  return [path = options.wishes]() -> Result<Wishes> {
    TRY(auto paths, wishes_files(path));
    std::vector<std::shared_ptr<const Source>> files;
    for (const auto& file : paths) {
      TRY(auto source, read_file(file, Trust::kOwner));
      files.push_back(std::move(source));
    }
    return parse_wishes(files, read_members);
  };
}

Result<HostState> saved_host_of(const Options& options) {
  if (!options.use_state.empty()) {
    TRY(auto document, read_file(options.use_state, Trust::kAnybody));
    return parse_state_yaml(document);
  }
  HostState host;
  if (!options.iptables_save.empty()) {
    TRY(auto file, read_file(options.iptables_save, Trust::kAnybody));
    TRY(host.state.iptables, parse_iptables_save(file));
  }
  if (!options.ip6tables_save.empty()) {
    TRY(auto file, read_file(options.ip6tables_save, Trust::kAnybody));
    TRY(host.state.ip6tables, parse_iptables_save(file));
  }
  if (!options.ipset_save.empty()) {
    TRY(auto file, read_file(options.ipset_save, Trust::kAnybody));
    TRY(host.state.sets, parse_ipset_save(file));
  }
  return host;
}

Result<std::unique_ptr<Kernel>> saved_kernel_of(const Options& options) {
  TRY(auto host, saved_host_of(options));
  return std::make_unique<SavedKernel>(std::move(host));
}

Result<std::unique_ptr<Kernel>> classic_kernel_of(const Options& options) {
  if (options.has_saved_state()) return saved_kernel_of(options);
  return std::make_unique<LinuxKernel>(usual_backend());
}

}  // namespace pyfw
