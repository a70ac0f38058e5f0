#include "author/world.h"

#include "base/memory.h"
#include "bindings/lua_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cf_world_init(struct cf_world *world, struct cf_instant start, const char *policy_folder)
{
    *world = (struct cf_world){.start = start,
                               .zone = cf_zone_utc(),
                               .policy_folder = policy_folder,
                               .policy_host = &cf_lua_host_ops};
}

/* ---- What happened ------------------------------------------------------------------------------------- */

const char *cf_row_time(int64_t us, char out[CF_SPAN_TEXT])
{
    long long seconds = us / CF_SECOND.us, hours = seconds / 3600;
    int used = hours ? snprintf(out, CF_SPAN_TEXT, "%lld:", hours) : 0;
    snprintf(out + used, CF_SPAN_TEXT - (size_t)used, "%02lld:%02lld", seconds / 60 % 60, seconds % 60);
    return out;
}

bool cf_row_is_outcome(const struct cf_row *row)
{
    return row->what == CF_WHAT_ENDED || row->what == CF_WHAT_WITHDRAW;
}

static struct cf_row *add_row(struct cf_world *world, struct cf_mono at, uint32_t label)
{
    if (world->row_count >= CF_WORLD_ROWS)
        cf_loop_stop(world->loop); /* cf_world_is_full then tells why */
    world->rows = cf_grow(world->rows, world->row_count, sizeof *world->rows);
    struct cf_row *row = &world->rows[world->row_count++];
    int64_t since = cf_mono_since(world->begun, at).us;
    *row = (struct cf_row){.at_us = since, .until_us = since, .times = 1, .what = -1, .label = label};
    return row;
}

static uint32_t label_of(const struct cf_world *world, const struct cf_identity *identity)
{
    for (size_t i = world->sighting_count; i-- > 0;)
        if (cf_identity_equal(&world->sightings[i].identity, identity))
            return world->sightings[i].label;
    return CF_WORLD_NOBODY;
}

static char *entry_text(const struct cf_entry *entry)
{
    struct cf_buffer text = {0};
    cf_buffer_puts(&text, entry->text ? entry->text : "");
    if (entry->dry)
        cf_buffer_puts(&text, text.length ? " (dry run)" : "(dry run)");
    return text.data;
}

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct cf_world *world = data;
    const struct cf_session *session = entry->session;
    uint32_t label = session ? label_of(world, &session->identity) : CF_WORLD_NOBODY;
    struct cf_row *row = add_row(world, entry->at_mono, label);
    row->what = (int)entry->what;
    row->code = entry->code;
    row->line = entry->line;
    row->unwarned = entry->unwarned;
    row->who = cf_strdup(session && session->user ? session->user : "");
    row->by = cf_strdup(entry->policy ? entry->policy : "");
    row->text = entry_text(entry);
    cf_journal_queue_push(&world->queue, kept, context);
}

static char *event_text(const struct cf_event *event)
{
    struct cf_buffer text = {0};
    char span[CF_SPAN_TEXT];
    bool by_itself = event->kind == CF_EVENT_LOGOFF && event->text; /* "ended", "vanished" */
    cf_buffer_puts(&text, by_itself ? "session" : cf_event_name(event->kind));
    if (event->text)
        cf_buffer_printf(&text, " %s", event->text);
    switch (event->kind) {
    case CF_EVENT_SLEEP:
    case CF_EVENT_STEP:
        cf_buffer_printf(&text, " %s", cf_span_words((struct cf_span){event->argument}, span));
        break;
    case CF_EVENT_JOB:
        if (!event->argument)
            cf_buffer_puts(&text, " ends");
        break;
    case CF_EVENT_ANSWER: cf_buffer_puts(&text, event->argument ? " yes" : " no"); break;
    case CF_EVENT_FAULT: cf_buffer_printf(&text, " %lld", (long long)event->argument); break;
    default: break;
    }
    return text.data;
}

static bool of_nobody(enum cf_event_kind kind)
{
    return kind == CF_EVENT_SLEEP || kind == CF_EVENT_STEP || kind == CF_EVENT_FAULT;
}

static void note_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    struct cf_world *world = data;
    uint32_t label = of_nobody(event->kind) ? CF_WORLD_NOBODY : event->label;
    if (session && (event->kind == CF_EVENT_LOGON || event->kind == CF_EVENT_RETURN) &&
        label_of(world, &session->identity) == CF_WORLD_NOBODY) {
        world->sightings = cf_grow(world->sightings, world->sighting_count, sizeof *world->sightings);
        struct cf_identity identity = session->identity;
        identity.host = cf_strdup(identity.host);
        identity.id = cf_strdup(identity.id);
        world->sightings[world->sighting_count++] = (struct cf_sighting){identity, label};
    }

    char *text = event_text(event);
    struct cf_row *last = world->row_count ? &world->rows[world->row_count - 1] : NULL;
    if (last && last->what < 0 && last->label == label && strcmp(last->text, text) == 0) {
        last->times++;
        last->until_us = cf_mono_since(world->begun, cf_loop_now(world->loop)).us;
        free(text);
        return;
    }
    struct cf_row *row = add_row(world, cf_loop_now(world->loop), label);
    row->who = cf_strdup(session && session->user ? session->user : "");
    row->by = cf_strdup("");
    row->text = text;
}

