/*
 * One life of the program on that host: loop, journal on disk, engine with policies in Lua. A life may be
 * ended by SIGKILL at any moment; the next one goes on with the same host, journal and time.
 */
#ifndef CF_TESTS_FAULTS_LIFE_H
#define CF_TESTS_FAULTS_LIFE_H

#include "../fixture/folder.h"
#include "host.h"

#include "base/log.h"
#include "bindings/lua_host.h"
#include "engine/engine.h"
#include "journal/outcomes.h"
#include "journal/query.h"
#include "journal/writer.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static struct life {
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
static inline void life_prepare(const char *protect)
{
    cf_log_set_level((enum cf_log_level) - 1); /* failures are made on purpose */
    life = (struct life){0};
    folder_make();
    (void)folder_write("protect.lua", protect);
    host_make();
}

static inline void life_clear(void)
{
    folder_drop();
}

/* ---- Its moments ---- */

static inline void life_moment(const char *what)
{
    world->now = cf_loop_now(life.loop).us;
    if (++world->moments == world->last || (world->dies && strcmp(world->dies, what) == 0))
        (void)raise(SIGKILL);
}

struct life_row {
    struct cf_timer timer;
    cf_journal_kept *kept;
    void *context;
    int code;
    bool ends;
};

static inline void life_tell(struct cf_timer *timer)
{
    struct life_row row = *(struct life_row *)timer->data;
    free(timer->data);
    if (!life.engine) /* whoever waited is gone */
        return;
    row.kept(row.context, row.code);
    life_moment(row.ends ? "logoff: its row was told" : "its row was told");
}

static inline void life_kept(void *context, int code)
{
    struct life_row *row = context;
    row->code = code;
    row->timer = (struct cf_timer){.fire = life_tell, .data = row};
    life_moment(row->ends ? "logoff: its row is kept" : "its row is kept");
    if (life.row_takes.us)
        cf_timer_set(life.loop, &row->timer, cf_mono_add(cf_loop_now(life.loop), life.row_takes));
    else
        life_tell(&row->timer);
}

static inline void life_write(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data;
    static char moment[CF_WHAT_COUNT][32];
    (void)snprintf(moment[entry->what], sizeof moment[0], "%s: its row", cf_what_name(entry->what));
    if (life.before_row)
        life.before_row(entry);
    life_moment(moment[entry->what]);
    struct life_row *row = NULL;
    if (kept) {
        row = cf_alloc(sizeof *row);
        *row = (struct life_row){.kept = kept, .context = context, .ends = entry->what == CF_WHAT_LOGOFF};
    }
    const struct cf_journal *disk = cf_writer_journal(life.writer);
    disk->write(disk->data, entry, row ? life_kept : NULL, row);
    life_moment("a row is queued");
}

/* ---- What is on disk ---- */

struct life_looked {
    const struct seat *seat;
    enum cf_what last;
    uint64_t decision;
};

static inline bool life_look(void *data, const struct cf_entry *entry)
{
    struct life_looked *looked = data;
    if (entry->session->identity.birth != looked->seat->birth || entry->dry)
        return true;
    if (entry->what == CF_WHAT_LOGOFF || entry->what == CF_WHAT_FORCE)
        looked->decision = entry->decision;
    if (entry->decision == looked->decision)
        looked->last = entry->what;
    return true;
}

/* As anybody reads it, of this decision, and without an outcome. */
static inline bool life_has_row(enum cf_action_kind action, const struct seat *seat)
{
    if (life.looks_at_every && (seat - world->seats) % life.looks_at_every)
        return true;
    struct life_looked looked = {.seat = seat, .last = CF_WHAT_COUNT};
    struct cf_query query = CF_QUERY_ALL;
    query.session = seat->id;
    return cf_query_run(folder_path(""), &query, life_look, &looked, NULL) == CF_OK &&
           looked.last == (action == CF_ACTION_LOGOFF ? CF_WHAT_LOGOFF : CF_WHAT_FORCE);
}

/* ---- Its beginning and its end ---- */

static inline void life_settle(void *data, const struct cf_error *err)
{
    (void)data;
    if (!err)
        cf_outcomes_settle(life.outcomes, life.engine);
}

static inline void life_must(int code, const struct cf_error *err)
{
    if (code == CF_OK)
        return;
    (void)fprintf(stderr, "%s\n", err->text);
    abort(); /* perhaps in a child: no test's failure */
}

static inline void life_add(const char *policy, const char *option, const char *value)
{
    struct cf_error err = {0};
    json_t *options = option ? json_pack("{s:s}", option, value) : NULL;
    life_must(cf_config_add_policy(&life.config, policy, NULL, options, &err), &err);
    json_decref(options);
}

/* The program starts, thirty seconds after the last one was seen. */
static inline void life_begin(void)
{
    struct cf_error err = {0};
    world->life++;
    world->moments = 0;
    life_must(cf_loop_create_virtual((struct cf_instant){INT64_C(1772438400000000)}, 0, &life.loop, &err),
              &err);
    if (world->now)
        cf_loop_run_until(life.loop, (struct cf_mono){world->now + 30 * CF_SECOND.us});
    cf_config_init(&life.config);
    life.config.mode = CF_MODE_ACT;
    life.config.limits.share = 1;
    life_add("policies/idle.lua", NULL, NULL);
    life_add("policies/disconnected.lua", "limit", "40m");
    life_add(folder_path("protect.lua"), NULL, NULL);
    const struct cf_writer_setup setup = {.loop = life.loop, .folder = folder_path(""), .patience = {2000}};
    life_must(cf_writer_create(&setup, &life.writer, &err), &err);
    life_must(cf_outcomes_read(folder_path(""), &life.outcomes, &err), &err);
    life.journal = (struct cf_journal){.write = life_write};
    struct cf_engine_setup engine = {.loop = life.loop,
                                     .backend = &host_ops,
                                     .policy_host = &cf_lua_host_ops,
                                     .config = &life.config,
                                     .journal = &life.journal,
                                     .zone = cf_zone_utc()};
    cf_writer_last(life.writer, &engine.last_entry, &engine.last_decision);
    life_must(cf_engine_create(&engine, &life.engine, &err), &err);
    cf_writer_attach(life.writer, life.engine);
    cf_engine_on_host(life.engine, life_settle, NULL);
}

static inline void life_run_to(int64_t us)
{
    cf_loop_run_until(life.loop, (struct cf_mono){us});
}

/* The host's clock is set, which is nothing to idle.lua, or the host sleeps. */
static inline void life_jump(struct cf_span span, bool asleep)
{
    if (!asleep) {
        cf_loop_step_wall(life.loop, span);
        return;
    }
    cf_loop_sleep(life.loop, span);
    world->jumped = cf_loop_now(life.loop).us;
}

static inline void life_end(void)
{
    world->now = cf_loop_now(life.loop).us;
    cf_engine_destroy(life.engine);
    life.engine = NULL;
    cf_outcomes_destroy(life.outcomes);
    cf_writer_destroy(life.writer);
    cf_loop_run(life.loop);
    cf_loop_destroy(life.loop);
    cf_config_finish(&life.config);
    cf_zones_release();
}

#endif
