// The tutorial's hosts as a small picture, drawn from what `ip` and `docker inspect` say of them.

#pragma once

#include <string>

#include "base/error.h"
#include "lab/tutorial.h"

namespace pyfw::lab {

Result<std::string> draw(const Tutorial& tutorial);

}  // namespace pyfw::lab
