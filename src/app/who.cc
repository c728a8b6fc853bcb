#include "app/who.h"

#include "app/argument.h"
#include "app/print.h"
#include "app/sources.h"
#include "app/whole_host.h"
#include "ask/services.h"
#include "ask/who_json.h"
#include "ask/who_text.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

Result<std::vector<Service>> asked_by(const Options& options, const Scene& scene) {
  if (options.endpoint.empty()) return services_of(scene);
  TRY(auto to, parse_endpoints(argument("ENDPOINT", options.endpoint), EndpointRole::kDestination));
  return services_at(to, scene);
}

// Where nobody asked for the wishes they only lend their names, if they can be read, and not to another host.
Result<std::vector<NamedNetwork>> networks_of(const Options& options) {
  bool are_asked_for = !options.wishes.empty();
  if (!are_asked_for && options.has_saved_state()) return std::vector<NamedNetwork>();
  auto wishes = wishes_of(options)();
  if (wishes) return named_networks(*wishes);
  if (are_asked_for) return std::unexpected(std::move(wishes).error());
  return std::vector<NamedNetwork>();
}

struct NamedHost {
  HostState host;
  std::vector<NamedNetwork> networks;
};

Result<NamedHost> host_of(const Options& options, const World& world) {
  if (options.is_planned) {
    TRY(auto desired, read_desired_host(options, world));
    return NamedHost{.host = std::move(desired.host), .networks = named_networks(desired.wishes)};
  }
  TRY(auto host, read_whole_host(options, world));
  TRY(auto networks, networks_of(options));
  return NamedHost{.host = std::move(host), .networks = std::move(networks)};
}

Result<void> who(const Options& options, const World& world) {
  TRY(auto named, host_of(options, world));
  Scene scene(std::move(named.host), std::move(named.networks));
  TRY(auto services, asked_by(options, scene));
  TRY(auto reached, who_reaches(services, scene));
  auto detail = options.verbose ? Detail::kAll : Detail::kMatched;
  print_out(options.format == "json" ? as_json(reached, scene)
                                     : as_text(reached, scene, detail, output_is_coloured()));
  return {};
}

}  // namespace

ExitCode run_who(const Options& options, const World& world) {
  auto done = who(options, world);
  if (!done) return report(done.error());
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
