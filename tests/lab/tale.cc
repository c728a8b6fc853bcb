#include "lab/tale.h"

#include <fmt/format.h>

#include "base/diff.h"
#include "lab/goals.h"
#include "lab/picture.h"
#include "lab/record.h"

namespace pyfw::lab {
namespace {

constexpr auto kWishesPath = "/etc/pyfw/wishes.yaml";
constexpr auto kGoalsPath = "/etc/pyfw/goals.yaml";

void introduce_hosts(Story& story, const std::string& picture) {
  story.chapter("The hosts");
  story.say(
      "A web server runs in a container of the docker host (we call it nginx; busybox plays the part).\n"
      "Docker publishes its port, so that others reach it at the docker host's own address:");
  story.show(picture);
  story.say(
      "Our goal: host2 and the containers reach nginx, nobody else on the network does. And the docker host\n"
      "itself lets in only what it was told to let in.");
}

void show_intruders_way(Story& story, const std::string& traced) {
  story.say("pyfw says which way its packets go, without sending any:");
  story.command("pyfw trace --from 192.168.122.66 --to 192.168.122.190:8000", traced);
  story.say(
      "To drop them in INPUT would not help: packets for a published port are forwarded to the container, "
      "and\n"
      "INPUT never sees them.");
}

void show_check(Story& story, const std::string& checked) {
  story.command(fmt::format("pyfw check --wishes {}", kGoalsPath), checked);
}

void show_goals(Story& story, const std::string& checked) {
  story.say(
      fmt::format("The goals can be written down as well, in {}. Whether they are met, pyfw tells from the\n"
                  "rules alone:",
                  kGoalsPath));
  story.show(kGoals);
  show_check(story, checked);
}

Result<void> introduce_wishes(Story& story) {
  story.chapter("The wishes");
  story.say(fmt::format(
      "We write down what we want, in {}. A wish is a name and a rule, spelled as\n"
      "for iptables. INPUT is for packets to the docker host itself, FORWARD for those that pass through,\n"
      "and DOCKER is Docker's own chain, which FORWARD asks about packets to containers.",
      kWishesPath));
  TRY(auto wishes, tutorial_wishes());
  // Without the comment at its head: the story says the same.
  story.show(wishes.substr(wishes.find("pyfw_wishes:")));
  story.say("All that is not mentioned, such as Docker's rules in the same chains, stays as it is.");
  return {};
}

void introduce_plan(Story& story, const std::string& plan) {
  story.chapter("The plan");
  story.say("Without options pyfw changes nothing: it prints the commands that would fulfil the wishes.");
  story.command("pyfw", plan);
}

void show_restart(Story& story, const std::string& before, const std::string& after) {
  story.chapter("Docker restarts");
  story.say("dockerd ends and starts again, as with `systemctl restart docker`. What that did to the rules:");
  story.diff(unified_diff(before, after, {.before = "before the restart", .after = "after the restart"}, 2));
}

constexpr auto kWhatBroke =
    "Docker made its DOCKER chain anew, and our rule in it is gone: anyone gets in again. And it put its "
    "own\n"
    "rules at the head of FORWARD, so that our first rule there is now the last.";

constexpr auto kMending =
    "Run again, pyfw does just what is missing. A rule that has to move is at no moment absent: a temporary\n"
    "one stands in for it.";

// The filter table's rules, without counters and the other tables: what a person would compare.
Result<std::string> filter_rules(const Host& host) { return host.output({"/usr/sbin/iptables", "-S"}); }

Result<std::string> pyfw_on(const Host& host, std::vector<std::string> options) {
  options.insert(options.begin(), PYFW_PROGRAM);
  return host.output(options);
}

// Goals that are not met are no failure of the story.
Result<std::string> goals_on(const Host& host) {
  TRY(auto checked, host.run({PYFW_PROGRAM, "check", "--wishes", kGoalsPath}));
  if (checked.out.empty()) return fail(checked.err);
  return checked.out;
}

}  // namespace

Result<void> tell_live(Story& story, Tutorial& tutorial) {
  const auto& host = tutorial.docker_host;
  TRY(auto picture, draw(tutorial));
  introduce_hosts(story, picture);

  story.chapter("Who reaches nginx, as Docker leaves it");
  TRY(auto plain, tutorial.who_reaches_nginx());
  story.say("Each row is a real connection, made just now:");
  story.table(plain, plain);
  story.say("The intruder gets in.");
  TRY(auto traced, pyfw_on(host, {"trace", "--from", "192.168.122.66", "--to", "192.168.122.190:8000"}));
  show_intruders_way(story, traced);

  TRY_VOID(introduce_wishes(story));
  TRY(auto wishes, tutorial_wishes());
  TRY_VOID(host.write_file(kWishesPath, wishes));
  TRY(auto plan, pyfw_on(host, {}));
  introduce_plan(story, plan);

  story.chapter("The apply");
  TRY(auto applied, pyfw_on(host, {"--apply"}));
  story.command("pyfw --apply", applied);
  story.say("(At its end it also prints how the whole state changed, which is left out here.)");
  TRY(auto firewalled, tutorial.who_reaches_nginx());
  story.table(firewalled, plain);
  story.say(
      "Refused means that an answer said no; dropped means silence. The goal is reached. The docker host's "
      "own\n"
      "127.0.0.1:8000 went silent, since nothing in these wishes lets it in: a wish `-i lo -j ACCEPT` in\n"
      "INPUT would.");
  TRY_VOID(host.write_file(kGoalsPath, kGoals));
  TRY(auto met, goals_on(host));
  show_goals(story, met);

  TRY(auto rules_before, filter_rules(host));
  TRY_VOID(tutorial.restart_docker());
  TRY(auto rules_after, filter_rules(host));
  show_restart(story, rules_before, rules_after);
  TRY(auto broken, tutorial.who_reaches_nginx());
  story.table(broken, firewalled);
  story.say(kWhatBroke);
  TRY(auto missed, goals_on(host));
  show_check(story, missed);

  story.chapter("pyfw mends it");
  story.say(kMending);
  TRY(auto mended, pyfw_on(host, {"--apply"}));
  story.command("pyfw --apply", mended);
  TRY(auto again, tutorial.who_reaches_nginx());
  story.table(again, broken);
  TRY(auto met_again, goals_on(host));
  show_check(story, met_again);
  TRY(auto nothing, pyfw_on(host, {}));
  story.command("pyfw", nothing);

  story.chapter("The end");
  story.say("The hosts, their Docker and its containers end with this program, and nothing is left of them.");
  return {};
}

Result<void> tell_from_recordings(Story& story, const Error& reason) {
  story.say(
      fmt::format("But here it can't make them: {}.\n"
                  "So it shows what pyfw plans for rules that were recorded on such hosts; no packets.",
                  reason.message));
  TRY(auto picture, recorded("picture.txt"));
  introduce_hosts(story, picture);
  story.chapter("How the intruder gets in");
  TRY(auto traced, intruder_in_recording("plain"));
  show_intruders_way(story, traced);
  TRY_VOID(introduce_wishes(story));
  TRY(auto plan, plan_from_recording("plain"));
  introduce_plan(story, plan);
  story.say("`pyfw --apply` runs them.");
  TRY(auto met, goals_in_recording("applied"));
  show_goals(story, met);
  TRY(auto before, recorded("applied.rules"));
  TRY(auto after, recorded("restarted.rules"));
  show_restart(story, before, after);
  story.say(kWhatBroke);
  TRY(auto missed, goals_in_recording("restarted"));
  show_check(story, missed);
  story.chapter("pyfw mends it");
  story.say(kMending);
  TRY(auto mending, plan_from_recording("restarted"));
  story.command("pyfw", mending);
  return {};
}

}  // namespace pyfw::lab
