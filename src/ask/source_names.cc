#include "ask/source_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "base/strings.h"
#include "ext/set_element.h"
#include "net/address_kinds.h"
#include "prove/asked_set.h"
#include "prove/packet_space.h"
#include "show/totals.h"
#include "trace/compiled_host.h"

namespace pyfw {
namespace {

// These three of spans in order, as few as can be.
Spans::const_iterator last_before(const Spans& spans, const Point& end) {
  auto after = std::ranges::upper_bound(spans, end, {}, &PointSpan::first);
  return after == spans.begin() ? spans.end() : std::prev(after);
}

bool is_within(const Spans& a, const Spans& b) {
  return std::ranges::all_of(a, [&](const PointSpan& span) {
    auto around = last_before(b, span.first);
    return around != b.end() && span.last <= around->last;
  });
}

// Whether they have anything in common.
bool meet(const Spans& a, const Spans& b) {
  if (a.size() > b.size()) return meet(b, a);
  return std::ranges::any_of(a, [&](const PointSpan& span) {
    auto around = last_before(b, span.last);
    return around != b.end() && span.first <= around->last;
  });
}

// Whether one of them covers a whole span of the others.
bool covers_any(const Spans& a, const Spans& b) {
  return std::ranges::any_of(a, [&](const PointSpan& span) {
    auto next = std::ranges::lower_bound(b, span.first, {}, &PointSpan::first);
    return next != b.end() && next->last <= span.last;
  });
}

Prefix smallest_around(const PointSpan& span, Family family) {
  auto length = address_bits(family);
  auto prefix_of = [&] { return Prefix{.ip = ip_of(family, span.first).masked(length), .length = length}; };
  while (length > 0 && span_of(prefix_of()).last < span.last) --length;
  return prefix_of();
}

// Of those that come in there; whatever else a network has, its own broadcast for one, may be said along.
std::vector<std::string> addresses_of(const Spans& sources, const Spans& asked, Family family) {
  auto last = span_of(Prefix{.ip = ip_of(family, Point{}), .length = 0});
  auto allowed = joined([&] {
    auto spans = without({last}, asked);
    spans.insert(spans.end(), sources.begin(), sources.end());
    return spans;
  }());
  std::vector<std::string> out;
  auto left = joined(sources);
  auto next = left.begin();
  for (const auto& run : allowed) {
    if (next == left.end()) break;
    if (run.last < next->first) continue;
    PointSpan whole = *next;
    for (; next != left.end() && next->last <= run.last; ++next) whole.last = next->last;
    auto around = span_of(smallest_around(whole, family));
    bool is_network = run.first <= around.first && around.last <= run.last;
    for (auto& text : texts_of({is_network ? around : whole}, family)) out.push_back(std::move(text));
  }
  return out;
}

}  // namespace

SourceNames::SourceNames(const Scene& scene, Family family) : scene_(scene), family_(family) {
  SetAddresses addresses;
  learn_names(nullptr, addresses);
}

SourceNames::SourceNames(const Scene& scene, Family family, const Scene& other, SetAddresses& addresses)
    : scene_(scene), family_(family) {
  learn_names(&other, addresses);
}

void SourceNames::learn_names(const Scene* other, SetAddresses& addresses) {
  auto add = [&](std::string name, Spans spans) {
    if (!spans.empty()) named_.push_back({.name = std::move(name), .spans = joined(std::move(spans))});
  };
  const auto& facts = scene_.traced.facts();
  if (facts.docker) {
    for (const auto& network : facts.docker->networks) {
      Spans spans;
      for (const auto& subnet : network.subnets)
        if (subnet.ip.family() == family_) spans.push_back(span_of(subnet));
      add("network " + network.name, std::move(spans));
    }
    for (const auto& container : facts.docker->containers) {
      Spans spans;
      for (const auto& address : container.addresses)
        if (address.ip.family() == family_) spans.push_back({point_of(address.ip), point_of(address.ip)});
      add("container " + container.name, std::move(spans));
    }
  }
  for (const auto& set : scene_.state.state.sets) {
    if (layout_of(set).family != family_) continue;
    if (other != nullptr && !contains(other->state.state.sets, set)) continue;
    if (const auto& spans = addresses.of(set)) add("set:" + set.name, *spans);
  }
  for (const auto& network : scene_.networks)
    if (network.network.ip.family() == family_) add(network.name, {span_of(network.network)});
}

// What takes most of what is left comes first; of equals the first one. A name that takes only a part of a
// span says less than the span does.
std::vector<std::string> SourceNames::names_of(const Spans& sources, const Spans& asked,
                                               const std::vector<Named>& all_named) const {
  std::vector<std::string> out;
  auto left = joined(sources);
  std::vector<std::pair<const Named*, Spans>> fitting;
  for (const auto& named : all_named) {
    // Most are of others altogether.
    if (!meet(named.spans, left)) continue;
    auto there = is_within(named.spans, asked) ? named.spans : both(named.spans, asked);
    if (!there.empty() && is_within(there, left)) fitting.emplace_back(&named, std::move(there));
  }
  for (;;) {
    const Named* best = nullptr;
    std::size_t saved = 0;
    for (const auto& [named, there] : fitting) {
      if (!covers_any(there, left)) continue;
      auto rest = without(left, there).size();
      auto saves = left.size() - std::min(left.size(), rest);
      if (saves > saved) {
        best = named;
        saved = saves;
      }
    }
    if (best == nullptr) break;
    left = without(left, best->spans);
    out.push_back(best->name);
  }
  for (auto& text : addresses_of(left, asked, family_)) out.push_back(std::move(text));
  return out;
}

SourceNames::Called SourceNames::call(const Spans& sources, const Spans& asked,
                                      std::string_view interface) const {
  // The word is for where the world comes in.
  const auto& routes = scene_.traced.facts().routes;
  bool is_world = std::ranges::any_of(routes, [&](const Route& route) {
    return route.interface == interface && route.destination.length == 0 &&
           route.destination.ip.family() == family_;
  });
  auto names = names_of(sources, asked, named_);
  auto others = without(asked, sources);
  if (!is_world && others.empty()) return {.names = std::move(names)};
  if (others.empty()) return {.is_anywhere = true};
  auto missing = names_of(others, asked, named_);
  // A few that are left out of a network say nothing of the world.
  if (is_world && missing.size() < names.size()) return {.is_anywhere = true, .names = std::move(missing)};
  return {.names = std::move(names)};
}

SourceNames::Called SourceNames::call_ends(const Spans& destinations) const {
  // Whose addresses nobody asks for (groups, broadcasts, the loopback) may be said along.
  auto everything = Spans{span_of(Prefix{.ip = ip_of(family_, Point{}), .length = 0})};
  Spans own;
  Spans left_out;
  for (const auto& interface : scene_.traced.facts().interfaces)
    for (const auto& address : interface.addresses) {
      if (address.ip.family() != family_ || is_loopback(address.ip)) continue;
      own.push_back({point_of(address.ip), point_of(address.ip)});
    }
  std::vector<Named> named = {{.name = "host", .spans = joined(std::move(own))}};
  named.insert(named.end(), named_.begin(), named_.end());
  for (const auto& route : scene_.traced.compiled().routes.all())
    if (route.destination.ip.family() == family_ && route.type == RouteType::kBroadcast)
      left_out.push_back(span_of(route.destination));
  for (auto text :
       {"224.0.0.0/4", "255.255.255.255/32", "0.0.0.0/32", "127.0.0.0/8", "ff00::/8", "::/128", "::1/128"})
    if (auto prefix = *Prefix::parse(text); prefix.ip.family() == family_)
      left_out.push_back(span_of(prefix));
  auto asked = without(everything, without(left_out, destinations));
  auto others = without(asked, destinations);
  auto names = names_of(destinations, asked, named);
  if (others.empty()) return {.is_anywhere = true};
  auto missing = names_of(others, asked, named);
  if (missing.size() < names.size()) return {.is_anywhere = true, .names = std::move(missing)};
  return {.names = std::move(names)};
}

std::string words_of(const SourceNames::Called& called, std::size_t most_names) {
  auto shown = called.names;
  shown.resize(std::min(shown.size(), most_names));
  auto names = join(shown, ", ");
  if (auto more = called.names.size() - shown.size(); more > 0)
    names += fmt::format(", … and {} more", with_commas(more));
  if (!called.is_anywhere) return names;
  return names.empty() ? "anywhere" : "anywhere but " + names;
}

}  // namespace pyfw
