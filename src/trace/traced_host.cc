#include "trace/traced_host.h"
