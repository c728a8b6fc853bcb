#include "app/probe.h"

#include "sys/probe.h"

namespace pyfw {
namespace {

bool is_probed(const Flow& flow) {
  bool is_ours = flow.is_local() || !flow.container.empty();
  bool is_usual = !flow.state && flow.mark == 0;
  return is_ours && is_usual && (flow.packet.protocol == kTcp || flow.packet.protocol == kUdp);
}

std::int64_t pid_of(const std::string& container, const Facts& facts) {
  const auto* found = facts.docker ? find_container(*facts.docker, container) : nullptr;
  return found == nullptr ? 0 : found->pid;
}

Probe probe_of(const Flow& flow, std::int64_t pid) {
  Probe out{.pid = pid,
            .bound_to = flow.bound_to,
            .protocol = flow.packet.protocol,
            .destination = flow.packet.destination,
            .port = flow.packet.destination_port};
  if (!flow.chooses_source) out.source = flow.packet.source;
  return out;
}

Probed outcome_of(const Seen& seen, const AskedFlow& answer) {
  bool is_tcp = answer.flow.packet.protocol == kTcp;
  switch (seen.kind) {
    case Seen::Kind::kAnswer:
      // It takes every connection, and only then opens the one that matters.
      return is_tcp && answer.verdict.receiver == Receiver::kDockerProxy ? Probed::kByProxy : Probed::kWorks;
    case Seen::Kind::kRefusal: return Probed::kRefused;
    case Seen::Kind::kSilence: return is_tcp ? Probed::kDropped : Probed::kSilent;
    case Seen::Kind::kNotSent: return Probed::kFailed;
    case Seen::Kind::kStopped: return Probed::kDropped;
  }
  return Probed::kFailed;
}

}  // namespace

void probe(std::vector<Finding>& findings, const Facts& facts) {
  std::vector<AskedFlow*> answers;
  std::vector<Probe> probes;
  for (auto& finding : findings) {
    for (auto& answer : finding.answers) {
      answer.probed = Probed::kNotProbed;
      if (!is_probed(answer.flow)) continue;
      bool is_host = answer.flow.is_local();
      auto pid = is_host ? 0 : pid_of(answer.flow.container, facts);
      if (!is_host && pid == 0) continue;
      answers.push_back(&answer);
      probes.push_back(probe_of(answer.flow, pid));
    }
  }
  auto seen = probe_all(probes);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    answers[i]->probed = outcome_of(seen[i], *answers[i]);
    answers[i]->probe_error = seen[i].error;
  }
}

}  // namespace pyfw
