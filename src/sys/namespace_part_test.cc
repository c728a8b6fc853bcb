#include "sys/namespace_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <optional>

namespace pyfw {
namespace {

using testing::MatchesRegex;

constexpr const char* kNumbered = "(cookie|inode)-[1-9][0-9]*";

// What `work` gives in a thread with a network namespace and a view of the mounts of its own; none where
// these are not to be had. Both go with the thread.
template <typename Work>
auto in_own_namespaces(const Work& work) {
  return std::async(std::launch::async,
                    [&]() -> std::optional<decltype(work())> {
                      bool own = geteuid() == 0 && unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
                                 mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                                 mount("none", "/run", "tmpfs", 0, nullptr) == 0;
                      if (!own) return std::nullopt;
                      return work();
                    })
      .get();
}

std::string part() {
  auto found = part_of_this_namespace();
  return found ? *found : render(found.error());
}

// As `ip netns` does it.
void call_this_namespace(const std::string& name) {
  mkdir("/run/netns", 0755);
  auto path = "/run/netns/" + name;
  std::ofstream(path).put('x');
  if (mount("/proc/thread-self/ns/net", path.c_str(), nullptr, MS_BIND, nullptr) != 0) ADD_FAILURE() << path;
}

TEST(PartOfThisNamespace, ThatOfTheFirstProcessIsTheHost) {
  // These files differ between namespaces, and can be seen without any rights.
  struct stat ours{};
  struct stat host{};
  if (stat("/proc/thread-self/net/dev", &ours) != 0 || stat("/proc/1/net/dev", &host) != 0 ||
      ours.st_ino != host.st_ino)
    GTEST_SKIP() << "the tests run in a namespace of their own";
  EXPECT_EQ(part(), "host");
}

TEST(PartOfThisNamespace, OneWithoutANameHasItsNumberInEachOfItsThreads) {
  auto parts =
      in_own_namespaces([] { return std::pair(part(), std::async(std::launch::async, part).get()); });
  auto others = in_own_namespaces(part);
  if (!parts || !others) GTEST_SKIP() << "a network namespace is not to be had here";
  EXPECT_THAT(parts->first, MatchesRegex(kNumbered));
  EXPECT_EQ(parts->first, parts->second);
  EXPECT_THAT(*others, MatchesRegex(kNumbered));
  EXPECT_NE(parts->first, *others);
}

TEST(PartOfThisNamespace, TheFirstOfItsNamesCounts) {
  auto found = in_own_namespaces([] {
    call_this_namespace("green");
    call_this_namespace("blue");
    std::ofstream("/run/netns/a-plain-file").put('x');
    return part();
  });
  if (!found) GTEST_SKIP() << "a network namespace is not to be had here";
  EXPECT_EQ(*found, "name-blue");
}

TEST(PartOfThisNamespace, NamesThatAreNoNamesForAFolderAreLeftOut) {
  auto found = in_own_namespaces([] {
    for (const auto& name : {std::string(".hidden"), std::string("a b"), std::string(255, 'a')})
      call_this_namespace(name);
    auto without = part();
    call_this_namespace("red");
    return std::pair(without, part());
  });
  if (!found) GTEST_SKIP() << "a network namespace is not to be had here";
  EXPECT_THAT(found->first, MatchesRegex(kNumbered));
  EXPECT_EQ(found->second, "name-red");
}

}  // namespace
}  // namespace pyfw
