#include "program/setup/control_server.h"

#include "control/why.h"

#include "base/memory.h"
#include "journal/query.h"
#include "time/worker.h"

#include <stdlib.h>
#include <string.h>

struct cf_control_server {
    struct cf_requests requests;
    struct cf_control *control;
    struct cf_worker *worker; /* NULL: there is no journal */
    char *state;
};

/* A session is looked up in the journal, on a thread for that alone, one after the other. */
struct search {
    struct cf_job job;
    struct cf_control_call *call;
    char *state, *session;
    bool anybodys;
    int64_t uid;
    struct cf_instant since;
    int code;
    struct cf_error err;
    uint64_t boot; /* with `birth`, of the session that `entries` are about */
    int64_t birth;
    bool present;  /* only the session of that boot and birth */
    json_t *told;  /* of the present one, by the engine */
    json_t *found; /* {"session", "user", "entries": […]}; NULL: nothing */
};

/* Ids are reused: of several sessions, the last counts. */
static json_t *entries_of(struct search *search, const struct cf_session *session)
{
    const struct cf_identity *identity = &session->identity;
    bool other = search->boot != identity->boot || search->birth != identity->birth;
    if (other && search->present)
        return NULL;
    if (!search->found || other) {
        json_decref(search->found);
        search->found =
            json_pack("{s:s, s:s?, s:[]}", "session", identity->id, "user", session->user, "entries");
        search->boot = identity->boot;
        search->birth = identity->birth;
    }
    return json_object_get(search->found, "entries");
}

static bool add_entry(void *data, const struct cf_entry *entry)
{
    struct search *search = data;
    const struct cf_session *session = entry->session;
    if (!session || !(search->anybodys || (session->uid != CF_NUMBER_UNKNOWN && session->uid == search->uid)))
        return true;
    json_t *entries = entries_of(search, session);
    if (!entries)
        return true;
    (void)json_array_append_new(entries, cf_entry_json(entry));
    if (json_array_size(entries) > CF_CONTROL_SERVER_ENTRIES)
        (void)json_array_remove(entries, 0);
    return true;
}

static void look(void *data)
{
    struct search *search = data;
    struct cf_query_latest latest = {.session = search->session,
                                     .uid = search->anybodys ? CF_NUMBER_UNKNOWN : search->uid,
                                     .since = search->since,
                                     .count = CF_CONTROL_SERVER_ENTRIES};
    search->code = cf_query_latest(search->state, &latest, add_entry, search, &search->err);
    if (search->code != CF_OK || search->found || search->present || !search->anybodys)
        return;
    latest.user = search->session; /* a user's last session, for administrators */
    search->code = cf_query_latest(search->state, &latest, add_entry, search, &search->err);
}

/* What is wrong with the journal is no user's business: its place is in that sentence. */
static void refuse_search(struct search *search, bool worked)
{
    struct cf_error err;
    if (!worked)
        (void)cf_error_set(&err, CF_UNAVAILABLE, "this curfew ends");
    else if (search->anybodys)
        err = search->err;
    else
        (void)cf_error_set(&err, CF_FAILED, "the journal cannot be read at present; tell an administrator");
    json_decref(search->found);
    cf_control_refuse(search->call, &err);
}

static void looked(void *data, bool worked)
{
    struct search *search = data;
    bool failed = !worked || (search->code != CF_OK && search->code != CF_UNAVAILABLE);
    if (failed && !search->told)
        refuse_search(search, worked);
    else
        cf_why_past(search->call, search->told, search->found);
    free(search->state);
    free(search->session);
    free(search);
}

static void find_past(void *data, const struct cf_past *past, json_t *told, struct cf_control_call *call)
{
    const struct cf_control_server *server = data;
    struct search *search = cf_alloc(sizeof *search);
    *search = (struct search){.job = {.data = search, .work = look, .done = looked},
                              .call = call,
                              .state = cf_strdup(server->state),
                              .session = cf_strdup(past->session),
                              .anybodys = past->anybodys,
                              .uid = past->uid,
                              .since = past->since,
                              .present = past->present != NULL,
                              .boot = past->present ? past->present->boot : 0,
                              .birth = past->present ? past->present->birth : 0,
                              .told = told};
    cf_worker_add(server->worker, &search->job);
}

/* ---- Life ---- */

static const char *trouble(const void *writer)
{
    return cf_writer_trouble(writer);
}

int cf_control_server_create(const struct cf_control_server_setup *setup,
                             struct cf_control_server **ret_server, struct cf_error *err)
{
    struct cf_control_server *server = cf_alloc(sizeof *server);
    server->state = cf_strdup(setup->state);
    cf_requests_init(&server->requests, setup->engine);
    server->requests.reload = setup->reload;
    server->requests.reload_data = setup->data;
    server->requests.trouble = setup->writer ? trouble : NULL;
    server->requests.trouble_data = setup->writer;
    server->worker = setup->state ? cf_worker_create(cf_loop_uv(server->requests.loop)) : NULL;
    server->requests.find_past = server->worker ? find_past : NULL;
    server->requests.past_data = server;
    const struct cf_control_setup control = {.loop = server->requests.loop,
                                             .path = setup->path,
                                             .verbs = cf_requests_verbs,
                                             .data = &server->requests};
    int code = cf_control_create(&control, &server->control, err);
    if (code)
        cf_control_server_destroy(server);
    else
        *ret_server = server;
    return code;
}

void cf_control_server_set_administrators(struct cf_control_server *server, const int64_t *gids, size_t count)
{
    cf_control_set_administrators(server->control, gids, count);
}

void cf_control_server_destroy(struct cf_control_server *server)
{
    if (!server)
        return;
    cf_control_destroy(server->control);
    cf_requests_finish(&server->requests);
    cf_worker_destroy(server->worker);
    free(server->state);
    free(server);
}
