// What a plan changes, as programs read it. docs/plan.schema.json describes the document.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "show/description.h"

namespace pyfw {

// An expectation of the wishes: "holds", "fails", "depends" or "unanswered".
struct ExpectationRemark {
  std::string name;
  std::string is;  // "works", "refused" or "dropped"
  std::string before;
  std::string after;
  std::vector<std::string> reasons{};  // what is otherwise than expected afterwards
};

// Connections that are treated otherwise.
struct FlowRemark {
  std::vector<std::string> connections{};  // "new", "open"
  std::vector<std::string> protocols{};    // empty: any
  std::vector<std::string> families{};
  std::string from{};
  std::vector<std::string> interfaces{};  // empty: the host's own
  std::string to{};
  std::string ports{};  // empty: any
  std::string conditions{};
  std::vector<std::string> before{};
  std::vector<std::string> after{};
};

// What else there is to say of a plan, in plain words.
struct Remarks {
  std::vector<std::string> warnings{};
  std::vector<std::string> unrehearsed{};  // what could not be tried in the scratch namespace
  std::vector<ExpectationRemark> expectations{};
  std::optional<std::vector<FlowRemark>> flows{};  // none: nobody asked, or it can't be told
};

// What has become of it.
struct Application {
  std::string snapshot{};       // of the state before; empty where nothing had to be done
  std::string confirm_until{};  // "2026-11-20 13:19:59 UTC", where a confirm is awaited
};

// Ends with a newline. All rules and members, their texts as the kernel shows them; bytes that are no UTF-8
// become U+FFFD. Only changes, no unchanged rules.
std::string as_json(const Description& description, const Remarks& remarks,
                    const std::optional<Application>& outcome = {});

}  // namespace pyfw
