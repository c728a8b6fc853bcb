// pyfw on a system that allows no network namespace: a way can't be rehearsed.

#include "app/classic.h"
#include "app/options.h"
#include "app/subcommands.h"
#include "around_kernel.h"

namespace {

class Copyless : public pyfw::AroundKernel {
 public:
  using AroundKernel::AroundKernel;
  pyfw::Result<std::unique_ptr<pyfw::Kernel>> copy(const pyfw::State& /*state*/) override {
    return pyfw::fail("the system lets us make no network namespace");
  }
};

}  // namespace

int main(int argc, char** argv) {
  pyfw::World world{
      .around_kernel = [](std::unique_ptr<pyfw::Kernel> kernel) -> std::unique_ptr<pyfw::Kernel> {
        return std::make_unique<Copyless>(std::move(kernel));
      }};
  return pyfw::run_command_line(argc, argv, pyfw::kSubcommands, pyfw::run_classic, world);
}
