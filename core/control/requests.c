#include "control/requests.h"

#include "engine/records/explain.h"
#include "engine/records/metrics.h"
#include "session/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LATELY = 5 }; /* entries of the journal that `why` adds to a session that is there */

/* ---- Whose is what ---- */

static bool owns(const struct cf_peer *peer, const struct cf_session *session)
{
    return session->uid != CF_NUMBER_UNKNOWN && session->uid == peer->uid;
}

static bool may_see(const struct cf_peer *peer, const struct cf_session *session)
{
    return peer->administrator || owns(peer, session);
}

/* Of those that the peer may see. An id goes before a name; 0: there is none, or `ambiguous`. */
static cf_session_key find(const struct cf_requests *requests, const struct cf_peer *peer, const char *word,
                           bool *ret_ambiguous)
{
    cf_session_key by_name = 0;
    unsigned names = 0;
    for (cf_session_key key = 0; (key = cf_registry_next(requests->registry, key));) {
        const struct cf_session *session = cf_registry_get(requests->registry, key);
        if (!may_see(peer, session))
            continue;
        if (strcmp(session->identity.id, word) == 0)
            return key;
        if (session->name && strcmp(session->name, word) == 0) {
            by_name = key;
            names++;
        }
    }
    *ret_ambiguous = names > 1;
    return names == 1 ? by_name : 0;
}

static void refuse(struct cf_control_call *call, int code, const char *sentence)
{
    struct cf_error err;
    (void)cf_error_set(&err, code, "%s", sentence);
    cf_control_refuse(call, &err);
}

/* The one answer for what does not exist and for what is somebody else's. */
static void refuse_unknown(struct cf_control_call *call)
{
    refuse(call, CF_GONE, "there is no such session, or it is somebody else's");
}

static const char *word(const json_t *words, const char *name)
{
    return json_string_value(json_object_get(words, name));
}

/* The span of "for", unknown where it is not given. False: the call was refused. */
static bool read_span(const json_t *words, struct cf_control_call *call, struct cf_span *ret_span)
{
    struct cf_error err;
    const char *text = word(words, "for");
    *ret_span = (struct cf_span){CF_UNKNOWN_US};
    int code = text ? cf_span_parse(text, ret_span, &err) : CF_OK;
    if (code == CF_OK && text && ret_span->us <= 0)
        code = cf_error_set(&err, CF_USAGE, "%s: give a time above zero, such as 30m", text);
    if (code)
        cf_control_refuse(call, &err);
    return code == CF_OK;
}

/* ---- sessions, why, stay ---- */

static void handle_sessions(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    const struct cf_requests *requests = data;
    struct cf_mono now = cf_loop_now(requests->loop);
    struct cf_buffer line = {0};
    json_t *list = json_array();
    for (cf_session_key key = 0; (key = cf_registry_next(requests->registry, key));) {
        const struct cf_session *session = cf_registry_get(requests->registry, key);
        if (!may_see(cf_control_call_peer(call), session))
            continue;
        cf_buffer_clear(&line);
        cf_session_json(session, now, &line);
        (void)json_array_append_new(list, json_loadb(line.data, line.length, 0, NULL));
    }
    cf_buffer_finish(&line);
    cf_control_answer(call, list);
}

/* The latest entries of a session that is still there. */
static void add_lately(json_t *told, const json_t *entries)
{
    size_t count = json_array_size(entries);
    json_t *lately = json_array();
    for (size_t i = count > LATELY ? count - LATELY : 0; i < count; i++)
        (void)json_array_append(lately, json_array_get(entries, i));
    (void)json_object_set_new(told, "lately", lately);
}

void cf_requests_past(struct cf_control_call *call, json_t *told, json_t *known)
{
    if (told && known)
        add_lately(told, json_object_get(known, "entries"));
    if (told)
        json_decref(known);
    if (told || known)
        cf_control_answer(call, told ? told : known);
    else
        refuse_unknown(call);
}

