/* Processor time lately used by a session, from readings some time apart. */
#ifndef CF_ENGINE_CPU_LOAD_H
#define CF_ENGINE_CPU_LOAD_H

#include "engine/engine.h"

/* Processor time used so far, as read at some moment. */
struct cf_cpu_load {
    struct cf_mono at;
    int64_t used_us;
};

enum { CF_LOAD_SAMPLES = 16 };

struct cf_session_state;

/* A fresh reading of the processor time used by the session. */
void cf_cpu_load_note(struct cf_session_state *state, int64_t used_us);

/* How long before its end, which is so far away, a wait takes a sample; 0: it takes none. */
struct cf_span cf_cpu_load_ahead(const struct cf_engine *engine, int64_t left_us);
void cf_cpu_load_sample(struct cf_session_state *state);

#endif
