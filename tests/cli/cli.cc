#include "cli.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace pyfw::cli {
namespace {

constexpr std::string_view kOpen = "⟦";
constexpr std::string_view kClose = "⟧";

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return count;
}

}  // namespace

std::string golden(const std::string& path) {
  std::ifstream file(PYFW_SOURCE_DIR "/tests/golden/" + path);
  if (!file) throw std::runtime_error("no golden file " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string without_lines(std::string text, const std::vector<std::string>& lines) {
  for (const auto& line : lines) text = replaced(std::move(text), line + '\n', "");
  return text;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("not in the text: " + std::string(from));
  return text.replace(at, from.size(), to);
}

Marked::Marked(std::string_view marked_text) : text(marked_text) {
  auto open = text.find(kOpen);
  if (open == std::string::npos) throw std::runtime_error("no mark in: " + text);
  text.erase(open, kOpen.size());
  auto close = text.find(kClose);
  if (close == std::string::npos) throw std::runtime_error("no closing mark in: " + text);
  text.erase(close, kClose.size());
  auto before = std::string_view(text).substr(0, open);
  auto line_start = before.rfind('\n') + 1;
  line += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  column += characters(before.substr(line_start));
  source_line = text.substr(line_start, text.find('\n', line_start) - line_start);
  carets = std::string(column - 1, ' ') + '^';
  auto width = characters(std::string_view(text).substr(open, close - open));
  if (width > 1) carets += std::string(width - 1, '~');
}

std::string Marked::error(std::string_view file, std::string_view message, std::string_view hint) const {
  auto out = fmt::format("{0}:{1}:{2}: error: {3}\n{1:>5} | {4}\n{5:>5} | {6}\n", file, line, column, message,
                         source_line, "", carets);
  if (!hint.empty()) out += fmt::format("   {}\n", hint);
  return out;
}

CliTest::CliTest() {
  std::string pattern = testing::TempDir() + "pyfw-cli-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = pattern;
  write("state.save", golden("tutorial/5-after-reboot-and-apply.iptables-save"));
  write("state.ipset", golden("tutorial/allowed_hosts.ipset-save"));
}

CliTest::~CliTest() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void CliTest::write(const std::string& name, std::string_view text) const {
  auto path = folder_ + "/" + name;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("can't write " + path);
}

Outcome CliTest::pyfw(const std::vector<std::string>& arguments) const { return pyfw_to({}, arguments); }

Outcome CliTest::pyfw_to(const std::string& path, const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {PYFW_PROGRAM};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  if (!path.empty()) argv = {"/bin/sh", "-c", "out=$1; shift; exec \"$@\" >\"$out\"", "sh", path};
  if (!path.empty())
    argv.push_back(PYFW_PROGRAM), argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto outcome = run(argv, {.environment = {"ASAN_OPTIONS=detect_leaks=1"},
                            .in_child = [this] { return chdir(folder_.c_str()) == 0; }});
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return std::move(*outcome);
}

Outcome CliTest::plan(std::string_view wishes) const {
  write("wishes.yaml", wishes);
  return pyfw({"--wishes", "wishes.yaml", "--iptables-save", "state.save", "--ipset-save", "state.ipset"});
}

void CliTest::expect_refused(std::string_view marked_wishes, std::string_view message,
                             std::string_view hint) const {
  Marked marked(marked_wishes);
  auto run = plan(marked.text);
  EXPECT_EQ(run.err, marked.error("wishes.yaml", message, hint));
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.status, 1);
}

}  // namespace pyfw::cli