/* What the engine tells of the session `key`, if any, completed from the journal. */
static void look_back(const struct cf_requests *requests, const char *name, cf_session_key key,
                      struct cf_control_call *call)
{
    const struct cf_peer *peer = cf_control_call_peer(call);
    const struct cf_session *session = cf_registry_get(requests->registry, key);
    const struct cf_past past = {
        .session = session ? session->identity.id : name,
        .present = session ? &session->identity : NULL,
        .anybodys = peer->administrator,
        .uid = peer->uid,
        .since = cf_instant_add(cf_loop_wall(requests->loop), (struct cf_span){-CF_CONTROL_PAST.us}),
    };
    json_t *told = session ? requests->explain_session(requests->engine, key) : NULL;
    requests->find_past(requests->past_data, &past, told, call);
}

static void handle_why(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const struct cf_peer *peer = cf_control_call_peer(call);
    const char *name = word(words, "session");
    bool ambiguous = false;
    cf_session_key key = name ? find(requests, peer, name, &ambiguous) : 0;
    if (!name)
        refuse(call, CF_USAGE, "why wants a session");
    else if (ambiguous)
        refuse(call, CF_USAGE, "several sessions have this name; give the id of one");
    else if (!key && !requests->find_past)
        refuse_unknown(call);
    else if (!requests->find_past)
        cf_control_answer(call, requests->explain_session(requests->engine, key));
    else
        look_back(requests, name, key, call);
}

/* What the policies grant to one session: {"session":"12","policies":[{"policy":"idle","granted":1800.0}]}.
 */
static void take_grant(void *data, const char *policy, struct cf_span granted)
{
    (void)json_array_append_new(
        data, json_pack("{s:s, s:o}", "policy", policy, "granted", cf_explain_span(granted)));
}

static int stay(const struct cf_requests *requests, cf_session_key key, struct cf_span wanted, json_t *list,
                struct cf_error *err)
{
    json_t *policies = json_array();
    int code = requests->stay(requests->engine, key, wanted, take_grant, policies, err);
    const char *id = cf_registry_get(requests->registry, key)->identity.id;
    if (code == CF_OK)
        (void)json_array_append_new(list, json_pack("{s:s, s:O}", "session", id, "policies", policies));
    json_decref(policies);
    return code;
}

static void handle_stay(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const struct cf_peer *peer = cf_control_call_peer(call);
    const char *name = word(words, "session");
    bool ambiguous = false;
    cf_session_key key = name ? find(requests, peer, name, &ambiguous) : 0;
    struct cf_span wanted;
    if (!read_span(words, call, &wanted))
        return;
    if (ambiguous) {
        refuse(call, CF_USAGE, "several sessions have this name; give the id of one");
        return;
    }
    struct cf_error err = {.code = CF_OK};
    json_t *list = json_array();
    if (key)
        (void)stay(requests, key, wanted, list, &err);
    for (key = 0; !name && (key = cf_registry_next(requests->registry, key));)
        if (owns(peer, cf_registry_get(requests->registry, key)))
            (void)stay(requests, key, wanted, list, &err);
    if (json_array_size(list) > 0) {
        cf_control_answer(call, list);
        return;
    }
    json_decref(list);
    if (err.code)
        cf_control_refuse(call, &err);
    else
        refuse_unknown(call);
}

/* ---- For administrators ---- */

static void handle_status(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    const struct cf_requests *requests = data;
    json_t *status = requests->explain_status(requests->engine);
    const char *trouble = requests->trouble ? requests->trouble(requests->trouble_data) : NULL;
    if (trouble)
        (void)json_object_set_new(status, "trouble", json_string(trouble));
    cf_control_answer(call, status);
}

static void handle_metrics(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    const struct cf_requests *requests = data;
    struct cf_buffer text = {0};
    requests->metrics(requests->engine, &text);
    cf_control_answer(call, json_stringn(text.data, text.length));
    cf_buffer_finish(&text);
}

/* For the journal: who said so. */
static const char *who(const struct cf_control_call *call, char out[64])
{
    const struct cf_peer *peer = cf_control_call_peer(call);
    if (peer->uid == 0)
        return "said by root";
    (void)snprintf(out, 64, "said by uid %" PRId64, peer->uid);
    return out;
}

