#include "docker/docker_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/fd.h"

namespace pyfw {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// Something that listens on a unix socket, and answers each who asks with the same text.
class OddDocker : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "pyfw-docker-XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ + "/docker.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path_, static_cast<char*>(address.sun_path));
    listening_ = Fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(bind(listening_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(listen(listening_.get(), 8), 0);
  }
  void TearDown() override {
    shutdown(listening_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    std::filesystem::remove_all(folder_);
  }

  // To one who asks. Hangs up then, unless it is told to stay.
  void answer(const std::string& text, bool stays = false) {
    thread_ = std::thread([this, text, stays] {
      Fd client(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client.valid()) return;
      asked_.resize(4096);
      auto got = recv(client.get(), asked_.data(), asked_.size(), 0);
      asked_.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      for (std::string_view left = text; !left.empty();) {
        auto sent = send(client.get(), left.data(), left.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        left.remove_prefix(static_cast<std::size_t>(sent));
      }
      char byte = 0;
      if (stays) (void)!recv(client.get(), &byte, 1, 0);  // until the other one hangs up
    });
  }

  std::string folder_;
  std::string path_;
  std::string asked_;
  std::thread thread_;
  Fd listening_;
};

TEST_F(OddDocker, IsAskedInWordsThatItAnswersUnchunked) {
  answer("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]");
  auto got = DockerSocket(path_).get("/networks");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "[]");
  thread_.join();
  EXPECT_THAT(asked_, StartsWith("GET /networks HTTP/1.0\r\n"));
}

TEST_F(OddDocker, ThatTalksRubbishGivesAnError) {
  answer("\x16\x03 rubbish");
  auto got = DockerSocket(path_).get("/networks");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "Docker does not answer: what it says is no HTTP");
}

TEST_F(OddDocker, ThatNeverAnswersIsNotWaitedForForever) {
  answer("HTTP/1.0 200 OK\r\n", true);
  auto got = DockerSocket(path_, {.time = 50ms}).get("/networks");
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().message, HasSubstr("it takes too long"));
}

TEST_F(OddDocker, ThatNeverEndsIsCutOff) {
  answer("HTTP/1.0 200 OK\r\n\r\n" + std::string(200'000, ' '), true);
  auto got = DockerSocket(path_, {.bytes = 100'000}).get("/networks");
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().message, HasSubstr("has no end"));
}

TEST_F(OddDocker, ItsProcessIsKnown) {
  EXPECT_EQ(*DockerSocket(path_).server(), getpid());
  EXPECT_TRUE(DockerSocket(path_).exists());
}

TEST_F(OddDocker, WhereNobodyListensThatIsTheError) {
  listening_.close();
  DockerSocket socket(path_);
  EXPECT_TRUE(socket.exists());
  auto got = socket.get("/version");
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().message, HasSubstr("Connection refused"));
  EXPECT_FALSE(DockerSocket(folder_ + "/none").exists());
  EXPECT_FALSE(DockerSocket(folder_ + "/" + std::string(200, 'x')).get("/version"));
}

TEST(HttpAnswerOf, StatusAndBody) {
  auto answer = parse_http_answer("HTTP/1.0 404 Not Found\r\nServer: Docker\r\n\r\n{}\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "{}\n");
}

TEST(HttpAnswerOf, OneThatWasCutIsNone) {
  EXPECT_FALSE(parse_http_answer(""));
  EXPECT_FALSE(parse_http_answer("HTTP/1.0 200 OK\r\n"));
  EXPECT_FALSE(parse_http_answer("HTTP/1.0 200 OK\r\ncontent-LENGTH: 3\r\n\r\n[]"));
  EXPECT_FALSE(parse_http_answer("HTTP/1.0 OK\r\n\r\n[]"));
}

TEST(DockerSocketPath, IsWhereDockerHostSays) {
  setenv("DOCKER_HOST", "unix:///tmp/other.sock", 1);
  EXPECT_EQ(docker_socket_path(), "/tmp/other.sock");
  setenv("DOCKER_HOST", "tcp://192.0.2.1:2375", 1);
  EXPECT_EQ(docker_socket_path(), std::nullopt);
  unsetenv("DOCKER_HOST");
  EXPECT_EQ(docker_socket_path(), "/var/run/docker.sock");
}

}  // namespace
}  // namespace pyfw
