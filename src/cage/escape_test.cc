// Scripts that try to get out, or to take more than their share. Each test has namespaces of its own around
// the cage (cage_for_tests.h), and looks there for what must not have happened.

#include <grp.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "cage/cage_for_tests.h"

namespace pyfw {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

class Escape : public OnCageHost {
 protected:
  // On the command line of a process that must not outlive its cage.
  static std::string marker() { return fmt::format("31{}", getpid()); }

  static std::string refused(std::string_view code) {
    return fmt::format(R"(perl -e 'my $r = {}; print $r == -1 ? "refused: $!" : "done: $r", "\n"')", code);
  }
};

TEST_F(Escape, WhatIsWrittenOrRemovedIsThereForTheScriptOnly) {
  // Other tests come and go in /tmp.
  constexpr auto* kSeen =
      "ls -laR /etc /root /opt /srv /run /home | md5sum; ls /tmp | grep -v ^pyfw-; "
      "ls /usr/bin /usr/local/bin /var/lib /var/log";
  auto before = sh(kSeen);
  auto run = script(
      R"(for folder in /etc /root /opt /srv /run /home /tmp /usr/bin /usr/local/bin /var/lib /var/log /dev/shm; do
  echo mine >$folder/written-in-the-cage || echo "can't write $folder"
  cat $folder/written-in-the-cage
done
rm -rf /etc /root /opt /usr/bin/find 2>/dev/null
ls /etc /root /usr/bin/find)");
  EXPECT_EQ(sh(kSeen), before);
  EXPECT_EQ(sh("ls -d /usr/bin/find /etc/passwd /dev/shm; ! ls /dev/shm/written-in-the-cage 2>/dev/null"),
            "/dev/shm\n/etc/passwd\n/usr/bin/find\n");
  EXPECT_THAT(run.output, Not(HasSubstr("can't write")));
  EXPECT_THAT(run.output, HasSubstr("'/usr/bin/find': No such file"));
}

TEST_F(Escape, SecretsAreNotRead) {
  auto output = output_of(R"(cat /root/secret /etc/secret /opt/secret /srv/secret /etc/shadow
cp /etc/secret /tmp/copy; cat /tmp/copy; chmod 777 /etc/secret; cat /etc/secret; ls -la /root /home
mount --bind /opt /tmp; chroot /opt /bin/true; setpriv --reuid 0 cat /opt/secret)");
  EXPECT_THAT(output, AllOf(Not(HasSubstr(kSecret)), Not(HasSubstr("root:$")), Not(HasSubstr("root:*"))));
}

TEST_F(Escape, HiddenFoldersAreNotReachedByAnyPath) {
  auto output = output_of(
      R"(for top in '' /.. /../.. /proc/self/root /proc/1/root /proc/$PPID/root /proc/self/cwd/../../..; do
  cat $top/home/readable $top/run/readable; ls $top/home $top/run
done
grep -c -e /home -e /run /proc/self/mountinfo)");
  EXPECT_THAT(output, AllOf(Not(HasSubstr(kSecret)), Not(HasSubstr("\nreadable\n")), EndsWith("\n0\n")));
}

TEST_F(Escape, DaemonsOfTheHostCannotBeSpokenTo) {
  // One where Docker has it, one in a folder that is seen in the cage, one without a path.
  std::vector<Fd> listeners;
  for (std::string path :
       {std::string("/run/docker.sock"), std::string("/srv/daemon.sock"), std::string("\0pyfw-cage", 10)}) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(address.sun_path, sizeof(address.sun_path));
    Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ASSERT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())),
              0);
    ASSERT_EQ(listen(fd.get(), 8), 0);
    if (path[0] == '/') ASSERT_EQ(chmod(path.c_str(), 0777), 0);
    listeners.push_back(std::move(fd));
  }
  auto output = output_of(R"(cat >/tmp/try <<'END'
use Socket;
for my $path ("/run/docker.sock", "/var/run/docker.sock", "/srv/daemon.sock", "\0pyfw-cage") {
  socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
  print connect($s, pack_sockaddr_un($path)) ? "connected\n" : "refused\n";
}
END
perl /tmp/try)");
  EXPECT_EQ(output, "refused\nrefused\nrefused\nrefused\n");
  for (const auto& listener : listeners) EXPECT_LT(accept(listener.get(), nullptr, nullptr), 0);
}

TEST_F(Escape, SignalsReachNobodyOutside) {
  pid_t bystander = fork();
  if (bystander == 0) {
    // With the cage's own user id, which alone is no protection.
    (void)!setresuid(2147418112, 2147418112, 2147418112);
    pause();
    _exit(0);
  }
  auto run = script(fmt::format(
      "kill -9 {}; kill -9 $PPID; kill -9 1; kill -9 {}; echo still here; kill -9 -1", bystander, getpid()));
  EXPECT_THAT(run.output, HasSubstr("still here"));
  EXPECT_EQ(waitpid(bystander, nullptr, WNOHANG), 0);
  kill(bystander, SIGKILL);
  waitpid(bystander, nullptr, 0);
}

