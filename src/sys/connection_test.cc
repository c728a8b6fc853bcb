// Process trees as they are on real machines, in a /proc of their own making.

#include "sys/connection.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace pyfw {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr unsigned kEstablished = 1;
constexpr unsigned kCloseWait = 8;
constexpr unsigned kListen = 10;

std::string hex(const TcpEnd& end) {
  std::string text;
  for (std::size_t at = 0; at < address_bits(end.ip.family()) / 8; at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, end.ip.bytes().data() + at, sizeof word);
    text += fmt::format("{:08X}", word);
  }
  return fmt::format("{}:{:04X}", text, end.port);
}

TcpEnd at(std::string_view ip, std::uint16_t port) { return {.ip = Ip::parse(ip).value(), .port = port}; }

struct Made {
  pid_t pid;
  pid_t parent;
  std::string name;
  std::uint64_t started;
  std::vector<std::uint64_t> sockets{};
  std::string ssh_connection{};
  std::string space = "host";
};

class ConnectionOfCaller : public testing::Test {
 protected:
  void SetUp() override {
    auto path = fs::temp_directory_path() / "pyfw_proc_XXXXXX";
    proc_ = path.string();
    ASSERT_NE(mkdtemp(proc_.data()), nullptr);
    listen("host", at("0.0.0.0", 22), 10);
  }
  void TearDown() override { fs::remove_all(proc_); }

  void process(const Made& made) const {
    auto folder = fs::path(proc_) / std::to_string(made.pid);
    fs::create_directories(folder / "fd");
    fs::create_directories(folder / "ns");
    write(folder / "stat", fmt::format("{} ({}) S {} 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {} 0 0\n", made.pid,
                                       made.name, made.parent, made.started));
    fs::create_symlink("/dev/null", folder / "fd/0");
    fs::create_symlink("pipe:[10]", folder / "fd/1");
    int number = 3;
    for (auto inode : made.sockets)
      fs::create_symlink(fmt::format("socket:[{}]", inode), folder / "fd" / std::to_string(number++));
    auto environment = std::string("HOME=/root") + '\0';
    if (!made.ssh_connection.empty()) environment += "SSH_CONNECTION=" + made.ssh_connection + '\0';
    write(folder / "environ", environment);
    fs::create_symlink("net:[" + made.space + "]", folder / "ns/net");
    fs::create_directories(fs::path(proc_) / ("net-" + made.space));
    fs::create_symlink("../net-" + made.space, folder / "net");
  }
  void caller(pid_t pid) const { fs::create_symlink(std::to_string(pid), fs::path(proc_) / "self"); }

  void socket(const std::string& space, unsigned state, const TcpEnd& local, const TcpEnd& remote,
              std::uint64_t inode) const {
    auto folder = fs::path(proc_) / ("net-" + space);
    fs::create_directories(folder);
    std::ofstream file(folder / (local.ip.family() == Family::kIpv4 ? "tcp" : "tcp6"), std::ios::app);
    file << fmt::format(
        "   0: {} {} {:02X} 00000000:00000000 00:00000000 00000000     0        0 {} 1 0 20\n", hex(local),
        hex(remote), state, inode);
  }
  void listen(const std::string& space, const TcpEnd& local, std::uint64_t inode) const {
    socket(space, kListen, local, {.ip = local.ip.masked(0), .port = 0}, inode);
  }
  void client(std::uint16_t port, std::uint64_t inode, unsigned state = kEstablished) const {
    socket("host", state, at("192.0.2.1", 22), at("203.0.113.7", port), inode);
  }
  // init, the listening sshd, and for a connection its two processes and the user's shell: `first`, +1, +2.
  void boot() const {
    process({.pid = 1, .parent = 0, .name = "systemd", .started = 5});
    process({.pid = 90, .parent = 1, .name = "sshd", .started = 500, .sockets = {10}});
  }
  void login(pid_t first, std::uint64_t started, std::uint16_t port, std::uint64_t inode) const {
    client(port, inode);
    process({.pid = first, .parent = 90, .name = "sshd", .started = started, .sockets = {inode, 7}});
    process(
        {.pid = first + 1, .parent = first, .name = "sshd", .started = started + 20, .sockets = {inode, 8}});
    process({.pid = first + 2,
             .parent = first + 1,
             .name = "bash",
             .started = started + 25,
             .ssh_connection = fmt::format("203.0.113.7 {} 192.0.2.1 22", port)});
  }

