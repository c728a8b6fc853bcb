#include <vector>

#include "host/state_document.h"
#include "tests/fuzz/check.h"

// The bytes up to the first zero are the networks, those up to each further one a container.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pyfw;
  std::vector<std::string> answers = {{}};
  for (char c : fuzz::text_of(data, size)) {
    if (c == '\0') {
      answers.emplace_back();
    } else {
      answers.back() += c;
    }
  }
  auto networks = answers.front();
  answers.erase(answers.begin());
  (void)parse_container_ids(networks);
  (void)parse_docker_version(networks);
  auto docker = parse_docker(networks, answers);
  if (!docker) {
    fuzz::expect(!docker.error().message.empty(), "an error says something");
    return 0;
  }
  // Whatever Docker may say can be kept in a document.
  HostState host{.state = {}, .facts = {.docker = std::move(*docker)}};
  auto text = write_state_yaml(host);
  auto again = parse_state_yaml(fuzz::source_of("again.yaml", text));
  fuzz::expect(again.has_value(), "a printed Docker can be read", text);
  fuzz::expect(again->facts == host.facts, "a Docker survives being printed", text);
  return 0;
}
