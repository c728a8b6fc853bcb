// What there is to say of a host: the findings, worst first, and what was found to be fine.
//
//   auto diagnosis = diagnose(examined);
//   fmt::print("{}", as_text(diagnosis, colour));

#pragma once

#include <string>
#include <vector>

#include "advise/advice.h"
#include "doctor/examined.h"

namespace pyfw {

struct Diagnosis {
  std::string summary;  // of the host, one line
  std::vector<Advice> findings{};
  std::vector<std::string> fine{};  // what was looked at and gave none
};

Diagnosis diagnose(const Examined& host);

// "Docker 20.10.24 (chains as of Docker 17.06 to 27), 3 containers, 2 published ports; iptables on nft; pyfw
// watch runs"
std::string summary_of(const Examined& host);

// Both end with a newline.
std::string as_text(const Diagnosis& diagnosis, bool colour);
std::string as_json(const Diagnosis& diagnosis);

}  // namespace pyfw
