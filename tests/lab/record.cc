#include "lab/record.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "lab/goals.h"
#include "lab/picture.h"
#include "lab/tutorial.h"
#include "sys/process.h"

namespace pyfw::lab {
namespace {

constexpr auto kFolder = PYFW_SOURCE_DIR "/tests/lab/recorded";
constexpr auto kWishes = PYFW_SOURCE_DIR "/examples/tutorial.yaml";

Result<std::string> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("can't read " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> write(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) return fail("can't write " + path);
  return {};
}

Result<void> record_state(const Host& host, const std::string& folder, const std::string& name) {
  auto save = [&](const char* extension, const std::vector<std::string>& argv) -> Result<void> {
    TRY(auto text, host.output(argv));
    return write(fmt::format("{}/{}.{}", folder, name, extension), text);
  };
  TRY_VOID(save("iptables-save", {"/usr/sbin/iptables-save"}));
  TRY_VOID(save("ip6tables-save", {"/usr/sbin/ip6tables-save"}));
  TRY_VOID(save("ipset-save", {"/usr/sbin/ipset", "save"}));
  TRY_VOID(save("rules", {"/usr/sbin/iptables", "-S"}));
  return save("yaml", {PYFW_PROGRAM, "state"});
}

// pyfw, when root runs it, reads wishes only from a file that is root's.
class OwnCopy {
 public:
  static Result<OwnCopy> of(std::string_view text) {
    std::string folder = std::filesystem::temp_directory_path() / "pyfw-demo-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) return system_error("mkdtemp");
    OwnCopy copy(folder);
    TRY_VOID(write(copy.path(), text));
    return copy;
  }
  OwnCopy(OwnCopy&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  OwnCopy& operator=(OwnCopy&&) = delete;
  ~OwnCopy() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string path() const { return folder_ + "/wishes.yaml"; }

 private:
  explicit OwnCopy(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace

Result<void> record(const std::string& folder) {
  TRY(auto tutorial, Tutorial::build());
  const auto& host = tutorial.docker_host;
  TRY(auto picture, draw(tutorial));
  TRY_VOID(write(folder + "/picture.txt", picture));
  TRY_VOID(record_state(host, folder, "plain"));
  TRY(auto wishes, tutorial_wishes());
  TRY_VOID(host.write_file("/etc/pyfw/wishes.yaml", wishes));
  TRY_VOID(host.output({PYFW_PROGRAM, "--apply"}));
  TRY_VOID(record_state(host, folder, "applied"));
  TRY_VOID(tutorial.restart_docker());
  return record_state(host, folder, "restarted");
}

Result<std::string> recorded(const std::string& name) {
  return contents(fmt::format("{}/{}", kFolder, name));
}

Result<std::string> plan_from_recording(const std::string& name) {
  auto file = [&](const char* extension) { return fmt::format("{}/{}.{}", kFolder, name, extension); };
  TRY(auto text, tutorial_wishes());
  TRY(auto wishes, OwnCopy::of(text));
  TRY(auto planned, run({PYFW_PROGRAM, "--wishes", wishes.path(), "--iptables-save", file("iptables-save"),
                         "--ip6tables-save", file("ip6tables-save"), "--ipset-save", file("ipset-save")}));
  if (planned.status != 0) return fail(planned.err);
  return planned.out;
}

Result<std::string> intruder_in_recording(const std::string& name) {
  TRY(auto traced, run({PYFW_PROGRAM, "trace", "--use-state", fmt::format("{}/{}.yaml", kFolder, name),
                        "--from", "192.168.122.66", "--to", "192.168.122.190:8000"}));
  if (traced.status != 0) return fail(traced.err);
  return traced.out;
}

Result<std::string> goals_in_recording(const std::string& name) {
  TRY(auto goals, OwnCopy::of(kGoals));
  TRY(auto checked, run({PYFW_PROGRAM, "check", "--use-state", fmt::format("{}/{}.yaml", kFolder, name),
                         "--wishes", goals.path()}));
  if (checked.out.empty()) return fail(checked.err);
  return checked.out;
}

Result<std::string> tutorial_wishes() { return contents(kWishes); }

}  // namespace pyfw::lab
