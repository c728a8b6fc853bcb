#include "sys/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace pyfw {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20U;
// What is not touched takes no memory.
constexpr int kGrowth = 128 << 20;

char* end_of_heap() { return static_cast<char*>(sbrk(0)); }

}  // namespace

void prepare_heap() {
  constexpr int kNever = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kNever);
  mallopt(M_TRIM_THRESHOLD, kNever);
  mallopt(M_TOP_PAD, kGrowth);
  // Threads would each take a heap of their own.
  mallopt(M_ARENA_MAX, 1);
  auto* before = end_of_heap();
  // More than is left, so that the heap grows. Volatile: or else nothing would be allocated.
  void* volatile block = std::malloc(std::size_t{1} << 20U);
  std::free(block);
  auto room = static_cast<std::size_t>(end_of_heap() - before);
  void* first = before;
  if (std::align(kLargePage, kLargePage, first, room) != nullptr) madvise(first, room, MADV_HUGEPAGE);
}

}  // namespace pyfw
