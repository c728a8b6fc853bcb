#include "kernel/spell_saved.h"

#include <gtest/gtest.h>

#include "nf/iptables_save.h"

namespace pyfw {
namespace {

State state_of(const std::string& save) {
  State state;
  state.iptables = *parse_iptables_save(std::make_shared<Source>(Source{.name = "save", .text = save}));
  return state;
}

// Knows some spellings, and refuses whatever names an unknown match.
struct Kernelet {
  std::vector<std::string> asked;
  int requests = 0;

  Result<std::vector<SpelledLine>> operator()(const SpellRequest& request) {
    static const std::map<std::string, std::vector<std::string>> kSpelled = {
        {"-p tcp --dport 22 -j ACCEPT", {"-p tcp -m tcp --dport 22 -j ACCEPT"}},
        {"-s 10.0.0.1,10.0.0.2 -j DROP", {"-s 10.0.0.1/32 -j DROP", "-s 10.0.0.2/32 -j DROP"}},
        {"-i lo -j ACCEPT ", {"-i lo -j ACCEPT"}}};
    ++requests;
    std::vector<SpelledLine> out;
    bool is_refused = false;
    for (const auto& line : request.lines) {
      asked.push_back(line.text);
      SpelledLine spelled;
      if (line.text.find("-m unknown") != std::string::npos && !is_refused) {
        spelled.refusal = line.text.find("-m unknown_to") != std::string::npos
                              ? "Couldn't load match `unknown_to_all':No such file or directory"
                              : "no such match";
        is_refused = true;
      }
      auto found = kSpelled.find(line.text);
      if (!is_refused)
        spelled.texts = found == kSpelled.end() ? std::vector<std::string>{line.text} : found->second;
      out.push_back(std::move(spelled));
    }
    return out;
  }
};

std::vector<std::string> texts_in(const State& state, std::string_view chain) {
  std::vector<std::string> out;
  for (const auto& rule : find_chain(state.iptables, "filter", chain)->rules) out.push_back(rule.text);
  return out;
}

using Texts = std::vector<std::string>;

TEST(SpelledLikeKernel, RulesWrittenByHandBecomeWhatTheKernelPrints) {
  Kernelet kernel;
  auto state = spelled_like_kernel(state_of("*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT \n"
                                            "-A INPUT -s 10.0.0.1,10.0.0.2 -j DROP\n"
                                            "-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"),
                                   std::ref(kernel));
  EXPECT_EQ(texts_in(state, "INPUT"),
            (Texts{"-i lo -j ACCEPT", "-s 10.0.0.1/32 -j DROP", "-s 10.0.0.2/32 -j DROP",
                   "-p tcp -m tcp --dport 22 -j ACCEPT"}));
  EXPECT_EQ(find_chain(state.iptables, "filter", "INPUT")->policy, "DROP");
}

TEST(SpelledLikeKernel, NobodyIsAskedOfWhatIsKnownToBeSpelledSo) {
  Kernelet kernel;
  auto save = "*filter\n:INPUT DROP [0:0]\n:x - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j x\nCOMMIT\n";
  EXPECT_EQ(spelled_like_kernel(state_of(save), std::ref(kernel)), state_of(save));
  EXPECT_EQ(kernel.asked, Texts());
}

TEST(SpelledLikeKernel, WhatTheKernelHereDoesNotTakeStaysAndTheRestIsSpelled) {
  Kernelet kernel;
  auto state = spelled_like_kernel(
      state_of(
          "*filter\n:INPUT DROP [0:0]\n-A INPUT -m unknown -j DROP\n-A INPUT -m set --match-set none src "
          "-j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"),
      std::ref(kernel));
  EXPECT_EQ(texts_in(state, "INPUT"), (Texts{"-m unknown -j DROP", "-m set --match-set none src -j DROP",
                                             "-p tcp -m tcp --dport 22 -j ACCEPT"}));
}

TEST(SpelledLikeKernel, HoweverManyAreRefusedTheRestIsSpelled) {
  std::string save = "*filter\n:INPUT DROP [0:0]\n";
  Texts wanted;
  for (int i = 0; i < 100; ++i) {
    save += "-A INPUT -m unknown -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\n";
    wanted.insert(wanted.end(), {"-m unknown -j DROP", "-p tcp -m tcp --dport 22 -j ACCEPT"});
  }
  Kernelet kernel;
  EXPECT_EQ(texts_in(spelled_like_kernel(state_of(save + "COMMIT\n"), std::ref(kernel)), "INPUT"), wanted);
}

TEST(SpelledLikeKernel, OfAnExtensionThatIsNotThereOneRuleIsAsked) {
  std::string save = "*filter\n:INPUT DROP [0:0]\n";
  for (int i = 0; i < 1000; ++i)
    save += "-A INPUT -m unknown_to_all --kind " + std::to_string(i) + " -j DROP\n";
  Kernelet kernel;
  spelled_like_kernel(state_of(save + "-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"), std::ref(kernel));
  EXPECT_LE(kernel.requests, 3);
}

TEST(SpelledLikeKernel, RulesOfSetsThatNobodyKnowsAreNotAsked) {
  Kernelet kernel;
  spelled_like_kernel(state_of("*filter\n:INPUT DROP [0:0]\n-A INPUT -m set --match-set none src -j DROP \n"
                               "-A INPUT -i lo -j ACCEPT \nCOMMIT\n"),
                      std::ref(kernel));
  EXPECT_EQ(kernel.asked, Texts({"-i lo -j ACCEPT "}));
}

TEST(RefusedByKernel, EachIsToldWithTheWordsOfIptables) {
  auto state = state_of(
      "*filter\n:INPUT DROP [0:0]\n-A INPUT -m unknown -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\n"
      "-A INPUT -m unknown -j ACCEPT\nCOMMIT\n");
  Kernelet kernel;
  auto refused = refused_by_kernel(state, std::ref(kernel));
  const auto& rules = find_chain(state.iptables, "filter", "INPUT")->rules;
  EXPECT_EQ(refused, (RefusedRules{{&rules[0], "no such match"}, {&rules[2], "no such match"}}));
}

TEST(SpelledLikeKernel, WhereNobodyCanBeAskedAllStays) {
  auto save = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n";
  auto nobody = [](const SpellRequest&) -> Result<std::vector<SpelledLine>> { return fail("no namespaces"); };
  EXPECT_EQ(spelled_like_kernel(state_of(save), nobody), state_of(save));
}

}  // namespace
}  // namespace pyfw
