#include "author/test_host.h"

#include "base/memory.h"
#include "bindings/lua_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cf_test_host_init(struct cf_test_host *test_host, struct cf_instant start, const char *policy_folder)
{
    *test_host = (struct cf_test_host){.start = start,
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

static struct cf_row *add_row(struct cf_test_host *test_host, struct cf_mono at, uint32_t label)
{
    if (test_host->row_count >= CF_TEST_HOST_ROWS)
        cf_loop_stop(test_host->loop); /* cf_test_host_is_full then tells why */
    test_host->rows = cf_grow(test_host->rows, test_host->row_count, sizeof *test_host->rows);
    struct cf_row *row = &test_host->rows[test_host->row_count++];
    int64_t since = cf_mono_since(test_host->begun, at).us;
    *row = (struct cf_row){.at_us = since, .until_us = since, .times = 1, .what = -1, .label = label};
    return row;
}

static uint32_t label_of(const struct cf_test_host *test_host, const struct cf_identity *identity)
{
    for (size_t i = test_host->sighting_count; i-- > 0;)
        if (cf_identity_equal(&test_host->sightings[i].identity, identity))
            return test_host->sightings[i].label;
    return CF_TEST_HOST_NOBODY;
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
    struct cf_test_host *test_host = data;
    const struct cf_session *session = entry->session;
    uint32_t label = session ? label_of(test_host, &session->identity) : CF_TEST_HOST_NOBODY;
    struct cf_row *row = add_row(test_host, entry->at_mono, label);
    row->what = (int)entry->what;
    row->code = entry->code;
    row->line = entry->line;
    row->unwarned = entry->unwarned;
    row->who = cf_strdup(session && session->user ? session->user : "");
    row->by = cf_strdup(entry->policy ? entry->policy : "");
    row->text = entry_text(entry);
    cf_journal_queue_push(&test_host->queue, kept, context);
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
    struct cf_test_host *test_host = data;
    uint32_t label = of_nobody(event->kind) ? CF_TEST_HOST_NOBODY : event->label;
    if (session && (event->kind == CF_EVENT_LOGON || event->kind == CF_EVENT_RETURN) &&
        label_of(test_host, &session->identity) == CF_TEST_HOST_NOBODY) {
        test_host->sightings =
            cf_grow(test_host->sightings, test_host->sighting_count, sizeof *test_host->sightings);
        struct cf_identity identity = session->identity;
        identity.host = cf_strdup(identity.host);
        identity.id = cf_strdup(identity.id);
        test_host->sightings[test_host->sighting_count++] = (struct cf_sighting){identity, label};
    }

    char *text = event_text(event);
    struct cf_row *last = test_host->row_count ? &test_host->rows[test_host->row_count - 1] : NULL;
    if (last && last->what < 0 && last->label == label && strcmp(last->text, text) == 0) {
        last->times++;
        last->until_us = cf_mono_since(test_host->begun, cf_loop_now(test_host->loop)).us;
        free(text);
        return;
    }
    struct cf_row *row = add_row(test_host, cf_loop_now(test_host->loop), label);
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

static void settle(struct cf_test_host *test_host)
{
    cf_loop_run_until(test_host->loop, cf_loop_now(test_host->loop));
}

/* Clock, configuration and journal. */
static int set_up(struct cf_test_host *test_host, struct cf_error *err)
{
    int code = cf_loop_create_virtual(test_host->start, 0, &test_host->loop, err);
    if (code < 0)
        return code;
    if (!test_host->configured)
        configure(&test_host->config);
    test_host->configured = true;
    test_host->begun = cf_loop_now(test_host->loop);
    cf_journal_queue_init(&test_host->queue, test_host->loop);
    test_host->journal = (struct cf_journal){.data = test_host, .write = write_entry};
    return 0;
}

int cf_test_host_configure(struct cf_test_host *test_host, const char *path, const json_t *value,
                           struct cf_error *err)
{
    if (test_host->configured || test_host->loop)
        return cf_error_set(err, CF_USAGE, "a host is configured once, before everything else");
    configure(&test_host->config);
    if (path)
        cf_config_init(&test_host->config);
    test_host->configured = true;
    int code = cf_config_parse(&test_host->config, path, value, test_host->policy_folder, err);
    if (test_host->config.mode == CF_MODE_DRY)
        test_host->config.mode = CF_MODE_ACT;
    for (size_t i = 0; i < test_host->config.policy_count; i++)
        if (test_host->config.policies[i].mode == CF_MODE_DRY)
            test_host->config.policies[i].mode = CF_MODE_ACT;
    return code;
}

int cf_test_host_open(struct cf_test_host *test_host, struct cf_error *err)
{
    if (test_host->engine)
        return 0;
    int code = test_host->loop ? 0 : set_up(test_host, err);
    if (code < 0)
        return code;
    const struct cf_engine_setup setup = {
        .loop = test_host->loop,
        .backend = &cf_sim_ops,
        .backend_setup = &test_host->sim,
        .policy_host = test_host->policy_host,
        .config = &test_host->config,
        .journal = &test_host->journal,
        .zone = test_host->zone,
        .policy_folder = test_host->policy_folder,
        .asked = test_host->asked,
        .asked_data = test_host->asked_data,
    };
    code = cf_engine_create(&setup, &test_host->engine, err);
    if (code < 0)
        return code;
    cf_sim_on_event(cf_engine_backend(test_host->engine), note_event, test_host);
    settle(test_host);
    return 0;
}

int cf_test_host_add_policy(struct cf_test_host *test_host, json_t *entry, struct cf_error *err)
{
    struct cf_config *load = cf_alloc(sizeof *load);
    test_host->loads = cf_grow(test_host->loads, test_host->load_count, sizeof(struct cf_config *));
    test_host->loads[test_host->load_count++] = load;
    configure(load);
    json_t *whole = json_pack("{s:b, s:[O]}", "dry_run", 0, "policies", entry);
    int code = cf_config_parse(load, NULL, whole, test_host->policy_folder, err);
    json_decref(whole);
    if (code == 0)
        code = cf_engine_add_policy(test_host->engine, &load->policies[0], err);
    if (code == 0)
        settle(test_host);
    return code;
}

int cf_test_host_apply(struct cf_test_host *test_host, const struct cf_event *event, struct cf_error *err)
{
    int code = cf_sim_apply(cf_engine_backend(test_host->engine), event, err);
    if (code == 0)
        settle(test_host);
    return code;
}

void cf_test_host_run(struct cf_test_host *test_host, struct cf_span span)
{
    cf_loop_run_until(test_host->loop, cf_mono_add(cf_loop_now(test_host->loop), span));
}

bool cf_test_host_is_full(const struct cf_test_host *test_host)
{
    return test_host->row_count > CF_TEST_HOST_ROWS;
}

const struct cf_session *cf_test_host_session(const struct cf_test_host *test_host, uint32_t label)
{
    return cf_sim_session(cf_engine_backend(test_host->engine), label);
}

static void stop(struct cf_test_host *test_host)
{
    cf_engine_destroy(test_host->engine);
    cf_journal_queue_finish(&test_host->queue);
    cf_loop_run(test_host->loop);
    cf_loop_destroy(test_host->loop);
}

void cf_test_host_finish(struct cf_test_host *test_host)
{
    if (test_host->loop)
        stop(test_host);
    if (test_host->configured)
        cf_config_finish(&test_host->config);
    for (size_t i = 0; i < test_host->load_count; i++) {
        cf_config_finish(test_host->loads[i]);
        free(test_host->loads[i]);
    }
    free(test_host->loads);
    for (size_t i = 0; i < test_host->row_count; i++) {
        free(test_host->rows[i].who);
        free(test_host->rows[i].by);
        free(test_host->rows[i].text);
    }
    free(test_host->rows);
    for (size_t i = 0; i < test_host->sighting_count; i++) {
        free((char *)test_host->sightings[i].identity.host);
        free((char *)test_host->sightings[i].identity.id);
    }
    free(test_host->sightings);
    *test_host = (struct cf_test_host){0};
}
