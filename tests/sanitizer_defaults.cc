// For the programs that tests start, thousands of times: the search for leaks at the end takes longer than
// all the rest. Unit tests are searched, and what tests/cli starts.

extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "detect_leaks=0";
}
