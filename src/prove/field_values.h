// The values of a packet's fields, as points.

#pragma once

#include "net/packet.h"
#include "prove/packet_space.h"

namespace pyfw {

Point value_of(Field field, const Packet& packet);
void put_value(Field field, Point value, Packet& packet);

}  // namespace pyfw
