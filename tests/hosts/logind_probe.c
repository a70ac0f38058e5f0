/*
 * The logind back end by hand: prints what it reports, a line each, and takes requests on standard input.
 * Made for the tests in cases/, which read and write these lines. Commands, each answered by a line "done …":
 *
 *   list | refresh ID FIELD… | watch ID [FIELD…] | warn ID NOTICE TEXT | withdraw ID NOTICE | lock ID |
 * disconnect ID logoff ID | force ID | quiet SECONDS: the next request expects no input for so long stranger:
 * the next request means another session of that id | limit SECONDS: of every request from now on quit:
 * closes the back end, with whatever is under way
 */
#include "backend/calls.h"
#include "base/memory.h"
#include "base/text.h"
#include "logind/logind.h"
#include "session/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct probe {
    struct cf_loop *loop;
    struct cf_backend *backend;
    struct cf_calls *calls;
    struct cf_registry *registry;
    uv_pipe_t input;
    struct cf_buffer line;
    char room[4096];
    struct cf_span limit, quiet;
    bool stranger;
};

/* ---- Printing ---- */

static const char *tri_name(enum cf_tri tri)
{
    return tri == CF_TRI_YES ? "yes" : tri == CF_TRI_NO ? "no" : "unknown";
}

static void print_list(char *const *items)
{
    for (size_t i = 0; items && items[i]; i++)
        printf("%s%s", i ? "," : "", items[i]);
    if (!items)
        printf("unknown");
}

static void print_number(int64_t number)
{
    if (number == CF_NUMBER_UNKNOWN)
        printf("unknown");
    else
        printf("%" PRId64, number);
}

static void print_fields(const struct probe *probe, const struct cf_session *session, uint64_t fields)
{
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++) {
        if (!(fields & CF_FIELD_BIT(field)))
            continue;
        const char *text;
        printf(" %s=", cf_fields[field].name);
        switch (cf_fields[field].type) {
        case CF_TYPE_STRING:
            text = cf_session_string(session, field);
            printf("%s", text ? text : "unknown");
            break;
        case CF_TYPE_LIST: print_list(cf_session_list(session, field)); break;
        case CF_TYPE_TRI: printf("%s", tri_name(cf_session_tri(session, field))); break;
        case CF_TYPE_SINCE: {
            struct cf_span span = cf_session_span(session, field, cf_loop_now(probe->loop));
            print_number(cf_span_known(span) ? span.us / 1000000 : CF_NUMBER_UNKNOWN); /* seconds */
            break;
        }
        case CF_TYPE_INSTANT: print_number(session->logon.us); break;
        default: print_number(cf_session_number(session, field));
        }
    }
}

/* ---- What is reported ---- */

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    static const char *const names[] = {"added", "changed", "gone"};
    struct probe *probe = data;
    const struct cf_session *session = cf_registry_get(probe->registry, key);
    printf("%s %s", names[change], session->identity.id);
    print_fields(probe, session, fields);
    printf(" birth=%s\n", session->identity.birth ? "known" : "unknown");
}

static void listing(void *data, bool done)
{
    struct probe *probe = data;
    cf_registry_listing(probe->registry, done);
    printf(done ? "listed %zu\n" : "listing %zu\n", cf_registry_count(probe->registry));
}

static void seen(void *data, const struct cf_session *session, uint64_t fields)
{
    cf_registry_seen(((struct probe *)data)->registry, session, fields);
}

static void gone(void *data, const struct cf_identity *identity)
{
    cf_registry_gone(((struct probe *)data)->registry, identity);
}

static void answered(void *data, uint64_t notice, bool yes)
{
    (void)data;
    printf("answered %" PRIu64 " %s\n", notice, yes ? "yes" : "no");
}

static void reachable(void *data, const struct cf_error *err)
{
    (void)data;
    printf(err ? "lost %s\n" : "found\n", err ? err->text : "");
}

static void completed(void *data, const struct cf_completion *completion)
{
    (void)cf_calls_complete(((struct probe *)data)->calls, completion);
}

static void on_done(void *data, const struct cf_completion *completion)
{
    printf("done %s delivered=%s watched=", cf_code_name(completion->code),
           completion->delivered ? "yes" : "no");
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
        if (completion->watched & CF_FIELD_BIT(field))
            printf("%s,", cf_fields[field].name);
    if (completion->session)
        print_fields(data, completion->session, completion->fields);
    printf(completion->message ? " message=%s\n" : "\n", completion->message);
}

/* ---- Commands ---- */

static const struct cf_session *session_by_id(const struct probe *probe, const char *id)
{
    for (cf_session_key key = 0; (key = cf_registry_next(probe->registry, key));) {
        const struct cf_session *session = cf_registry_get(probe->registry, key);
        if (strcmp(session->identity.id, id) == 0)
            return session;
    }
    return NULL;
}

