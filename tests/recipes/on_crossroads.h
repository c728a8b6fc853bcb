// Real packets between the hosts of crossroads.h, and what became of them. All tests share one Docker, whose
// rules each of them finds as Docker left them.
//
//   class Recipes : public OnCrossroads {};
//   TEST_F(Recipes, …) {
//     run({"iptables -I DOCKER-USER -i eth0 -j DROP"});
//     expect({.visits = {{"stranger", "203.0.113.10:8000", lab::Reach::kDropped}}});
//   }

#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lab/probe.h"
#include "recipes/crossroads.h"
#include "recipes/exchange.h"
#include "recipes/open_connection.h"
#include "sys/process.h"

namespace pyfw::recipes {

// Who connects to which address and port.
struct Visit {
  std::string from;
  std::string to;
  lab::Reach is;
};

// Who sends a datagram, from which port (0: any), to whom.
struct Letter {
  std::string from;
  std::uint16_t from_port;
  std::string to;
  std::string address;
  std::uint16_t port;
  Exchange is;
};

// Who pings whom, and whether there is an answer.
struct Echo {
  std::string from;
  std::string address;
  bool is_answered;
};

struct Traffic {
  std::vector<Visit> visits{};
  std::vector<Letter> letters{};
  std::vector<Echo> echoes{};
};

class OnCrossroads : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  static void expect(const Traffic& traffic);
  static OpenConnection open(const Visit& visit);

  // On the docker host.
  static Outcome pyfw(std::vector<std::string> arguments);
  static void run(const std::vector<std::string>& commands);
  // "server", "recipes/subnet": the file of examples/.
  static void wish(const std::string& example);
  // The names of the expectations that `pyfw check` says do not hold.
  static std::vector<std::string> crossed(const std::string& checked);
  // Both families' rules, sorted, without what counts.
  static std::vector<std::string> rules();
  static void restart_docker();

 private:
  std::map<std::string, std::string> saves_;
};

}  // namespace pyfw::recipes
