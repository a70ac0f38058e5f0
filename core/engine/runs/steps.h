/* The host's clock is set, or the host slept: what that means for runs. */
#ifndef CF_ENGINE_STEPS_H
#define CF_ENGINE_STEPS_H

#include "time/clock.h"

/* The host's clock was set, or it slept: a cf_clock_listener of the engine. */
void cf_engine_clock_changed(void *engine, enum cf_clock_change change, struct cf_span by);

#endif
