// What the tutorial wants, as expectations that `pyfw check` answers.

#pragma once

namespace pyfw::lab {

inline constexpr auto kGoals = R"(pyfw_wishes:
  expectations:
  - host2 reaches nginx:     { from: 192.168.122.193, to: '192.168.122.190:8000', is: works }
  - the intruder does not:   { from: 192.168.122.66, to: '192.168.122.190:8000', is: refused }
  - the containers reach it: { from: 'container:container2', to: '172.17.0.1:8000', is: works }
)";

}  // namespace pyfw::lab