TEST_F(Escape, DaemonThatIsLeftBehindEndsWithTheScript) {
  auto run =
      script(fmt::format("setsid sh -c 'trap \"\" TERM HUP; sleep {0} & sleep {0}' >/dev/null 2>&1 & sleep "
                         "0.1; ps ax | grep -c '[s]leep {0}'",
                         marker()));
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, Not(StartsWith("0")));
  EXPECT_EQ(processes_with(marker()), 0);
}

TEST_F(Escape, ScriptThatDoesNotEndIsEndedWithAllThatItStarted) {
  auto run = try_script(fmt::format("echo begun; trap '' TERM; sleep {0} & wait", marker()), {.time = 3s});
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().message,
              HasSubstr("did not end within 3 s: import it without the lines that wait"));
  EXPECT_THAT(run.error().hint, HasSubstr("begun"));
  EXPECT_EQ(processes_with(marker()), 0);
}

TEST_F(Escape, ProcessesThatMultiplyComeToAnEnd) {
  auto run = try_script(fmt::format("#!/bin/bash\n[ $# = 0 ] && exec bash \"$0\" {}\n"
                                    "b() {{ b | b & }}; b; b; sleep 1; (echo alive) || echo no more",
                                    marker()),
                        {.time = 6s});
  // Whatever became of the script: the host still makes processes, and none of the cage's is left.
  EXPECT_EQ(sh("echo fine"), "fine\n");
  EXPECT_EQ(processes_with(marker()), 0);
  if (run) EXPECT_THAT(run->output, HasSubstr("fork"));
}

TEST_F(Escape, MemoryAndFilesEndBeforeTheHosts) {
  auto run = script(R"(perl -e 'my $x = "x" x (1 << 30); print "got a gigabyte\n"'
dd if=/dev/zero of=/tmp/big bs=1M count=500 2>&1 | tail -1
dd if=/dev/zero of=/usr/big bs=1M count=500 2>&1 | tail -1
du -sm /tmp /usr/big | awk '{ sum += $1 } END { print (sum <= 130 ? "small" : "large") }')");
  EXPECT_THAT(run.output, AllOf(Not(HasSubstr("got a gigabyte")), HasSubstr("small")));
}

TEST_F(Escape, EndlessOutputIsReadAndMostlyForgotten) {
  auto run = script("yes | head -c 200000000; echo the end");
  EXPECT_EQ(run.status, 0);
  EXPECT_LE(run.output.size(), CageLimits{}.output_bytes + 8);
  EXPECT_THAT(run.output, EndsWith("the end\n"));
}

TEST_F(Escape, StandardInputIsEmpty) {
  EXPECT_EQ(output_of("cat; read answer || echo nothing to read"), "nothing to read\n");
}

TEST_F(Escape, TerminalOfTheCallerIsOutOfReach) {
  int terminal = -1;
  pid_t pid = forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    auto run = try_script(fmt::format(
        R"((echo written >/dev/tty) 2>&1; tty; for fd in 0 1 2; do [ -t $fd ] && echo terminal; done
perl -e 'open(my $t, "<", "/dev/tty") or print "no tty\n"; my $c = "x"; for my $f (0 .. 9) {{ my $r = syscall({}, $f, 0x5412, $c); print "pushed\n" if $r == 0 }}')",
        SYS_ioctl));
    std::ofstream("/mnt/seen") << (run ? run->output : render(run.error()));
    _exit(0);
  }
  std::string shown(4096, '\0');
  auto size = read(terminal, shown.data(), shown.size());
  waitpid(pid, nullptr, 0);
  close(terminal);
  EXPECT_LE(size, 0) << shown;
  auto seen = sh("cat /mnt/seen");
  EXPECT_THAT(seen, AllOf(HasSubstr("no tty"), HasSubstr("not a tty"), Not(HasSubstr("terminal")),
                          Not(HasSubstr("pushed"))));
}

TEST_F(Escape, DescriptorsOfTheCallerAreClosed) {
  Fd open_file(open("/root/secret", O_RDONLY));
  ASSERT_GE(dup2(open_file.get(), 7), 0);
  auto output =
      output_of("cat <&7; ls /proc/self/fd | wc -l; ls -l /proc/1/fd; cat /proc/1/environ /proc/1/maps");
  close(7);
  // The last is that of ls itself.
  EXPECT_THAT(
      output,
      AllOf(Not(HasSubstr(kSecret)), HasSubstr("\n4\n"), HasSubstr("/proc/1/fd': Permission denied"),
            HasSubstr("/proc/1/environ: Permission denied"), HasSubstr("/proc/1/maps: Permission denied")));
}

TEST_F(Escape, FirstProcessIsNoWayOut) {
  auto output = output_of(
      "for file in /proc/[0-9]*/root /proc/[0-9]*/cwd; do cat $file/root/secret $file/opt/secret "
      "$file/srv/secret; done 2>&1\n"
      "nsenter -t 1 -m -n true; nsenter -t 1 -U true; nsenter --net=/proc/1/ns/net true\n" +
      refused(fmt::format("syscall({}, 16, 1, 0, 0)", SYS_ptrace)));
  EXPECT_THAT(output, AllOf(Not(HasSubstr(kSecret)), EndsWith("refused: Operation not permitted\n")));
}

