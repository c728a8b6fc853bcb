#include "doctor/units.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include "base/contains.h"
#include "doctor/init_script.h"

namespace pyfw {
namespace {

constexpr std::string_view kNowhere = "/dev/null";

// What systemd brings along, where its own files are not among those that were read.
constexpr std::array kOfSystemd = {
    std::pair{"graphical.target", "[Unit]\nRequires=multi-user.target\nAfter=multi-user.target\n"},
    std::pair{"multi-user.target", "[Unit]\nRequires=basic.target\nAfter=basic.target\n"},
    std::pair{"basic.target",
              "[Unit]\nRequires=sysinit.target\nWants=sockets.target timers.target paths.target\n"
              "After=sysinit.target sockets.target paths.target\n"},
    std::pair{"sysinit.target", "[Unit]\nWants=local-fs.target\nAfter=local-fs.target\n"},
    std::pair{"network.target", "[Unit]\nAfter=network-pre.target\n"},
    std::pair{"network-online.target", "[Unit]\nAfter=network.target\n"},
    std::pair{"network-pre.target", "[Unit]\n"},
    std::pair{"local-fs.target", "[Unit]\n"},
    std::pair{"sockets.target", "[Unit]\n"},
    std::pair{"timers.target", "[Unit]\n"},
    std::pair{"paths.target", "[Unit]\n"},
};

std::string_view base_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view kind_of(std::string_view unit) {
  auto dot = unit.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : unit.substr(dot + 1);
}
bool is_template(std::string_view unit) { return unit.find("@.") != std::string_view::npos; }

// Files by their folder ("" for those at the top), those of an earlier folder of units before later ones.
class Reader {
 public:
  explicit Reader(const UnitFiles& files) : scripts_(files.scripts) {
    for (const auto& folder : files.folders)
      for (const auto& file : folder.files) {
        auto slash = file.name.find('/');
        auto below = slash == std::string::npos ? "" : file.name.substr(0, slash);
        auto name = slash == std::string::npos ? file.name : file.name.substr(slash + 1);
        files_[below].try_emplace(name, Found{.file = &file, .folder = &folder});
      }
  }

  struct Read {
    std::map<std::string, Unit, std::less<>> units{};
    std::map<std::string, std::string, std::less<>> aliases{};
  };
  Read read() && {
    find_aliases();
    for (const auto& [name, found] : files_[""])
      if (!kind_of(name).empty() && !is_template(name)) wanted_.push_back(name);
    wanted_.emplace_back("default.target");
    for (const auto& [name, text] : kOfSystemd) wanted_.emplace_back(name);
    add_scripts();
    while (!wanted_.empty()) {
      auto name = std::exchange(wanted_.front(), {});
      wanted_.pop_front();
      load(name);
    }
    return {.units = std::move(units_), .aliases = std::move(aliases_)};
  }

 private:
  struct Found {
    const UnitFile* file = nullptr;
    const UnitFolder* folder = nullptr;
  };

  const Found* find(std::string_view below, std::string_view name) const {
    auto folder = files_.find(below);
    if (folder == files_.end()) return nullptr;
    auto found = folder->second.find(name);
    return found == folder->second.end() ? nullptr : &found->second;
  }

  static bool is_masked(const UnitFile& file) {
    return file.link == kNowhere || (file.link.empty() && file.text.empty());
  }

  // A link to a file of another name.
  void find_aliases() {
    for (const auto& [name, found] : files_[""]) {
      auto to = base_of(found.file->link);
      if (found.file->link.empty() || found.file->link == kNowhere || to == name) continue;
      if (template_of_unit(name) == to) continue;
      aliases_.emplace(name, to);
    }
  }

