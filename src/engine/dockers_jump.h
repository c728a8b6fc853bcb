// Docker's jump to DOCKER-USER, where that chain is wished and Docker has not been there yet: what stands in
// it holds from Docker's first packet on, and Docker finds its own jump, and moves it. It never is pyfw's.

#pragma once

#include "engine/look.h"

namespace pyfw {

// The course with that jump: in FORWARD, where the wishes let rules of others begin.
Result<Course> with_dockers_jump(Course course, const Outlook& first, Kernel& kernel);

}  // namespace pyfw
