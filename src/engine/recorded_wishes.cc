#include "engine/recorded_wishes.h"

#include "wish/parse.h"

namespace pyfw {

Result<Wishes> recorded_wishes(const Record& record) {
  std::vector<std::shared_ptr<const Source>> files;
  for (const auto& file : record.files)
    files.push_back(std::make_shared<const Source>(Source{.name = file.name, .text = file.text}));
  return parse_wishes_again(files);
}

}  // namespace pyfw
