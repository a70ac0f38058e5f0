#include "life.h"

#include "base/log.h"
#include "base/memory.h"
#include "bindings/lua_host.h"
#include "journal/query.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct life life;

/* ---- Its moments ---- */

static void pass_moment(const char *what)
{
    world->now = cf_loop_now(life.loop).us;
    if (++world->moments == world->last || (world->dies && strcmp(world->dies, what) == 0))
        (void)raise(SIGKILL);
}

struct row {
    struct cf_timer timer;
    cf_journal_kept *kept;
    void *context;
    int code;
    bool ends;
};

static void tell_kept(struct cf_timer *timer)
{
    struct row row = *(struct row *)timer->data;
    free(timer->data);
    if (!life.engine) /* whoever waited is gone */
        return;
    row.kept(row.context, row.code);
    pass_moment(row.ends ? "logoff: its row was told" : "its row was told");
}

static void on_kept(void *context, int code)
{
    struct row *row = context;
    row->code = code;
    row->timer = (struct cf_timer){.fire = tell_kept, .data = row};
    pass_moment(row->ends ? "logoff: its row is kept" : "its row is kept");
    if (life.row_takes.us)
        cf_timer_set(life.loop, &row->timer, cf_mono_add(cf_loop_now(life.loop), life.row_takes));
    else
        tell_kept(&row->timer);
}

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data;
    static char moment[CF_WHAT_COUNT][32];
    (void)snprintf(moment[entry->what], sizeof moment[0], "%s: its row", cf_what_name(entry->what));
    if (life.before_row)
        life.before_row(entry);
    pass_moment(moment[entry->what]);
    struct row *row = NULL;
    if (kept) {
        row = cf_alloc(sizeof *row);
        *row = (struct row){.kept = kept, .context = context, .ends = entry->what == CF_WHAT_LOGOFF};
    }
    const struct cf_journal *disk = cf_writer_journal(life.writer);
    disk->write(disk->data, entry, row ? on_kept : NULL, row);
    pass_moment("a row is queued");
}

/* ---- What is on disk ---- */

struct looked {
    const struct seat *seat;
    enum cf_what last;
    uint64_t decision;
};

static bool look_at(void *data, const struct cf_entry *entry)
{
    struct looked *looked = data;
    if (entry->session->identity.birth != looked->seat->birth || entry->dry)
        return true;
    if (entry->what == CF_WHAT_LOGOFF || entry->what == CF_WHAT_FORCE)
        looked->decision = entry->decision;
    if (entry->decision == looked->decision)
        looked->last = entry->what;
    return true;
}

/* As anybody reads it, of this decision, and without an outcome. */
static bool has_row(enum cf_action_kind action, const struct seat *seat)
{
    if (life.looks_at_every && (seat - world->seats) % life.looks_at_every)
        return true;
    struct looked looked = {.seat = seat, .last = CF_WHAT_COUNT};
    struct cf_query query = CF_QUERY_ALL;
    query.session = seat->id;
    return cf_query_run(folder_path(""), &query, look_at, &looked, NULL) == CF_OK &&
           looked.last == (action == CF_ACTION_LOGOFF ? CF_WHAT_LOGOFF : CF_WHAT_FORCE);
}

/* ---- Its beginning and its end ---- */

void life_prepare(const char *protect)
{
    cf_log_set_level((enum cf_log_level) - 1); /* failures are made on purpose */
    life = (struct life){0};
    folder_make();
    (void)folder_write("protect.lua", protect);
    host_make();
    host_watch = (struct host_watch){.moment = pass_moment, .has_row = has_row};
}

void life_clear(void)
{
    folder_drop();
}

static void settle(void *data, const struct cf_error *err)
{
    (void)data;
    if (!err)
        cf_outcomes_settle(life.outcomes, life.engine);
}

static void must(int code, const struct cf_error *err)
{
    if (code == CF_OK)
        return;
    (void)fprintf(stderr, "%s\n", err->text);
    abort(); /* perhaps in a child: no test's failure */
}

static void add_policy(const char *policy, const char *option, const char *value)
{
    struct cf_error err = {0};
    json_t *options = option ? json_pack("{s:s}", option, value) : NULL;
    must(cf_config_add_policy(&life.config, policy, NULL, options, &err), &err);
    json_decref(options);
}

void life_begin(void)
{
    struct cf_error err = {0};
    world->life++;
    world->moments = 0;
    must(cf_loop_create_virtual((struct cf_instant){INT64_C(1772438400000000)}, 0, &life.loop, &err), &err);
    if (world->now)
        cf_loop_run_until(life.loop, (struct cf_mono){world->now + 30 * CF_SECOND.us});
    cf_config_init(&life.config);
    life.config.mode = CF_MODE_ACT;
    life.config.limits.share = 1;
    add_policy("policies/idle.lua", NULL, NULL);
    add_policy("policies/disconnected.lua", "limit", "40m");
    add_policy(folder_path("protect.lua"), NULL, NULL);
    const struct cf_writer_setup setup = {.loop = life.loop, .folder = folder_path(""), .patience = {2000}};
    must(cf_writer_create(&setup, &life.writer, &err), &err);
    must(cf_outcomes_read(folder_path(""), &life.outcomes, &err), &err);
    life.journal = (struct cf_journal){.write = write_entry};
    struct cf_engine_setup engine = {.loop = life.loop,
                                     .backend = &host_ops,
                                     .policy_host = &cf_lua_host_ops,
                                     .config = &life.config,
                                     .journal = &life.journal,
                                     .zone = cf_zone_utc()};
    cf_writer_last(life.writer, &engine.last_entry, &engine.last_decision);
    must(cf_engine_create(&engine, &life.engine, &err), &err);
    cf_writer_attach(life.writer, life.engine);
    cf_engine_on_host(life.engine, settle, NULL);
}

void life_run_to(int64_t us)
{
    cf_loop_run_until(life.loop, (struct cf_mono){us});
}

void life_jump(struct cf_span span, bool asleep)
{
    if (!asleep) {
        cf_loop_step_wall(life.loop, span);
        return;
    }
    cf_loop_sleep(life.loop, span);
    world->jumped = cf_loop_now(life.loop).us;
}

void life_end(void)
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
