#include "events/docker_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <thread>

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What listens where Docker would.
class StandIn {
 public:
  explicit StandIn(const std::string& path) : listening_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, static_cast<char*>(address.sun_path));
    unlink(path.c_str());
    if (bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(listening_.get(), 5) != 0)
      throw std::runtime_error("listen");
  }

  std::string accept_and_read() {
    connection_ = Fd(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 4096> text{};
    auto got = recv(connection_.get(), text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }
  void say(std::string_view text) const {
    ASSERT_GT(send(connection_.get(), text.data(), text.size(), 0), 0);
  }
  void hang_up() { connection_ = Fd(); }

 private:
  Fd listening_;
  Fd connection_;
};

class DockerEventsTest : public testing::Test {
 protected:
  DockerEventsTest()
      : path_((std::filesystem::temp_directory_path() / ("pyfw-" + std::to_string(getpid()))).string()) {}
  ~DockerEventsTest() override { unlink(path_.c_str()); }

  // It is tried now and then.
  static void connect_in_time(DockerEvents& events) {
    for (int i = 0; i < 100 && !events.is_connected(); ++i) {
      events.connect_again();
      std::this_thread::sleep_for(DockerEvents::kTryEach / 2);
    }
    ASSERT_TRUE(events.is_connected());
  }

  std::string path_;
};

TEST_F(DockerEventsTest, ListenToWhatContainersAndNetworksDo) {
  StandIn docker(path_);
  DockerEvents events(path_);
  ASSERT_TRUE(events.connect_again());
  auto asked = docker.accept_and_read();
  EXPECT_THAT(asked, StartsWith("GET /events?filters=%7B"));
  EXPECT_THAT(asked, HasSubstr(" HTTP/1.0\r\n"));
  EXPECT_FALSE(events.take());
  docker.say("HTTP/1.0 200 OK\r\n\r\n{\"status\":\"start\"}\n");
  EXPECT_TRUE(events.take());
  EXPECT_FALSE(events.take());
}

TEST_F(DockerEventsTest, OneThatGoesIsHeardOfAndFoundAgain) {
  DockerEvents events(path_);
  EXPECT_FALSE(events.connect_again());
  EXPECT_EQ(events.fd(), -1);
  std::optional<StandIn> docker(std::in_place, path_);
  connect_in_time(events);
  docker->accept_and_read();
  docker->hang_up();
  EXPECT_TRUE(events.take());
  EXPECT_FALSE(events.is_connected());
  docker.emplace(path_);
  connect_in_time(events);
}

TEST_F(DockerEventsTest, WithoutASocketNothingIsTried) {
  DockerEvents events("");
  EXPECT_FALSE(events.connect_again());
  EXPECT_FALSE(events.take());
}

}  // namespace
}  // namespace pyfw
