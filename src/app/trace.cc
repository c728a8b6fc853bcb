#include "app/trace.h"

#include "app/argument.h"
#include "app/print.h"
#include "app/whole_host.h"
#include "ask/packet_words.h"
#include "ask/trace_json.h"
#include "ask/trace_text.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

Result<IcmpType> icmp_type_of(const std::string& text, const Endpoint& from, const Endpoint& to) {
  auto family = protocol_between(from, to) == kIcmp6 ? Family::kIpv6 : Family::kIpv4;
  auto type = icmp_type_called(text, family);
  if (type) return *type;
  return bad_input(argument("--icmp-type", text).place, "'" + text + "' is no type of ICMP",
                   "a name as echo-request, a number, or TYPE/CODE");
}

Result<PacketShape> shape_of(const Options& options, const Endpoint& from, const Endpoint& to) {
  PacketShape shape{.source_port = options.source_port, .mark = options.mark};
  if (!options.ct_state.empty()) shape.state = ct_state_called(options.ct_state);
  if (options.icmp_type.empty()) return shape;
  auto protocol = protocol_between(from, to);
  if (protocol != kIcmp && protocol != kIcmp6)
    return bad_input("--icmp-type is for ICMP", "name it behind the destination: --to ADDRESS/icmp");
  TRY(auto type, icmp_type_of(options.icmp_type, from, to));
  shape.icmp_type = type.type;
  shape.icmp_code = type.code;
  shape.is_icmp_given = true;
  return shape;
}

struct Asked {
  Endpoints from;
  Endpoints to;
  PacketShape shape;
};

Result<Asked> asked_by(const Options& options) {
  Asked asked;
  TRY(asked.from, parse_endpoints(argument("--from", options.from), EndpointRole::kSource));
  TRY(asked.to, parse_endpoints(argument("--to", options.to), EndpointRole::kDestination));
  TRY_VOID(check_ends(asked.from, asked.to));
  TRY(asked.shape, shape_of(options, asked.from.any_of.front(), asked.to.any_of.front()));
  return asked;
}

Result<HostState> host_of(const Options& options, const World& world) {
  if (!options.is_planned) return read_whole_host(options, world);
  TRY(auto desired, read_desired_host(options, world));
  return std::move(desired.host);
}

Result<void> trace(const Options& options, const World& world) {
  TRY(auto asked, asked_by(options));
  TRY(auto host, host_of(options, world));
  Scene scene(std::move(host));
  TRY(auto flows, flows_between(asked.from, asked.to, scene, asked.shape));
  std::vector<TracedFlow> traced;
  for (auto& flow : flows) {
    auto way = trace_flow(scene.traced, arrival_of(flow));
    traced.push_back({.flow = std::move(flow), .trace = std::move(way)});
  }
  if (options.format == "json") {
    print_out(as_json(traced, scene));
    return {};
  }
  auto detail = options.verbose ? Detail::kAll : Detail::kMatched;
  for (std::size_t i = 0; i < traced.size(); ++i) {
    if (i > 0) print_out("\n");
    print_out(as_text(traced[i].trace, traced[i].flow, scene.traced, detail, output_is_coloured()));
  }
  return {};
}

}  // namespace

ExitCode run_trace(const Options& options, const World& world) {
  auto done = trace(options, world);
  if (!done) return report(done.error());
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