  std::string canonical(std::string name) const {
    for (std::size_t step = 0; step <= aliases_.size(); ++step) {
      if (auto found = aliases_.find(name); found != aliases_.end()) {
        name = found->second;
        continue;
      }
      auto other = aliases_.find(template_of_unit(name));
      if (other == aliases_.end()) break;
      auto at = other->second.find('@');
      if (at == std::string::npos) break;
      name = other->second.substr(0, at + 1) + std::string(instance_of_unit(name)) +
             other->second.substr(at + 1);
    }
    return name;
  }

  // All that it is called, its template's and its prefixes' names too: there may be drop-ins for each.
  std::vector<std::string> names_of(const std::string& unit) const {
    std::vector<std::string> names = {unit};
    for (const auto& [alias, to] : aliases_)
      if (canonical(alias) == unit) names.push_back(alias);
    if (auto of = template_of_unit(unit); !of.empty()) names.push_back(of);
    return names;
  }

  std::vector<std::string> drop_in_folders(const std::string& unit) const {
    auto names = names_of(unit);
    // "foo-.service.d" is for all that begin with "foo-", "service.d" for all services.
    auto stem = unit.substr(0, unit.rfind('.'));
    for (auto dash = stem.rfind('-'); dash != std::string::npos && dash > 0; dash = stem.rfind('-', dash - 1))
      names.push_back(stem.substr(0, dash + 1) + "." + std::string(kind_of(unit)));
    names.emplace_back(kind_of(unit));
    for (auto& name : names) name += ".d";
    return names;
  }

  std::vector<const UnitFile*> drop_ins_of(const std::string& unit) const {
    std::map<std::string, const UnitFile*> by_name;
    for (const auto& folder : drop_in_folders(unit)) {
      auto found = files_.find(folder);
      if (found == files_.end()) continue;
      for (const auto& [name, entry] : found->second)
        if (name.ends_with(".conf")) by_name.try_emplace(name, entry.file);
    }
    std::vector<const UnitFile*> out;
    for (const auto& [name, file] : by_name)
      if (!is_masked(*file)) out.push_back(file);
    return out;
  }

  void add_links(Unit& unit) const {
    for (const auto& name : names_of(unit.name))
      for (const char* kind : {".wants", ".requires", ".upholds"}) {
        auto found = files_.find(name + kind);
        if (found == files_.end()) continue;
        for (const auto& [wanted, entry] : found->second)
          if (entry.file->link != kNowhere) unit.text.wants.push_back(wanted);
      }
  }

  void load(const std::string& asked) {
    auto name = canonical(asked);
    if (name != asked) aliases_.try_emplace(asked, name);
    if (units_.contains(name)) return;
    Unit unit{.name = name};
    const auto* found = find("", name);
    if (found == nullptr) found = find("", template_of_unit(name));
    // Links in a circle lead to no unit.
    if (found != nullptr && aliases_.contains(found->file->name)) return;
    if (found != nullptr) {
      unit.path = found->folder->path + "/" + found->file->name;
      unit.is_masked = is_masked(*found->file);
      unit.text = with_unit_text({}, found->file->text, name);
    } else if (const auto* of_systemd = std::ranges::find(
                   kOfSystemd, name, [](const auto& it) { return std::string_view(it.first); });
               of_systemd != kOfSystemd.end()) {
      unit.text = with_unit_text({}, of_systemd->second, name);
    } else if (name == "default.target") {
      unit.text.wants = {"multi-user.target"};
    } else if (const auto* script = script_of(name)) {
      unit.path = "/etc/init.d/" + script->name;
      unit.text = unit_of_script(*script);
    } else {
      return;
    }
    for (const auto* drop_in : drop_ins_of(name))
      unit.text = with_unit_text(std::move(unit.text), drop_in->text, name);
    add_links(unit);
    if (auto scripts = scripts_of_target_.find(name); scripts != scripts_of_target_.end())
      unit.text.wants.insert(unit.text.wants.end(), scripts->second.begin(), scripts->second.end());
    for (const auto& wanted : unit.text.wants) wanted_.push_back(wanted);
    units_.emplace(name, std::move(unit));
  }

