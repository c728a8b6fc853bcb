// What the demo tells, chapter by chapter.

#pragma once

#include "base/error.h"
#include "lab/story.h"
#include "lab/tutorial.h"

namespace pyfw::lab {

// With real packets.
Result<void> tell_live(Story& story, Tutorial& tutorial);

// Where Docker can't run, for that reason: the same plans from recorded chains, without packets.
Result<void> tell_from_recordings(Story& story, const Error& reason);

}  // namespace pyfw::lab
