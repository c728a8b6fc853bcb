#include "examine/examine.h"

#include <charconv>
#include <filesystem>
#include <fstream>

#include "base/strings.h"
#include "examine/ask_docker_daemon.h"
#include "examine/examine_self.h"
#include "examine/read_text.h"
#include "examine/read_unit_files.h"
#include "examine/try_features.h"
#include "kernel/all_facts.h"
#include "kernel/find_backend.h"
#include "kernel/linux_kernel.h"
#include "sys/namespace_part.h"
#include "sys/programs.h"
#include "sys/state_dir.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? std::optional(number) : std::nullopt;
}

KernelLimits read_limits() {
  KernelLimits out{.connections = number_in("/proc/sys/net/netfilter/nf_conntrack_count"),
                   .most_connections = number_in("/proc/sys/net/netfilter/nf_conntrack_max")};
  std::error_code error;
  for (fs::directory_iterator entry("/proc/sys/net/ipv6/conf", error), end; !error && entry != end;
       entry.increment(error))
    if (auto accepts = number_in(entry->path() / "accept_ra"))
      out.accept_ra[entry->path().filename()] = static_cast<int>(*accepts);
  return out;
}

OtherFirewalls read_other_firewalls(const std::string& root) {
  auto text_of = [&](const std::string& path) { return read_small_file(root + path).value_or(""); };
  OtherFirewalls out{.firewalld_conf = text_of("/etc/firewalld/firewalld.conf"),
                     .shorewall_conf = text_of("/etc/shorewall/shorewall.conf"),
                     .ferm_conf = text_of("/etc/ferm/ferm.conf"),
                     .ufw_conf = text_of("/etc/ufw/ufw.conf")};
  for (const auto& [path, unit] : {std::pair{"/etc/iptables/rules.v4", "netfilter-persistent.service"},
                                   {"/etc/iptables/rules.v6", "netfilter-persistent.service"},
                                   {"/etc/sysconfig/iptables", "iptables.service"},
                                   {"/etc/sysconfig/ip6tables", "ip6tables.service"},
                                   {"/etc/iptables/iptables.rules", "iptables.service"},
                                   {"/etc/iptables/ip6tables.rules", "ip6tables.service"}})
    if (auto text = read_small_file(root + path))
      out.saved.push_back({.path = path, .unit = unit, .text = std::move(*text)});
  for (const char* path : {"/etc/nftables.conf", "/etc/sysconfig/nftables.conf"})
    if (auto text = read_small_file(root + path)) {
      out.nftables_path = path;
      out.nftables_conf = std::move(*text);
      break;
    }
  return out;
}

std::vector<InstalledProgram> read_programs() {
  std::vector<InstalledProgram> out;
  for (const char* name : {"iptables", "ip6tables", "ipset"}) {
    InstalledProgram program{.name = name};
    if (auto path = find_program(name)) {
      auto said = run({*path, "--version"}, {.timeout_ms = 5'000});
      program.version = said && said->status == 0 ? std::string(trim(split(said->out, '\n')[0])) : "unknown";
    }
    out.push_back(std::move(program));
  }
  return out;
}

class Examiner {
 public:
  explicit Examiner(const Examination& examination) : examination_(examination) {}

  Examined examine() && {
    auto root = require_root();
    out_.is_root = root.has_value();
    out_.usual = usual_backend();
    read_files();
    if (root)
      read_as_root();
    else
      read_as_user(root.error().message);
    out_.limits = read_limits();
    out_.programs = read_programs();
    return std::move(out_);
  }

 private:
  void miss(std::string what, std::string why) {
    out_.unseen.push_back({.what = std::move(what), .why = std::move(why)});
  }

  // Another namespace has neither the machine's boot nor its files of firewalls.
  void read_files() {
    auto part = part_of_this_namespace();
    bool is_host = examination_.files_are_of_here.value_or(part && *part == kHostPart);
    if (!is_host) return;
    out_.units = Units(read_unit_files(examination_.root));
    out_.others = read_other_firewalls(examination_.root);
  }

  void take(AllFacts all) {
    out_.host.facts = std::move(all.facts);
    out_.host.other = std::move(all.other_rules);
    for (auto& warning : all.warnings) miss("all of this host", std::move(warning.message));
  }

  void read_as_user(const std::string& why) {
    out_.are_rules_known = false;
    miss("rules, sets and what pyfw keeps", why);
    if (auto all = read_all_facts())
      take(std::move(*all));
    else
      miss("interfaces and routes", all.error().message);
    ask_docker();
  }

  void read_as_root() {
    auto choice = find_main_backend(examination_.backend);
    auto backend = choice ? choice->backend : *out_.usual;
    if (!choice) miss("the backend of the rules", choice.error().message);
    out_.host.backend = backend;
    auto kernel = examination_.make_kernel(backend);
    read_rules(*kernel);
    if (auto all = kernel->all_facts())
      take(std::move(*all));
    else
      miss("interfaces and routes", all.error().message);
    ask_docker();
    read_self(*examination_.make_kernel(backend));
    if (auto missing = try_features(backend))
      out_.missing = std::move(*missing);
    else
      miss("what the kernel has", missing.error().message);
  }

  void read_rules(Kernel& kernel) {
    auto state = kernel.read();
    out_.are_rules_known = state.has_value();
    if (!state) return miss("the rules", state.error().message);
    out_.host.state = std::move(*state);
    if (auto whole = kernel.finish_reading(); !whole) out_.hidden_rules = whole.error().message;
  }

  void ask_docker() {
    if (!out_.host.facts.docker) return;
    if (auto daemon = ask_docker_daemon(out_.units, examination_.root))
      out_.daemon = std::move(*daemon);
    else
      miss("how Docker is set up", daemon.error().message);
  }

  void read_self(Kernel& kernel) {
    auto part = part_of_this_namespace();
    if (!part) return miss("what pyfw keeps", part.error().message);
    auto store = open_state_dir(examination_.state_dir, *part, StateAccess::kLook);
    if (store) {
      out_.own = examine_self(**store, kernel, out_.unseen);
    } else {
      out_.own.damage = store.error().message;
      out_.own.state_dir = examination_.state_dir;
    }
  }

  const Examination& examination_;
  Examined out_{};
};

}  // namespace

Examined examine(const Examination& examination) { return Examiner(examination).examine(); }

}  // namespace pyfw
