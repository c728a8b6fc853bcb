// Errors are values that carry a place: every function that can fail returns Result<T>, and what went
// wrong travels up to `app`, which prints it.
//
//   wishes.yaml:12:9: error: unknown key 'memebers_equal'
//      12 |         memebers_equal: [10.0.0.1]
//         |         ^~~~~~~~~~~~~~
//      did you mean 'members_equal'?
//
//   TRY(auto state, kernel.read());      // returns the error to the caller, or declares `state`
//   TRY_VOID(check(state));

#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pyfw {

// A text that errors can point into, with the name that a person knows it by.
struct Source {
  std::string name;
  std::string text;
};

// A place in a source. Lines and columns count from 1, columns in characters (not bytes).
struct Place {
  std::shared_ptr<const Source> source;
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t length = 1;
};

enum class ErrorKind {
  kFailed,    // the work could not be done: exit status 1
  kBadInput,  // what the owner gave us is wrong: exit status 2 (the classic flags: 1)
};

struct Error {
  std::string message;
  std::optional<Place> place{};
  std::string hint{};
  ErrorKind kind = ErrorKind::kFailed;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string message, std::string hint = {}) {
  return std::unexpected(
      Error{.message = std::move(message), .place = {}, .hint = std::move(hint), .kind = ErrorKind::kFailed});
}
inline std::unexpected<Error> bad_input(std::string message, std::string hint = {}) {
  return std::unexpected(Error{
      .message = std::move(message), .place = {}, .hint = std::move(hint), .kind = ErrorKind::kBadInput});
}
inline std::unexpected<Error> bad_input(Place place, std::string message, std::string hint = {}) {
  return std::unexpected(Error{.message = std::move(message),
                               .place = std::move(place),
                               .hint = std::move(hint),
                               .kind = ErrorKind::kBadInput});
}

// "wishes.yaml:12:9", for messages that name a second place.
std::string where(const Place& place);

// The whole message as it is printed, the offending line and its caret included; ends without a newline.
// `severity` is the word after the place: "error" or "warning". Control characters are made visible.
std::string render(const Error& error, std::string_view severity = "error");

#define PYFW_CONCAT_(a, b) a##b
#define PYFW_CONCAT(a, b) PYFW_CONCAT_(a, b)
#define PYFW_TRY_(result, declaration, ...)                                   \
  auto result = (__VA_ARGS__);                                                \
  if (!result.has_value()) return std::unexpected(std::move(result).error()); \
  declaration = std::move(result).value()
#define TRY(declaration, ...) PYFW_TRY_(PYFW_CONCAT(try_result_, __LINE__), declaration, __VA_ARGS__)
#define TRY_VOID(...)                                                         \
  do {                                                                        \
    if (auto try_void_result_ = (__VA_ARGS__); !try_void_result_.has_value()) \
      return std::unexpected(std::move(try_void_result_).error());            \
  } while (false)

}  // namespace pyfw
