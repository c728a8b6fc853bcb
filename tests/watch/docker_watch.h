// A host with a real Docker, which publishes the port of a container, and the daemon that holds wishes there;
// beside it one who may get in and one who may not.
//
//   start_docker();
//   if (IsSkipped()) return;
//   wish(kWishes); apply_for_good(); start_watch();
//   auto knocker = knock();
//   restart_docker();
//   EXPECT_EQ(knocker.stop().opened, 0);
//
// Wishes have names that begin with "ours_", so that all other rules are known as foreign.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/docker.h"
#include "lab/knocker.h"
#include "lab/network.h"
#include "watch/watching.h"

namespace pyfw::netns {

inline constexpr const char* kLiveRestore = R"({"live-restore": true})";

class DockerWatchTest : public WatchTest {
 protected:
  // Docker with the container `web`, whose port 80 is published as 192.168.122.190:8000.
  void start_docker(std::string_view daemon_json = "{}\n");
  // Returns when web serves again.
  void restart_docker();
  std::string client(const std::vector<std::string>& arguments) const;
  [[nodiscard]] std::string address_of(const std::string& container) const;

  // The intruder, who tries to connect to web all the time.
  [[nodiscard]] lab::Knocker knock() const;
  // That host2 is let in to web.
  void expect_host2_gets_in() const;

  // By "iptables filter FORWARD", as they follow each other; without those of pyfw.
  using Foreign = std::map<std::string, std::vector<std::string>>;
  [[nodiscard]] Foreign foreign_rules() const;

  [[nodiscard]] const lab::Docker& docker() const { return *docker_; }

 private:
  lab::Host add(const std::string& name, const std::string& address);

  std::optional<lab::Network> network_;
  std::optional<lab::Host> host2_;
  std::optional<lab::Host> intruder_;
  std::optional<lab::Docker> docker_;
};

}  // namespace pyfw::netns
