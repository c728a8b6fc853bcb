#include "keep/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace pyfw {
namespace {

constexpr std::uint64_t kPrime = 0x100000001b3U;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string_view behind_first_line(std::string_view text) {
  return text.substr(std::min(first_line(text).size() + 1, text.size()));
}

std::string digest_of(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.text();
}

Family family_of(const Json& json) {
  auto name = bytes_of(json);
  for (auto family : kFamilies)
    if (name == program_of(family)) return family;
  throw std::invalid_argument("family");
}

}  // namespace

Json json_of(std::string_view bytes) {
  if (is_ascii(bytes)) return std::string(bytes);
  std::string utf8;
  utf8.reserve(bytes.size() + 16);
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xc0U | (byte >> 6U));
      utf8 += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return utf8;
}

std::string bytes_of(const Json& text) {
  const auto& utf8 = text.get_ref<const std::string&>();
  if (is_ascii(utf8)) return utf8;
  std::string bytes;
  bytes.reserve(utf8.size());
  // The parser has seen to it that this is UTF-8.
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      bytes += utf8[i];
      continue;
    }
    if (lead > 0xc3 || i + 1 == utf8.size()) throw std::invalid_argument("no byte");
    bytes += static_cast<char>(((lead & 0x3U) << 6U) | (static_cast<unsigned char>(utf8[++i]) & 0x3fU));
  }
  return bytes;
}

std::int64_t signed_of(const Json& number) {
  if (!number.is_number_integer()) throw std::invalid_argument("number");
  return number.get<std::int64_t>();
}

std::uint64_t unsigned_of(const Json& number) {
  if (!number.is_number_unsigned()) throw std::invalid_argument("number");
  return number.get<std::uint64_t>();
}

const std::vector<Json>& items_of(const Json& list) { return list.get_ref<const Json::array_t&>(); }

void Digest::add(std::string_view bytes) {
  auto hash = hash_;
  for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  hash_ = hash;
  bytes_ += bytes.size();
}

void Digest::add_one(std::string_view text) {
  add(fmt::format("{}:", text.size()));
  add(text);
}

std::string Digest::text() const { return fmt::format("{:016x}-{}", hash_, bytes_); }

std::string seal(std::string_view kind, const Json& first, const Json& document) {
  auto body = document.dump() + '\n';
  Json line = {{"pyfw", json_of(kind)}};
  line.update(first);
  line["bytes"] = body.size();
  line["digest"] = digest_of(body);
  return line.dump() + '\n' + body;
}

Json first_line_of(std::string_view kind, std::string_view text) {
  constexpr std::size_t kLongest = 4096;
  Json none = Json::value_t::discarded;
  auto line = first_line(text.substr(0, kLongest));
  auto json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return none;
  auto found = json.find("pyfw");
  return found != json.end() && *found == json_of(kind) ? json : none;
}

bool has_all_bytes(const Json& first, std::string_view text) {
  auto bytes = first.find("bytes");
  return bytes != first.end() && *bytes == behind_first_line(text).size();
}

Result<void> unseal(std::string_view kind, std::string_view text,
                    const std::function<void(const Json&)>& read) {
  auto damaged = [&] {
    return fail(
        fmt::format("what pyfw has kept is cut, changed or of another version (expected '{}')", kind));
  };
  auto first = first_line_of(kind, text);
  if (!first.is_object()) return damaged();
  auto body = behind_first_line(text);
  auto digest = first.find("digest");
  if (!has_all_bytes(first, text) || digest == first.end() || *digest != digest_of(body)) return damaged();
  auto document = Json::parse(body, nullptr, false);
  try {
    read(document);
  } catch (const std::exception&) {
    return damaged();
  }
  return {};
}

Json json_of(std::optional<Backend> backend) { return backend ? json_of(name_of(*backend)) : Json(nullptr); }

std::optional<Backend> backend_of(const Json& json) {
  for (auto backend : {Backend::kNft, Backend::kLegacy})
    if (json == name_of(backend)) return backend;
  return std::nullopt;
}

Json json_of(const ChainId& id) {
  return Json::array({std::string(program_of(id.family)), json_of(id.table), json_of(id.chain)});
}

ChainId chain_id_of(const Json& json) {
  return {.family = family_of(json.at(0)), .table = bytes_of(json.at(1)), .chain = bytes_of(json.at(2))};
}

Json json_of(std::span<const std::string> texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(json_of(text));
  return out;
}

std::vector<std::string> texts_of(const Json& json) {
  std::vector<std::string> out;
  for (const auto& text : items_of(json)) out.push_back(bytes_of(text));
  return out;
}

}  // namespace pyfw