TEST_F(Escape, NamespacesAndMountsAreNotToBeHad) {
  auto output =
      output_of(R"(unshare -U true && echo out; unshare -n true && echo out; unshare -Ur true && echo out
mount -t tmpfs t /mnt && echo out; mount -t proc p /mnt && echo out; umount -l /etc && echo out
umount /proc/sys && echo out; mknod /tmp/disk b 254 0 && cat /tmp/disk && echo out
ip netns add x && echo out
echo b >/proc/sysrq-trigger && echo out
dd if=/dev/mem of=/dev/null count=1 && echo out; ls /dev/vda /dev/sda && echo out; :)");
  EXPECT_THAT(output, Not(HasSubstr("out\n")));
}

TEST_F(Escape, SystemCallsThatReachFurtherAreRefused) {
  struct Call {
    long number;
    const char* arguments;
  };
  for (const auto& call :
       {Call{SYS_keyctl, "0, -3, 1"}, Call{SYS_bpf, "0, 0, 0"}, Call{SYS_perf_event_open, "0, 0, -1, -1, 0"},
        Call{SYS_userfaultfd, "0"}, Call{SYS_shmget, "0, 4096, 0777"}, Call{SYS_setns, "0, 0"},
        Call{SYS_unshare, "0x10000000"}, Call{SYS_clone, "0x10000011, 0, 0, 0, 0"},
        Call{SYS_process_vm_readv, "1, 0, 0, 0, 0, 0"}, Call{SYS_io_uring_setup, "1, 0"}})
    EXPECT_EQ(output_of(refused(fmt::format("syscall({}, {})", call.number, call.arguments))),
              "refused: Operation not permitted\n")
        << call.number;
  // vsock leads to the machine that runs this one.
  EXPECT_THAT(output_of(refused(fmt::format("syscall({}, 40, 1, 0)", SYS_socket))),
              StartsWith("refused: Address family"));
}

TEST_F(Escape, RulesSetsAndSettingsOfTheHostAreAsBefore) {
  sh("iptables -A INPUT -s 192.0.2.1 -j DROP; ipset create kept hash:ip; ipset add kept 192.0.2.3; ip link "
     "add kept0 type bridge; ip "
     "link set lo up");
  constexpr const char* kLook =
      "iptables-save | grep -v '^#'; ip6tables-save; ipset save | grep add; ip -o link | cut "
      "-d' ' -f2; ip route; cat /proc/sys/net/ipv4/ip_forward "
      "/proc/sys/kernel/hostname; hostname";
  auto before = sh(kLook);
  auto run =
      script(R"(iptables -F; iptables -X; iptables -P INPUT DROP; ip6tables -P INPUT DROP; ipset destroy
ip link del kept0; ip link set lo down; ip route flush table all; sysctl -w net.ipv4.ip_forward=1; hostname caught
for pid in 1 2 $PPID; do ip -n /proc/$pid/ns/net link; done; conntrack -F
iptables -S INPUT)");
  EXPECT_EQ(sh(kLook), before);
  EXPECT_THAT(run.output, HasSubstr("-P INPUT DROP"));
}

// As which he would have as many processes again.
TEST_F(Escape, NobodyBecomesAnotherUser) {
  EXPECT_THAT(output_of("perl -e '$> = 33; print \"$>\\n\"; $) = 33; print $) + 0, \"\\n\"'"), "0\n0\n");
  EXPECT_THAT(output_of("setpriv --reuid 33 id -u"), HasSubstr("Operation not permitted"));
}

TEST_F(Escape, OrdinaryUserHasACageToo) {
  pid_t pid = fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    constexpr uid_t kUser = 12345;
    std::ofstream seen("/mnt/seen");
    // As exec would leave it.
    bool is_user = setgroups(0, nullptr) == 0 && setresgid(kUser, kUser, kUser) == 0 &&
                   setresuid(kUser, kUser, kUser) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0;
    auto run = try_script(
        R"(id -u; iptables -A INPUT -i eth0 -j DROP; iptables -S INPUT; echo x >/etc/new && echo written
cat /proc/1/environ; cat /srv/secret /etc/shadow; cat /proc/1/root/srv/secret; kill -9 1; unshare -U true; echo end)");
    seen << is_user << "\n" << (run ? run->output : render(run.error()));
    seen.close();
    _exit(0);
  }
  waitpid(pid, nullptr, 0);
  auto seen = sh("cat /mnt/seen");
  EXPECT_THAT(seen, StartsWith("1\n0\n-P INPUT ACCEPT\n-A INPUT -i eth0 -j DROP\nwritten\n"));
  EXPECT_THAT(seen, AllOf(HasSubstr("/proc/1/environ: Permission denied"),
                          HasSubstr("/srv/secret: Permission denied"), HasSubstr("unshare failed"),
                          EndsWith("end\n")));
}

}  // namespace
}  // namespace pyfw