/* ---- The host ------------------------------------------------------------------------------------------ */

/* A test's one person would be more than any share of all sessions. */
static void configure(struct cf_config *config)
{
    cf_config_init(config);
    config->mode = CF_MODE_ACT;
    config->limits.share = 1;
}

static void settle(struct cf_world *world)
{
    cf_loop_run_until(world->loop, cf_loop_now(world->loop));
}

/* Clock, configuration and journal. */
static int set_up(struct cf_world *world, struct cf_error *err)
{
    int code = cf_loop_create_virtual(world->start, 0, &world->loop, err);
    if (code < 0)
        return code;
    if (!world->configured)
        configure(&world->config);
    world->configured = true;
    world->begun = cf_loop_now(world->loop);
    cf_journal_queue_init(&world->queue, world->loop);
    world->journal = (struct cf_journal){.data = world, .write = write_entry};
    return 0;
}

int cf_world_configure(struct cf_world *world, const char *path, const json_t *value, struct cf_error *err)
{
    if (world->configured || world->loop)
        return cf_error_set(err, CF_USAGE, "a host is configured once, before everything else");
    configure(&world->config);
    if (path)
        cf_config_init(&world->config);
    world->configured = true;
    int code = cf_config_parse(&world->config, path, value, world->policy_folder, err);
    if (world->config.mode == CF_MODE_DRY)
        world->config.mode = CF_MODE_ACT;
    for (size_t i = 0; i < world->config.policy_count; i++)
        if (world->config.policies[i].mode == CF_MODE_DRY)
            world->config.policies[i].mode = CF_MODE_ACT;
    return code;
}

int cf_world_open(struct cf_world *world, struct cf_error *err)
{
    if (world->engine)
        return 0;
    int code = world->loop ? 0 : set_up(world, err);
    if (code < 0)
        return code;
    const struct cf_sim_setup sim = {0};
    const struct cf_engine_setup setup = {
        .loop = world->loop,
        .backend = &cf_sim_ops,
        .backend_setup = &sim,
        .policy_host = world->policy_host,
        .config = &world->config,
        .journal = &world->journal,
        .zone = world->zone,
        .policy_folder = world->policy_folder,
        .asked = world->asked,
        .asked_data = world->asked_data,
    };
    code = cf_engine_create(&setup, &world->engine, err);
    if (code < 0)
        return code;
    cf_sim_on_event(cf_engine_backend(world->engine), note_event, world);
    settle(world);
    return 0;
}

int cf_world_add_policy(struct cf_world *world, json_t *entry, struct cf_error *err)
{
    struct cf_config *load = cf_alloc(sizeof *load);
    world->loads = cf_grow(world->loads, world->load_count, sizeof(struct cf_config *));
    world->loads[world->load_count++] = load;
    configure(load);
    json_t *whole = json_pack("{s:b, s:[O]}", "dry_run", 0, "policies", entry);
    int code = cf_config_parse(load, NULL, whole, world->policy_folder, err);
    json_decref(whole);
    if (code == 0)
        code = cf_engine_add_policy(world->engine, &load->policies[0], err);
    if (code == 0)
        settle(world);
    return code;
}

int cf_world_apply(struct cf_world *world, const struct cf_event *event, struct cf_error *err)
{
    int code = cf_sim_apply(cf_engine_backend(world->engine), event, err);
    if (code == 0)
        settle(world);
    return code;
}

void cf_world_run(struct cf_world *world, struct cf_span span)
{
    cf_loop_run_until(world->loop, cf_mono_add(cf_loop_now(world->loop), span));
}

bool cf_world_is_full(const struct cf_world *world)
{
    return world->row_count > CF_WORLD_ROWS;
}

const struct cf_session *cf_world_session(const struct cf_world *world, uint32_t label)
{
    return cf_sim_session(cf_engine_backend(world->engine), label);
}

static void stop(struct cf_world *world)
{
    cf_engine_destroy(world->engine);
    cf_journal_queue_finish(&world->queue);
    cf_loop_run(world->loop);
    cf_loop_destroy(world->loop);
}

void cf_world_finish(struct cf_world *world)
{
    if (world->loop)
        stop(world);
    if (world->configured)
        cf_config_finish(&world->config);
    for (size_t i = 0; i < world->load_count; i++) {
        cf_config_finish(world->loads[i]);
        free(world->loads[i]);
    }
    free(world->loads);
    for (size_t i = 0; i < world->row_count; i++) {
        free(world->rows[i].who);
        free(world->rows[i].by);
        free(world->rows[i].text);
    }
    free(world->rows);
    for (size_t i = 0; i < world->sighting_count; i++) {
        free((char *)world->sightings[i].identity.host);
        free((char *)world->sightings[i].identity.id);
    }
    free(world->sightings);
    *world = (struct cf_world){0};
}
