// Random expectations about everyone, as they are written in wishes.
//
//   random_ends(host)             // from: { 'any@eth0', except: [ 'set:nets' ] }, to: '192.0.2.1:22-80'
//   guarded_ends(host)            // the same, and the host is given rules that let in only some
//   parse(statement)

#pragma once

#include "tests/refute/random_host.h"
#include "wish/wishes.h"

namespace pyfw {

struct Statement {
  std::string ends;
  Expected is = Expected::kWorks;
};
std::string text_of(const Statement& statement);

// From whom and to where, near to what the host's rules are about. Not all of them fit together.
std::string random_ends(const RandomHost& host);
// All but those whom its rules now let in, or nearly those.
std::string guarded_ends(RandomHost& host);
Result<Expectation> parse(const Statement& statement);

}  // namespace pyfw
