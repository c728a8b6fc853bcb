#include "engine/recorded_wishes.h"

#include "wish/parse.h"

namespace pyfw {

Result<Wishes> recorded_wishes(const Record& record) {
  std::vector<std::shared_ptr<const Source>> files;
  for (const auto& file : record.files)
    files.push_back(std::make_shared<const Source>(Source{.name = file.name, .text = file.text}));
  return parse_wishes_again(files);
}

void add_recorded_routes(const Record& record, Facts& facts) {
  for (const auto& [family, interface] : record.external_interfaces)
    if (!external_interface(facts, family))
      facts.routes.push_back({.destination = *Prefix::parse(family == Family::kIpv4 ? "0.0.0.0/0" : "::/0"),
                              .interface = interface});
}

}  // namespace pyfw