  const InitScript* script_of(std::string_view unit) const {
    auto found = std::ranges::find(scripts_, unit, [](const InitScript& it) { return it.name + ".service"; });
    return found == scripts_.end() ? nullptr : &*found;
  }

  void add_scripts() {
    for (const auto& script : scripts_) {
      auto unit = script.name + ".service";
      if (find("", unit) != nullptr) continue;
      wanted_.push_back(unit);
      for (const auto& runlevel : script.runlevels)
        if (auto target = target_of_runlevel(runlevel); !target.empty())
          scripts_of_target_[target].push_back(unit);
    }
  }

  const std::vector<InitScript>& scripts_;
  std::map<std::string, std::map<std::string, Found, std::less<>>, std::less<>> files_{};
  std::map<std::string, std::string, std::less<>> aliases_{};
  std::map<std::string, Unit, std::less<>> units_{};
  std::map<std::string, std::vector<std::string>> scripts_of_target_{};
  std::deque<std::string> wanted_{};
};

}  // namespace

Units::Units(const UnitFiles& files) {
  auto read = Reader(files).read();
  units_ = std::move(read.units);
  aliases_ = std::move(read.aliases);
  find_started();
  find_order();
}

std::string Units::canonical(std::string_view name) const {
  std::string out(name);
  for (std::size_t step = 0; step <= aliases_.size(); ++step) {
    auto found = aliases_.find(out);
    if (found == aliases_.end()) break;
    out = found->second;
  }
  return out;
}

const Unit* Units::find(std::string_view name) const {
  auto found = units_.find(canonical(name));
  return found == units_.end() ? nullptr : &found->second;
}

void Units::find_started() {
  std::deque<std::string> todo = {canonical("default.target")};
  while (!todo.empty()) {
    auto name = std::exchange(todo.front(), {});
    todo.pop_front();
    auto found = units_.find(name);
    if (found == units_.end() || found->second.is_masked || !started_.insert(name).second) continue;
    for (const auto& wanted : found->second.text.wants) todo.push_back(canonical(wanted));
  }
}

// Besides what the files say: a target waits for what it starts, a service for the basic system.
void Units::find_order() {
  auto waits = [&](std::string_view later, std::string_view earlier) {
    followers_[canonical(earlier)].insert(canonical(later));
  };
  for (const auto& [name, unit] : units_) {
    for (const auto& other : unit.text.before) waits(other, name);
    for (const auto& other : unit.text.after) waits(name, other);
    if (!unit.text.has_default_dependencies) continue;
    auto kind = kind_of(name);
    if (kind == "service") waits(name, "basic.target");
    if (kind == "service" || kind == "socket" || kind == "timer" || kind == "path")
      waits(name, "sysinit.target");
    if (kind == "socket") waits("sockets.target", name);
    if (kind != "target") continue;
    for (const auto& wanted : unit.text.wants) {
      const auto* other = find(wanted);
      bool is_other_way_round = other != nullptr && contains(other->text.after, name);
      if (other != nullptr && other->text.has_default_dependencies && !is_other_way_round)
        waits(name, other->name);
    }
  }
}

bool Units::starts_at_boot(std::string_view name) const { return started_.contains(canonical(name)); }

bool Units::comes_before(std::string_view first, std::string_view second) const {
  auto end = canonical(second);
  std::deque<std::string> todo = {canonical(first)};
  std::set<std::string> seen;
  while (!todo.empty()) {
    auto name = std::exchange(todo.front(), {});
    todo.pop_front();
    auto found = followers_.find(name);
    if (found == followers_.end()) continue;
    for (const auto& follower : found->second) {
      if (follower == end) return true;
      // Who does not start lets nobody wait.
      if (started_.contains(follower) && seen.insert(follower).second) todo.push_back(follower);
    }
  }
  return false;
}

}  // namespace pyfw
