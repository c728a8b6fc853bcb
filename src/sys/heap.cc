#include "sys/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace pyfw {
namespace {

constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20U;
// What is not touched takes no memory.
constexpr int kGrowth = 128 << 20;

std::uintptr_t end_of_heap() { return reinterpret_cast<std::uintptr_t>(sbrk(0)); }

}  // namespace

void prepare_heap() {
  constexpr int kNever = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kNever);
  mallopt(M_TRIM_THRESHOLD, kNever);
  mallopt(M_TOP_PAD, kGrowth);
  // Threads would each take a heap of their own.
  mallopt(M_ARENA_MAX, 1);
  auto begin = (end_of_heap() + kLargePage - 1) / kLargePage * kLargePage;
  // More than is left, so that the heap grows. Volatile: or else nothing would be allocated.
  void* volatile block = std::malloc(std::size_t{1} << 20U);
  std::free(block);
  auto end = end_of_heap();
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace pyfw
