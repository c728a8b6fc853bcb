#include "app/doctor.h"

#include "app/live_host.h"
#include "app/print.h"
#include "doctor/diagnose.h"
#include "examine/examine.h"
#include "sys/network_namespace.h"

namespace pyfw {

ExitCode run_doctor(const Options& options, const World& world) {
  if (!options.netns.empty())
    if (auto entered = enter_network_namespace(options.netns); !entered) return report(entered.error());
  auto diagnosis = diagnose(examine(
      {.state_dir = options.state_dir, .backend = options.backend, .make_kernel = [&](Backend backend) {
         return live_kernel(backend, world);
       }}));
  print_out(options.format == "json" ? as_json(diagnosis) : as_text(diagnosis, output_is_coloured()));
  if (!output_arrived()) return ExitCode::kFailed;
  return matter(diagnosis.findings) ? ExitCode::kNo : ExitCode::kDone;
}

}  // namespace pyfw
