/*
 * One life of the program on that host: loop, journal on disk, engine with policies in Lua. A life may be
 * ended by SIGKILL at any moment; the next one goes on with the same host, journal and time.
 */
#ifndef CF_TESTS_FAULTS_LIFE_H
#define CF_TESTS_FAULTS_LIFE_H

#include "../fixture/folder.h"
#include "host.h"

#include "engine/engine.h"
#include "journal/outcomes.h"
#include "journal/writer.h"

extern struct life {
    struct cf_loop *loop;
    struct cf_writer *writer;
    struct cf_outcomes *outcomes;
    struct cf_config config;
    struct cf_journal journal;
    struct cf_engine *engine;
    void (*before_row)(const struct cf_entry *entry); /* optional */
    struct cf_span row_takes;                         /* so much later an entry is told to be kept */
    uint32_t looks_at_every; /* of so many sessions, only one is looked up on disk when it is ended; 0: all */
} life;

/* A host, an empty journal, and the policies: idle (30 minutes), disconnected (40 minutes), and one that
 * protects dan. */
void life_prepare(const char *protect);
void life_clear(void);

/* The program starts, thirty seconds after the last one was seen. */
void life_begin(void);
void life_run_to(int64_t us);
void life_end(void);

/* The host's clock is set, which is nothing to idle.lua, or the host sleeps. */
void life_jump(struct cf_span span, bool asleep);

#endif