  [[nodiscard]] std::optional<CallerConnection> found() const {
    auto connection = connection_of_caller(proc_);
    EXPECT_TRUE(connection) << connection.error().message;
    return connection.value_or(std::nullopt);
  }
  static std::int64_t ms(std::uint64_t ticks) {
    return static_cast<std::int64_t>(ticks) * 1000 / sysconf(_SC_CLK_TCK);
  }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

  std::string proc_;
};

TEST_F(ConnectionOfCaller, IsThatOfTheSshdAboveEvenUnderSudo) {
  boot();
  login(200, 70'000, 50412, 42);
  process({.pid = 300, .parent = 202, .name = "sudo", .started = 90'000, .sockets = {77}});
  process({.pid = 301, .parent = 300, .name = "pyfw", .started = 90'001});
  caller(301);
  EXPECT_EQ(found(), (CallerConnection{.from = "203.0.113.7:50412",
                                       .to = "192.0.2.1:22",
                                       .opened_at = ms(70'000),
                                       .process = 200,
                                       .program = "sshd"}));
}

TEST_F(ConnectionOfCaller, EachOfSeveralHasItsOwnAge) {
  boot();
  login(200, 70'000, 50412, 42);
  login(400, 99'000, 50500, 43);
  process({.pid = 500, .parent = 402, .name = "pyfw", .started = 99'500});
  caller(500);
  EXPECT_EQ(found()->from, "203.0.113.7:50500");
  EXPECT_EQ(found()->opened_at, ms(99'000));
}

TEST_F(ConnectionOfCaller, AConsoleHasNone) {
  boot();
  login(200, 70'000, 50412, 42);
  process({.pid = 300, .parent = 1, .name = "login", .started = 600, .sockets = {55}});
  process({.pid = 301, .parent = 300, .name = "bash", .started = 700});
  process({.pid = 302, .parent = 301, .name = "pyfw", .started = 90'000});
  caller(302);
  EXPECT_EQ(found(), std::nullopt);
}

TEST_F(ConnectionOfCaller, WhatTheHostOpenedItselfIsNone) {
  boot();
  socket("host", kEstablished, at("192.0.2.1", 40'000), at("203.0.113.9", 443), 66);
  process({.pid = 301, .parent = 1, .name = "agent", .started = 700, .sockets = {66}});
  process({.pid = 302, .parent = 301, .name = "pyfw", .started = 90'000});
  caller(302);
  EXPECT_EQ(found(), std::nullopt);
}

TEST_F(ConnectionOfCaller, InitKeepsCopiesOfWhatItStartsServicesFor) {
  client(50412, 42);
  process({.pid = 1, .parent = 0, .name = "systemd", .started = 5, .sockets = {10, 42}});
  process({.pid = 200, .parent = 1, .name = "sshd", .started = 70'000, .sockets = {42}});
  process({.pid = 301, .parent = 200, .name = "pyfw", .started = 90'001});
  caller(301);
  EXPECT_EQ(found()->process, 200);
  EXPECT_EQ(found()->opened_at, ms(70'000));
}

TEST_F(ConnectionOfCaller, AServerThatIsTheFirstProcessIsFound) {
  client(50412, 42);
  process({.pid = 1, .parent = 0, .name = "socat", .started = 5, .sockets = {42}});
  process({.pid = 2, .parent = 1, .name = "pyfw", .started = 90'001});
  caller(2);
  EXPECT_EQ(found()->process, 1);
}

TEST_F(ConnectionOfCaller, WhatSshdForwardsIsNotTakenForTheLogin) {
  boot();
  login(200, 70'000, 50412, 42);
  // ssh -R 8080:…: the user's sshd listens and accepts, too.
  listen("host", at("127.0.0.1", 8080), 60);
  socket("host", kEstablished, at("127.0.0.1", 8080), at("127.0.0.1", 33'333), 30);
  fs::create_symlink("socket:[30]", fs::path(proc_) / "201/fd/9");
  process({.pid = 300, .parent = 202, .name = "pyfw", .started = 90'000});
  caller(300);
  EXPECT_EQ(found()->from, "203.0.113.7:50412");
  EXPECT_EQ(found()->opened_at, ms(70'000));
}

TEST_F(ConnectionOfCaller, InTmuxItIsTheOneThatTheEnvironmentNames) {
  boot();
  login(200, 70'000, 50412, 42);
  login(400, 99'000, 50500, 43);
  process({.pid = 600,
           .parent = 1,
           .name = "tmux: server",
           .started = 98'000,
           .ssh_connection = "203.0.113.7 50412 192.0.2.1 22"});
  process({.pid = 601,
           .parent = 600,
           .name = "bash",
           .started = 99'100,
           .ssh_connection = "203.0.113.7 50500 192.0.2.1 22"});
  process({.pid = 602, .parent = 601, .name = "sudo", .started = 99'200});
  process({.pid = 603, .parent = 602, .name = "pyfw", .started = 99'201});
  caller(603);
  EXPECT_EQ(found(), (CallerConnection{.from = "203.0.113.7:50500",
                                       .to = "192.0.2.1:22",
                                       .opened_at = ms(99'000),
                                       .process = 400,
                                       .program = "sshd"}));
}

TEST_F(ConnectionOfCaller, OneThatIsNoLongerOpenHasNoAge) {
  boot();
  client(50412, 44, kCloseWait);
  process({.pid = 200, .parent = 90, .name = "sshd", .started = 70'000, .sockets = {44}});
  for (std::string name : {"203.0.113.7 50412 192.0.2.1 22", "203.0.113.7 50411 192.0.2.1 22"}) {
    fs::remove_all(fs::path(proc_) / "603");
    fs::remove(fs::path(proc_) / "self");
    process({.pid = 603, .parent = 1, .name = "pyfw", .started = 99'201, .ssh_connection = name});
    caller(603);
    ASSERT_TRUE(found()) << name;
    EXPECT_EQ(found()->opened_at, std::nullopt) << name;
    EXPECT_EQ(found()->to, "192.0.2.1:22");
    EXPECT_EQ(found()->process, 0);
  }
}

TEST_F(ConnectionOfCaller, ANameThatNamesNothingHasNoAge) {
  boot();
  process({.pid = 603,
           .parent = 1,
           .name = "pyfw",
           .started = 9,
           .ssh_connection = "UNKNOWN 65535 UNKNOWN 65535"});
  caller(603);
  EXPECT_EQ(found(), (CallerConnection{.from = "UNKNOWN 65535 UNKNOWN 65535", .to = ""}));
}

TEST_F(ConnectionOfCaller, ALoginStaysKnownWhenSshdListensNoMore) {
  process({.pid = 1, .parent = 0, .name = "systemd", .started = 5});
  process({.pid = 90, .parent = 1, .name = "sshd", .started = 500});
  login(200, 70'000, 50412, 42);
  fs::remove(fs::path(proc_) / "net-host/tcp");
  client(50412, 42);
  process({.pid = 300, .parent = 202, .name = "pyfw", .started = 90'000});
  caller(300);
  EXPECT_EQ(found()->opened_at, ms(70'000));
}

TEST_F(ConnectionOfCaller, AConnectionFromTheHostToItselfIsSaidToBeOne) {
  boot();
  login(200, 70'000, 50412, 42);
  EXPECT_FALSE((process({.pid = 300, .parent = 202, .name = "pyfw", .started = 90'000}), caller(300), found())
                   ->is_within_host);
  socket("host", kEstablished, at("203.0.113.7", 50412), at("192.0.2.1", 22), 99);
  EXPECT_TRUE(found()->is_within_host);
}

TEST_F(ConnectionOfCaller, AnotherNetworkNamespaceOfTheCommandDoesNotHideIt) {
  boot();
  login(200, 70'000, 50412, 42);
  process({.pid = 300, .parent = 202, .name = "pyfw", .started = 90'000, .space = "other"});
  caller(300);
  EXPECT_EQ(found()->process, 200);
  process({.pid = 600,
           .parent = 1,
           .name = "pyfw",
           .started = 90'000,
           .ssh_connection = "203.0.113.7 50412 192.0.2.1 22",
           .space = "other"});
  fs::remove(fs::path(proc_) / "self");
  caller(600);
  EXPECT_EQ(found()->process, 200);
}

TEST_F(ConnectionOfCaller, Ipv4OverAListenerOfBothFamiliesIsShownAsIpv4) {
  process({.pid = 1, .parent = 0, .name = "systemd", .started = 5});
  fs::remove(fs::path(proc_) / "net-host/tcp");
  listen("host", at("::", 22), 10);
  socket("host", kEstablished, at("::ffff:192.0.2.1", 22), at("::ffff:203.0.113.7", 50412), 42);
  process({.pid = 200, .parent = 1, .name = "sshd", .started = 70'000, .sockets = {42}});
  process({.pid = 300, .parent = 200, .name = "pyfw", .started = 90'000});
  caller(300);
  EXPECT_EQ(found()->from, "203.0.113.7:50412");
}

TEST_F(ConnectionOfCaller, AnAncestorThatIsGoneOrALoopOfThemIsAnErrorNotAConsole) {
  process({.pid = 300, .parent = 299, .name = "pyfw", .started = 90'000});
  caller(300);
  EXPECT_FALSE(connection_of_caller(proc_));
  process({.pid = 299, .parent = 300, .name = "bash", .started = 90'000});
  EXPECT_THAT(connection_of_caller(proc_).error().message, HasSubstr("which process has started us"));
  EXPECT_FALSE(connection_of_caller("/nowhere"));
}

TEST_F(ConnectionOfCaller, WhatWeMayNotLookAtIsAnErrorNotAConsole) {
  boot();
  process({.pid = 300, .parent = 90, .name = "pyfw", .started = 90'000});
  caller(300);
  EXPECT_EQ(found(), std::nullopt);
  fs::permissions(proc_, fs::perms(0755));
  fs::permissions(fs::path(proc_) / "90/fd", fs::perms::none);
  constexpr uid_t kNobody = 65534;
  bool is_root = geteuid() == 0;
  ASSERT_TRUE(!is_root || seteuid(kNobody) == 0);
  auto seen = connection_of_caller(proc_);
  ASSERT_TRUE(!is_root || seteuid(0) == 0);
  fs::permissions(fs::path(proc_) / "90/fd", fs::perms::owner_all);
  ASSERT_FALSE(seen);
  EXPECT_THAT(seen.error().message, HasSubstr("process 90"));
}

TEST(SshConnection, ReadsBothFamiliesAndRefusesAllElse) {
  EXPECT_EQ(parse_ssh_connection("203.0.113.7 50412 192.0.2.1 22"),
            (SshConnection{.client = at("203.0.113.7", 50412), .server = at("192.0.2.1", 22)}));
  EXPECT_EQ(parse_ssh_connection("fe80::1%eth0 50412 fe80::2%eth0 22"),
            (SshConnection{.client = at("fe80::1", 50412), .server = at("fe80::2", 22)}));
  for (const char* text :
       {"", " ", "a b c d", "203.0.113.7 50412 192.0.2.1", "203.0.113.7 50412 192.0.2.1 22 1",
        "203.0.113.7 99999 192.0.2.1 22", "203.0.113.7 -1 192.0.2.1 22"})
    EXPECT_FALSE(parse_ssh_connection(text)) << text;
}

}  // namespace
}  // namespace pyfw
