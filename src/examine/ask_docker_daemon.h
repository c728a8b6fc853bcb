// How the Docker of this network namespace is set up: by its process, its file and its own answers.

#pragma once

#include "doctor/docker_daemon.h"
#include "doctor/units.h"

namespace pyfw {

// To be asked only where read_docker() has found one. Its file is read as its process sees it; where that is
// not seen, below `root`.
Result<DockerDaemon> ask_docker_daemon(const Units& units, const std::string& root);

}  // namespace pyfw