/* Answers with what was done, or why it was not. */
static void conclude(struct cf_control_call *call, int code, const struct cf_error *err, json_t *what)
{
    if (code == CF_OK) {
        cf_control_answer(call, what);
        return;
    }
    json_decref(what);
    cf_control_refuse(call, err);
}

/* What a command does, or has tried to. */
static bool may_note(int what)
{
    return what == CF_WHAT_LOGOFF || what == CF_WHAT_DISCONNECT || what == CF_WHAT_TELL ||
           what == CF_WHAT_LOCK || what == CF_WHAT_WARN || what == CF_WHAT_WITHDRAW || what == CF_WHAT_FAILED;
}

/* {"policy":"idle","until":"2026-03-02T14:00:00.000000Z"}: null for all, and for as long as nobody resumes
 * it. */
static void handle_note(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const char *name = word(words, "session"), *text = word(words, "text");
    int what = cf_what_by_name(word(words, "what") ? word(words, "what") : "");
    bool ambiguous = false;
    cf_session_key key = name ? find(requests, cf_control_call_peer(call), name, &ambiguous) : 0;
    if (!may_note(what)) {
        refuse(call, CF_USAGE, "this is not for a command to note");
        return;
    }
    if (!key || ambiguous) {
        refuse_unknown(call);
        return;
    }
    char by[64];
    struct cf_error err;
    struct cf_buffer entry = {0};
    cf_buffer_printf(&entry, "%s%s%s", who(call, by), text ? ": " : "", text ? text : "");
    conclude(call, requests->note(requests->engine, key, (enum cf_what)what, entry.data, &err), &err, NULL);
    cf_buffer_finish(&entry);
}

static void handle_pause(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const char *policy = word(words, "policy"), *until = NULL;
    struct cf_span how_long;
    struct cf_error err;
    char why[64], text[CF_INSTANT_TEXT];
    if (!read_span(words, call, &how_long))
        return;
    if (cf_span_known(how_long))
        until = cf_instant_utc(cf_instant_add(cf_loop_wall(requests->loop), how_long), text);
    int code = requests->pause(requests->engine, policy, how_long, who(call, why), &err);
    conclude(call, code, &err, json_pack("{s:s?, s:s?}", "policy", policy, "until", until));
}

static void handle_resume(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const char *policy = word(words, "policy");
    struct cf_error err;
    char why[64];
    int code = requests->resume(requests->engine, policy, who(call, why), &err);
    conclude(call, code, &err, json_pack("{s:s?}", "policy", policy));
}

static void handle_reload(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    const struct cf_requests *requests = data;
    struct cf_error err;
    int code = requests->reload ? requests->reload(requests->reload_data, &err)
                                : cf_error_set(&err, CF_UNSUPPORTED, "there is nothing here to load again");
    conclude(call, code, &err, NULL);
}

static const char *const no_words[] = {NULL}, *const session_only[] = {"session", NULL},
                         *const session_what_text[] = {"session", "what", "text", NULL},
                         *const session_for[] = {"session", "for", NULL},
                         *const policy_only[] = {"policy", NULL},
                         *const policy_for[] = {"policy", "for", NULL};

const struct cf_control_verb cf_requests_verbs[] = {
    {"sessions", true, no_words, handle_sessions}, {"why", true, session_only, handle_why},
    {"stay", true, session_for, handle_stay},      {"note", true, session_what_text, handle_note},
    {"status", false, no_words, handle_status},    {"metrics", false, no_words, handle_metrics},
    {"pause", false, policy_for, handle_pause},    {"resume", false, policy_only, handle_resume},
    {"reload", false, no_words, handle_reload},    {0},
};

void cf_requests_init(struct cf_requests *requests, struct cf_engine *engine)
{
    *requests = (struct cf_requests){
        .loop = cf_engine_loop(engine),
        .registry = cf_engine_registry(engine),
        .engine = engine,
        .explain_session = cf_explain_session,
        .explain_status = cf_explain_status,
        .metrics = cf_engine_metrics,
        .stay = cf_engine_stay,
        .note = cf_engine_note,
        .pause = cf_engine_pause,
        .resume = cf_engine_resume,
    };
}
