// Two lines, the ends of a flow: whatever they are, they are read or refused at a place that they have, what
// is read means the same when it is read again from its text, and on a host they stand for flows or for an
// error.

#include <algorithm>

#include "ask/flows.h"
#include "host/facts_for_tests.h"
#include "tests/fuzz/check.h"
#include "wish/endpoint.h"

namespace pyfw::fuzz {
namespace {

Located whole(std::string_view text) {
  auto source = source_of("end", text);
  return {
      .text = std::string(text),
      .place = {.source = source, .line = 1, .column = 1, .length = std::max<std::size_t>(1, text.size())},
      .is_verbatim = text.find('\n') == std::string_view::npos};
}

const Scene& a_host() {
  static const Scene scene = [] {
    HostState host{.state = {}, .facts = facts_for_tests()};
    host.state.sets = {{.name = "s", .type = "hash:ip", .header = "family inet", .members = {"192.0.2.7"}}};
    return Scene(std::move(host));
  }();
  return scene;
}

std::optional<Endpoints> read_end(std::string_view text, EndpointRole role) {
  auto ends = parse_endpoints(whole(text), role);
  if (!ends) {
    expect_helpful(ends.error());
    return {};
  }
  for (const auto& end : ends->any_of) {
    bool has_interface = end.interface.empty() || role == EndpointRole::kSource;
    expect(has_interface, "only a source has an interface", text);
    expect(!end.ports || end.ports->first <= end.ports->last, "a range of ports is not empty", text);
  }
  return std::move(*ends);
}

}  // namespace
}  // namespace pyfw::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pyfw;
  using namespace pyfw::fuzz;
  auto text = text_of(data, size);
  auto line = text.find('\n');
  auto from = read_end(text.substr(0, line), EndpointRole::kSource);
  auto to = read_end(line == std::string_view::npos ? "192.0.2.1:80" : text.substr(line + 1),
                     EndpointRole::kDestination);
  if (!from || !to) return 0;
  if (auto fit = check_ends(*from, *to); !fit) {
    expect_helpful(fit.error());
    return 0;
  }
  auto flows = flows_between(*from, *to, a_host());
  if (!flows) {
    render(flows.error());
    return 0;
  }
  for (const auto& flow : *flows) {
    expect(flow.packet.source.family() == flow.packet.destination.family(), "a flow is of one family", text);
    expect(!title_of(flow).empty(), "a flow has a title", text);
  }
  return 0;
}
