// For the programs that tests start, thousands of times: the search for leaks at the end takes longer than
// all the rest. The unit tests, which run the same code, are searched.

extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "detect_leaks=0";
}
