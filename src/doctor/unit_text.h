// A file of a systemd unit, as far as it matters when units start: read as systemd.syntax(7) says.
//
//   auto text = with_unit_text({}, file, "docker.service");
//   text = with_unit_text(std::move(text), drop_in, "docker.service");
//   text.after                                    // {"network-online.target", …}

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pyfw {

struct UnitText {
  std::vector<std::string> before{};
  std::vector<std::string> after{};
  // What it starts together with it: Wants=, Requires=, BindsTo= and their like.
  std::vector<std::string> wants{};
  bool has_default_dependencies = true;
  std::vector<std::string> start_commands{};
  std::vector<std::string> stop_commands{};
  std::vector<std::string> listens_at{};  // ListenStream= of a socket

  bool operator==(const UnitText&) const = default;
};

// `unit` is the name that specifiers (%i, %n, …) stand for. A later text adds to dependencies, and replaces
// commands where it empties them first, as systemd does. What is no line of a unit is passed over.
UnitText with_unit_text(UnitText before, std::string_view text, std::string_view unit);

// "getty" and "tty1" of "getty@tty1.service"; empty without '@'.
std::string_view prefix_of_unit(std::string_view unit);
std::string_view instance_of_unit(std::string_view unit);
// "getty@.service" of "getty@tty1.service"; empty where it is no instance.
std::string template_of_unit(std::string_view unit);

}  // namespace pyfw
