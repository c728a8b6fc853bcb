// What the documents show is what happens.
//
// After a change that is meant, `PYFW_REWRITE_DOCS=1 ./dev test -R docs` writes what happens into the
// documents; read the difference before you believe it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/diff.h"
#include "base/strings.h"
#include "docs/document.h"
#include "docs/stage.h"

namespace pyfw::docs {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (auto line : split(text, '\n')) lines.emplace_back(line);
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> documents() {
  std::vector<std::string> names = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md"};
  for (const auto& entry : fs::directory_iterator(PYFW_SOURCE_DIR "/docs"))
    if (entry.path().extension() == ".md") names.push_back("docs/" + entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

// Plays a document piece by piece, and says where it is wrong.
class Play {
 public:
  explicit Play(std::string name) : name_(std::move(name)), lines_(lines_of(contents(path()))) {}

  [[nodiscard]] fs::path path() const { return fs::path(PYFW_SOURCE_DIR) / name_; }

  void piece(const Piece& piece) {
    if (piece.kind == Piece::Kind::kHost || !stage_) enter_stage();
    if (!stage_) return;
    auto said = act(piece);
    if (!said) {
      ADD_FAILURE_AT(path().c_str(), static_cast<int>(piece.line)) << said.error().message;
    } else if (piece.kind == Piece::Kind::kRun) {
      EXPECT_EQ(stage_->status(), 0) << name_ << ":" << piece.line << ": " << piece.text << "\n" << *said;
    } else if (piece.kind == Piece::Kind::kCommand) {
      compare(piece, lines_of(*said));
    }
  }

  // From the last to the first, so that the lines before stay where they are.
  void write_corrections() {
    for (auto at = corrections_.rbegin(); at != corrections_.rend(); ++at) {
      auto first = lines_.begin() + static_cast<std::ptrdiff_t>(at->first.answer_line - 1);
      auto rest = lines_.erase(first, first + static_cast<std::ptrdiff_t>(at->first.answer.size()));
      lines_.insert(rest, at->second.begin(), at->second.end());
    }
    if (!corrections_.empty()) std::ofstream(path()) << join(lines_, "\n") << "\n";
  }

 private:
  void enter_stage() {
    stage_.reset();
    auto stage = Stage::open();
    if (!stage) {
      ADD_FAILURE() << stage.error().message;
      return;
    }
    stage_.emplace(std::move(*stage));
  }

  Result<std::string> act(const Piece& piece) {
    switch (piece.kind) {
      case Piece::Kind::kHost: break;
      case Piece::Kind::kFile: {
        TRY_VOID(stage_->write_file(piece.path, piece.text));
        break;
      }
      case Piece::Kind::kRun: return stage_->say("set -e\n" + piece.text);
      case Piece::Kind::kCommand: return stage_->say(piece.text);
    }
    return {};
  }

  void compare(const Piece& piece, std::vector<std::string> lines) {
    if (matches(piece.answer, lines)) return;
    auto difference = unified_diff(join(piece.answer, "\n"), join(lines, "\n"),
                                   {.before = "the document", .after = "what is printed"});
    ADD_FAILURE_AT(path().c_str(), static_cast<int>(piece.line)) << "$ " << piece.text << "\n" << difference;
    corrections_.emplace_back(piece, std::move(lines));
  }

  std::string name_;
  std::vector<std::string> lines_;
  std::optional<Stage> stage_;
  std::vector<std::pair<Piece, std::vector<std::string>>> corrections_;
};

class Documents : public testing::TestWithParam<std::string> {};

TEST_P(Documents, TranscriptsAreWhatHappens) {
  if (auto stage = Stage::open(); !stage) GTEST_SKIP() << stage.error().message;
  Play play(GetParam());
  auto pieces = pieces_of(contents(play.path()));
  ASSERT_TRUE(pieces) << pieces.error().message;
  for (const auto& piece : *pieces) play.piece(piece);
  if (std::getenv("PYFW_REWRITE_DOCS") != nullptr) play.write_corrections();
}

TEST_P(Documents, LinksLeadSomewhere) {
  auto path = fs::path(PYFW_SOURCE_DIR) / GetParam();
  for (const auto& link : links_of(contents(path))) {
    auto target = link.file.empty() ? path : path.parent_path() / link.file;
    EXPECT_TRUE(fs::exists(target)) << GetParam() << " links to " << link.file;
    if (link.heading.empty()) continue;
    EXPECT_TRUE(std::ranges::count(headings_of(contents(target)), link.heading) == 1)
        << GetParam() << " links to " << link.file << "#" << link.heading;
  }
}

std::string as_test_name(const testing::TestParamInfo<std::string>& document) {
  auto name = document.param;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(, Documents, testing::ValuesIn(documents()), as_test_name);

TEST(Matches, AnyLinesStandForOneOrMore) {
  EXPECT_TRUE(matches({"a", "…", "d"}, {"a", "b", "c", "d"}));
  EXPECT_TRUE(matches({"…"}, {"a", "b"}));
  EXPECT_FALSE(matches({"a", "…", "d"}, {"a", "d"}));
  EXPECT_FALSE(matches({"a", "…"}, {"b", "c"}));
  EXPECT_FALSE(matches({"a"}, {"a", "b"}));
}

TEST(PiecesOf, CommandsKeepTheirAnswersApart) {
  auto pieces = pieces_of("```console\n$ one\nx\n\n$ two \\\n    three\ny\n```\n");
  ASSERT_TRUE(pieces);
  ASSERT_EQ(pieces->size(), 2U);
  EXPECT_EQ((*pieces)[0].answer, (std::vector<std::string>{"x", ""}));
  EXPECT_EQ((*pieces)[1].text, "two \\\n    three");
  EXPECT_EQ((*pieces)[1].answer, std::vector<std::string>{"y"});
}

}  // namespace
}  // namespace pyfw::docs
