#include "sys/host_settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

namespace pyfw {
namespace {

namespace fs = std::filesystem;

constexpr int kUsualTtl = 64;

int number_in(const std::string& path, int otherwise = 0) {
  std::ifstream file(path);
  int number = 0;
  return file >> number ? number : otherwise;
}

bool is_on(const std::string& path) { return number_in(path) != 0; }

// The folder has one for each interface, and "all" and "default".
template <typename Read>
void read_each(const std::string& folder, Settings& settings, Read read) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    read(entry->path().string() + "/", settings.interfaces[entry->path().filename().string()]);
}

}  // namespace

Settings read_settings(const std::string& folder) {
  Settings settings{.ip_forward = is_on(folder + "/ipv4/ip_forward"),
                    .bridge_nf_call_iptables = is_on(folder + "/bridge/bridge-nf-call-iptables"),
                    .bridge_nf_call_ip6tables = is_on(folder + "/bridge/bridge-nf-call-ip6tables"),
                    .default_ttl = static_cast<std::uint8_t>(
                        std::clamp<int>(number_in(folder + "/ipv4/ip_default_ttl", kUsualTtl), 1,
                                        std::numeric_limits<std::uint8_t>::max()))};
  read_each(folder + "/ipv4/conf", settings, [](const std::string& path, InterfaceSettings& interface) {
    // Any number above 2 is taken for 2 by the kernel, and none below 0 is.
    interface.rp_filter = std::clamp(number_in(path + "rp_filter"), 0, 2);
    interface.route_localnet = is_on(path + "route_localnet");
    interface.forwards_ipv4 = is_on(path + "forwarding");
  });
  read_each(folder + "/ipv6/conf", settings, [](const std::string& path, InterfaceSettings& interface) {
    interface.forwards_ipv6 = is_on(path + "forwarding");
  });
  return settings;
}

}  // namespace pyfw
