#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LookAtOwnAffairs : public testing::Test {
 protected:
  LookAtOwnAffairs() { own_.has_applied = true; }
  [[nodiscard]] std::vector<std::string> ids() const { return ids_of(look_at_own_affairs(host_)); }
  Examined host_{};
  OwnAffairs& own_ = host_.own;
};

TEST_F(LookAtOwnAffairs, AllIsFineWhereNothingIsAmiss) { EXPECT_THAT(ids(), IsEmpty()); }

TEST_F(LookAtOwnAffairs, ADamagedStateIsAnError) {
  own_.damage = "/var/lib/pyfw can be written by others";
  EXPECT_EQ(severity_of(look_at_own_affairs(host_), "state-damaged"), Severity::kError);
}

TEST_F(LookAtOwnAffairs, AChangeThatWaitsIsANoteAndOneThatIsOverdueAnError) {
  own_.is_confirmed = false;
  own_.drift = "filter: what it did";
  own_.wait = OwnAffairs::Wait::kInTime;
  own_.deadline = "2026-11-20 13:19:59 UTC";
  EXPECT_THAT(ids(), ElementsAre("change-waits"));
  EXPECT_FALSE(matter(look_at_own_affairs(host_)));
  own_.wait = OwnAffairs::Wait::kOverdue;
  EXPECT_EQ(severity_of(look_at_own_affairs(host_), "change-overdue"), Severity::kError);
}

TEST_F(LookAtOwnAffairs, UnconfirmedWishesAreHeldByNobody) {
  own_.is_confirmed = false;
  EXPECT_THAT(ids(), ElementsAre("wishes-unconfirmed"));
}

TEST_F(LookAtOwnAffairs, DriftIsNamed) {
  own_.drift = "iptables filter: allow_office moved in FORWARD";
  EXPECT_THAT(message_of(look_at_own_affairs(host_), "wishes-drifted"), HasSubstr("allow_office"));
}

TEST_F(LookAtOwnAffairs, ADaemonThatHasRunAndDoesNotIsSaid) {
  own_.has_daemon_run = true;
  own_.daemon_since = "2026-11-20 13:19:59 UTC";
  EXPECT_THAT(ids(), ElementsAre("daemon-down"));
  own_.daemon_runs = true;
  EXPECT_THAT(ids(), IsEmpty());
  own_.daemon_standing = "waiting for Docker";
  EXPECT_THAT(ids(), ElementsAre("daemon-idle"));
}

TEST_F(LookAtOwnAffairs, AFailedRepairAndEditedWishesAreSaid) {
  own_.last_failure = "iptables: no";
  own_.edited = "wishes.yaml was edited since";
  EXPECT_THAT(ids(), ElementsAre("repair-failed", "wishes-edited"));
}

TEST(LookAtUnseen, EachIsANote) {
  Examined host;
  host.unseen = {{.what = "the rules", .why = "no"}};
  host.is_root = false;
  auto found = look_at_unseen(host);
  EXPECT_THAT(ids_of(found), ElementsAre("not-looked-at"));
  EXPECT_FALSE(matter(found));
  EXPECT_THAT(found[0].instead, HasSubstr("as root"));
}

}  // namespace
}  // namespace pyfw
