/* For tests of the generator. */
#ifndef CF_SIM_OFFICE_H
#define CF_SIM_OFFICE_H

#include "sim/scenario.h"

/* The bytes that the office holds for events at this time: they do not grow with the days. */
size_t cf_office_room(const struct cf_scenario *scenario);

#endif