static char *word(char **rest)
{
    char *found = strsep(rest, " ");
    return found ? found : "";
}

static const struct {
    const char *name;
    enum cf_action_kind action;
} actions[] = {
    {"list", CF_ACTION_LIST},     {"refresh", CF_ACTION_REFRESH},
    {"warn", CF_ACTION_WARN},     {"withdraw", CF_ACTION_WITHDRAW},
    {"lock", CF_ACTION_LOCK},     {"disconnect", CF_ACTION_DISCONNECT},
    {"logoff", CF_ACTION_LOGOFF}, {"force", CF_ACTION_LOGOFF_FORCED},
    {"watch", CF_ACTION_WATCH},
};

/* The rest of a request's line, after the action. False where the session is not known. */
static bool read_request(struct probe *probe, struct cf_request *request, char *rest)
{
    if (request->action == CF_ACTION_LIST)
        return true;
    const struct cf_session *session = session_by_id(probe, word(&rest));
    if (!session)
        return false;
    request->session = session->identity;
    request->session.birth += probe->stranger;
    if (request->action == CF_ACTION_REFRESH || request->action == CF_ACTION_WATCH)
        for (char *name; (name = strsep(&rest, " "));)
            request->fields |= CF_FIELD_BIT(cf_field_by_name(name));
    else
        request->notice = strtoull(word(&rest), NULL, 10);
    if (request->action == CF_ACTION_WARN) {
        request->text = rest;
        request->title = "Notice";
    }
    if (cf_span_known(probe->quiet))
        request->quiet_since.us = cf_loop_now(probe->loop).us - probe->quiet.us;
    return true;
}

static void obey(struct probe *probe, char *line)
{
    char *name = word(&line);
    if (strcmp(name, "quit") == 0) {
        uv_close((uv_handle_t *)&probe->input, NULL);
        cf_backend_ops_of(probe->backend)->close(probe->backend);
        cf_loop_stop(probe->loop);
    } else if (strcmp(name, "limit") == 0) {
        probe->limit = cf_seconds(atoi(word(&line)));
    } else if (strcmp(name, "quiet") == 0) {
        probe->quiet = cf_seconds(atoi(word(&line)));
    } else if (strcmp(name, "stranger") == 0) {
        probe->stranger = true;
    }
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(name, actions[i].name) != 0)
            continue;
        struct cf_request request = {
            .action = actions[i].action, .quiet_since = CF_MONO_UNKNOWN, .shown_for = {CF_UNKNOWN_US}};
        if (read_request(probe, &request, line))
            (void)cf_calls_submit(probe->calls, &request, probe->limit, on_done, probe);
        else
            printf("no such session\n");
        probe->quiet.us = CF_UNKNOWN_US;
        probe->stranger = false;
    }
}

static void on_room(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
    (void)size;
    struct probe *probe = handle->data;
    *buffer = uv_buf_init(probe->room, sizeof probe->room);
}

static void on_input(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct probe *probe = stream->data;
    if (length < 0)
        obey(probe, (char[]){"quit"});
    for (ssize_t i = 0; i < length && !uv_is_closing((uv_handle_t *)stream); i++) {
        if (buffer->base[i] != '\n') {
            cf_buffer_add(&probe->line, &buffer->base[i], 1);
        } else if (probe->line.data) {
            obey(probe, probe->line.data);
            cf_buffer_clear(&probe->line);
        }
    }
}

int main(void)
{
    struct probe probe = {.limit = {10000000}, .quiet = {CF_UNKNOWN_US}};
    const struct cf_backend_sink sink = {&probe, listing, seen, gone, answered, reachable, completed};
    struct cf_error err;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (cf_loop_create(&probe.loop, &err) != 0)
        goto failed;
    probe.registry = cf_registry_create(cf_loop_clock(probe.loop), on_change, &probe);
    probe.calls = cf_calls_create(probe.loop);
    if (cf_logind_ops.open(probe.loop, &sink, NULL, &probe.backend, &err) != 0)
        goto failed;
    cf_calls_attach(probe.calls, probe.backend);
    probe.input.data = &probe;
    (void)uv_pipe_init(cf_loop_uv(probe.loop), &probe.input, 0);
    (void)uv_pipe_open(&probe.input, 0);
    (void)uv_read_start((uv_stream_t *)&probe.input, on_room, on_input);
    cf_loop_run(probe.loop);
    cf_calls_destroy(probe.calls);
    cf_registry_destroy(probe.registry);
    cf_loop_destroy(probe.loop);
    cf_buffer_finish(&probe.line);
    printf("closed\n");
    return 0;
failed:
    (void)fprintf(stderr, "logind_probe: %s\n", err.text);
    return 1;
}
