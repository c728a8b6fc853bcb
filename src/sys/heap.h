// The heap of a process that holds all rules and set members of a host: tens of megabytes, touched once,
// within a tenth of a second.

#pragma once

namespace pyfw {

// Memory that was used once is used again, and the heap comes in pages of 2 MiB where the kernel has them to
// give (transparent huge pages, madvise(2)): each page of 4 KiB costs a fault, and thousands of them take a
// third of the time of a plan with a large set. Before any thread is started.
void prepare_heap();

}  // namespace pyfw
