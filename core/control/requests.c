#include "control/requests.h"

#include "control/privacy.h"

#include "engine/answers/explain.h"
#include "engine/answers/metrics.h"
#include "session/json.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { WHO = 16 + CF_PEER_SID };
enum { LATELY = 5 }; /* entries of the journal that `why` adds to a session that is there */

/* ---- Whose is what ---- */

static bool owns(const struct cf_peer *peer, const struct cf_session *session)
{
    if (peer->sid[0])
        return session->sid && strcmp(session->sid, peer->sid) == 0;
    return session->uid != CF_NUMBER_UNKNOWN && session->uid == peer->uid;
}

static bool may_see(const struct cf_peer *peer, const struct cf_session *session)
{
    return peer->administrator || owns(peer, session);
}

/* Those of a name, or of a user. */
struct found {
    cf_session_key key; /* of the last */
    unsigned count;
};

static void note_found(struct found *found, const char *name, const char *word, cf_session_key key)
{
    if (!name || strcmp(name, word) != 0)
        return;
    found->key = key;
    found->count++;
}

/* Of those that the peer may see. An id goes before a name, and that before a user's; 0: there is none, or
 * `ambiguous`. */
static cf_session_key find_session(const struct cf_requests *requests, const struct cf_peer *peer,
                                   const char *word, bool *ret_ambiguous)
{
    struct found named = {0}, users = {0};
    for (cf_session_key key = 0; (key = cf_registry_next(requests->registry, key));) {
        const struct cf_session *session = cf_registry_get(requests->registry, key);
        if (!may_see(peer, session))
            continue;
        if (strcmp(session->identity.id, word) == 0)
            return key;
        note_found(&named, session->name, word, key);
        note_found(&users, session->user, word, key);
    }
    const struct found *found = named.count ? &named : &users;
    *ret_ambiguous = found->count > 1;
    return found->count == 1 ? found->key : 0;
}

/* "several sessions have this name: 12, 14; give the id of one" */
static void refuse_ambiguous(const struct cf_requests *requests, struct cf_control_call *call,
                             const char *word)
{
    enum { LISTED = 20 };
    const struct cf_peer *peer = cf_control_call_peer(call);
    struct cf_error err;
    struct cf_buffer ids = {0};
    unsigned count = 0;
    for (cf_session_key key = 0; (key = cf_registry_next(requests->registry, key));) {
        const struct cf_session *session = cf_registry_get(requests->registry, key);
        bool named = (session->name && strcmp(session->name, word) == 0) ||
                     (session->user && strcmp(session->user, word) == 0);
        if (named && may_see(peer, session) && ++count <= LISTED)
            cf_buffer_printf(&ids, "%s%s", count > 1 ? ", " : "", session->identity.id);
    }
    (void)cf_error_set(&err, CF_USAGE, "several sessions have this name; give the id of one: %s%s", ids.data,
                       count > LISTED ? "…" : "");
    cf_buffer_finish(&ids);
    cf_control_refuse(call, &err);
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
    json_t *list = json_array();
    for (cf_session_key key = 0; (key = cf_registry_next(requests->registry, key));) {
        const struct cf_session *session = cf_registry_get(requests->registry, key);
        if (may_see(cf_control_call_peer(call), session))
            (void)json_array_append_new(list, cf_session_json(session, now));
    }
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
    if (!cf_control_call_peer(call)->administrator) {
        cf_privacy_session(told);
        cf_privacy_entries(json_object_get(known, "entries"));
    }
    if (told && known)
        add_lately(told, json_object_get(known, "entries"));
    if (told)
        json_decref(known);
    if (told || known)
        cf_control_answer(call, told ? told : known);
    else
        refuse_unknown(call);
}

/* What was known before the reading that failed is not told as what is so now. */
static void leave_out_unread(json_t *told)
{
    size_t index;
    json_t *policy;
    (void)json_object_set_new(told, "idle", json_null());
    (void)json_object_set_new(told, "unread", json_true());
    json_array_foreach(json_object_get(told, "policies"), index, policy)(void)
        json_object_del(policy, "tests");
}

/* What the engine tells of the session `key`; NULL: it is not there. */
static json_t *explain(const struct cf_requests *requests, cf_session_key key, bool unread)
{
    bool there = cf_registry_get(requests->registry, key) != NULL;
    json_t *told = there ? requests->explain_session(requests->engine, key) : NULL;
    if (told && unread)
        leave_out_unread(told);
    return told;
}

/* What the engine has told of the session `key`, if any, completed from the journal. */
static void look_back(const struct cf_requests *requests, const char *name, cf_session_key key, json_t *told,
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
    requests->find_past(requests->past_data, &past, told, call);
}

/* A message that is about to be shown. */
struct cf_telling_request {
    struct cf_requests *requests;
    struct cf_control_call *call;
    cf_session_key key;
    uint64_t id;
    char *text;
    struct cf_telling_request *prev, *next;
};

static void end_telling(struct cf_telling_request *request)
{
    DL_DELETE(request->requests->tellings, request);
    free(request->text);
    free(request);
}

/* A request that waits until its sessions are read: whoever has used them since they last counted is there.
 */
struct cf_reading_request {
    struct cf_requests *requests; /* NULL: these have ended */
    struct cf_control_call *call;
    void (*answer)(const struct cf_reading_request *request);
    char *name; /* of `why`: the session's id; NULL */
    struct cf_span wanted;
    cf_session_key *keys;
    size_t count, awaited;
    bool unread; /* a reading has failed */
    struct cf_reading_request *prev, *next;
};

static void on_read(void *data, int code)
{
    struct cf_reading_request *request = data;
    request->unread |= code != CF_OK;
    if (--request->awaited > 0)
        return;
    if (request->requests) {
        DL_DELETE(request->requests->readings, request);
        request->answer(request);
    } else {
        refuse(request->call, CF_UNAVAILABLE, "this curfew ends");
    }
    free(request->name);
    free(request->keys);
    free(request);
}

static struct cf_reading_request *begin_reading(struct cf_requests *requests, struct cf_control_call *call,
                                                void (*answer)(const struct cf_reading_request *request))
{
    struct cf_reading_request *request = cf_alloc(sizeof *request);
    *request =
        (struct cf_reading_request){.requests = requests, .call = call, .answer = answer, .awaited = 1};
    DL_APPEND(requests->readings, request);
    return request;
}

static void add_key(struct cf_reading_request *request, cf_session_key key)
{
    request->keys = cf_grow(request->keys, request->count, sizeof *request->keys);
    request->keys[request->count++] = key;
}

static void read_all(struct cf_reading_request *request)
{
    struct cf_requests *requests = request->requests;
    request->awaited += request->count;
    for (size_t i = 0; i < request->count; i++)
        requests->read(requests->engine, request->keys[i], on_read, request);
    on_read(request, CF_OK);
}

static void tell_why(const struct cf_requests *requests, const char *name, cf_session_key key, bool unread,
                     struct cf_control_call *call)
{
    json_t *told = explain(requests, key, unread);
    if (requests->find_past)
        look_back(requests, name, key, told, call);
    else
        cf_requests_past(call, told, NULL);
}

static void answer_why(const struct cf_reading_request *request)
{
    tell_why(request->requests, request->name, request->keys[0], request->unread, request->call);
}

static void handle_why(void *data, const json_t *words, struct cf_control_call *call)
{
    struct cf_requests *requests = data;
    const char *name = word(words, "session");
    bool ambiguous = false;
    cf_session_key key = name ? find_session(requests, cf_control_call_peer(call), name, &ambiguous) : 0;
    if (!name) {
        refuse(call, CF_USAGE, "why wants a session");
    } else if (ambiguous) {
        refuse_ambiguous(requests, call, name);
    } else if (!key) {
        tell_why(requests, name, key, false, call);
    } else {
        struct cf_reading_request *request = begin_reading(requests, call, answer_why);
        request->name = cf_strdup(cf_registry_get(requests->registry, key)->identity.id);
        add_key(request, key);
        read_all(request);
    }
}

/* What came of one session's stay: {"session":"12","gained":true,"counts":true,"counts_until":
 * "2026-03-03T03:05:00Z","policies":[{"policy":"idle","granted":1800,"until":"2026-03-02T19:05:00Z",
 * "anew":true,"spent":false,"announced":null}]}. A policy of null is somebody's command; until when a `stay`
 * counts is null where something else has shown life. */
struct gain {
    struct cf_instant now;
    json_t *policies;
    bool any;
};

/* In so long; null where that is nothing, or unknown. */
static json_t *in(const struct gain *gain, struct cf_span span)
{
    char text[CF_INSTANT_TEXT];
    return cf_span_known(span) && span.us > 0
               ? json_string(cf_instant_utc(cf_instant_add(gain->now, span), text))
               : json_null();
}

static void take_stay(void *data, const struct cf_stay_told *told)
{
    struct gain *gain = data;
    gain->any = gain->any || told->granted.us > 0 || told->anew;
    (void)json_array_append_new(
        gain->policies, json_pack("{s:s?, s:o, s:o, s:b, s:b, s:o}", "policy", told->policy, "granted",
                                  cf_json_span(told->granted), "until", in(gain, told->granted), "anew",
                                  told->anew, "spent", told->spent, "announced", in(gain, told->left)));
}

static int stay(const struct cf_requests *requests, cf_session_key key, struct cf_span wanted, json_t *list,
                struct cf_error *err)
{
    struct gain gain = {.now = cf_loop_wall(requests->loop), .policies = json_array()};
    struct cf_mono now = cf_loop_now(requests->loop), since = CF_MONO_UNKNOWN, until = CF_MONO_UNKNOWN;
    int code = requests->stay(requests->engine, key, wanted, take_stay, &gain, err);
    const char *id = cf_registry_get(requests->registry, key)->identity.id;
    bool shows_life = requests->shows_life(requests->engine, key, &since, &until),
         counts = shows_life || now.us < until.us;
    struct cf_span ahead = {CF_UNKNOWN_US};
    if (!shows_life && counts)
        ahead.us = until.us - now.us;
    if (code == CF_OK)
        (void)json_array_append_new(list, json_pack("{s:s, s:b, s:b, s:o, s:O}", "session", id, "gained",
                                                    gain.any, "counts", counts, "counts_until",
                                                    in(&gain, ahead), "policies", gain.policies));
    json_decref(gain.policies);
    return code;
}

/* Where they could not be read, it goes by what is known. */
static void answer_stay(const struct cf_reading_request *request)
{
    const struct cf_requests *requests = request->requests;
    struct cf_error err = {.code = CF_OK};
    json_t *list = json_array();
    for (size_t i = 0; i < request->count; i++)
        if (cf_registry_get(requests->registry, request->keys[i]))
            (void)stay(requests, request->keys[i], request->wanted, list, &err);
    if (json_array_size(list) > 0) {
        cf_control_answer(request->call, list);
        return;
    }
    json_decref(list);
    if (err.code)
        cf_control_refuse(request->call, &err);
    else
        refuse_unknown(request->call);
}

static void handle_stay(void *data, const json_t *words, struct cf_control_call *call)
{
    struct cf_requests *requests = data;
    const struct cf_peer *peer = cf_control_call_peer(call);
    const char *name = word(words, "session");
    bool ambiguous = false;
    cf_session_key key = name ? find_session(requests, peer, name, &ambiguous) : 0;
    struct cf_span wanted;
    if (!read_span(words, call, &wanted))
        return;
    if (ambiguous) {
        refuse_ambiguous(requests, call, name);
        return;
    }
    struct cf_reading_request *request = begin_reading(requests, call, answer_stay);
    request->wanted = wanted;
    if (key)
        add_key(request, key);
    for (key = 0; !name && (key = cf_registry_next(requests->registry, key));)
        if (owns(peer, cf_registry_get(requests->registry, key)))
            add_key(request, key);
    read_all(request);
}

void cf_requests_finish(struct cf_requests *requests)
{
    struct cf_reading_request *request;
    DL_FOREACH(requests->readings, request) request->requests = NULL;
    requests->readings = NULL;
    while (requests->tellings) {
        requests->tell_forget(requests->engine, requests->tellings->id);
        refuse(requests->tellings->call, CF_UNAVAILABLE, "this curfew ends");
        end_telling(requests->tellings);
    }
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
static const char *who(const struct cf_control_call *call, char out[WHO])
{
    const struct cf_peer *peer = cf_control_call_peer(call);
    if (peer->uid == 0)
        return "said by root";
    if (peer->sid[0])
        (void)snprintf(out, WHO, "said by %s", peer->sid);
    else
        (void)snprintf(out, WHO, "said by uid %" PRId64, peer->uid);
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
    cf_session_key key = name ? find_session(requests, cf_control_call_peer(call), name, &ambiguous) : 0;
    if (!may_note(what)) {
        refuse(call, CF_USAGE, "this is not for a command to note");
        return;
    }
    if (!key || ambiguous) {
        refuse_unknown(call);
        return;
    }
    /* What users say of themselves is not taken: the engine has a sentence for it. */
    char by[WHO];
    struct cf_error err;
    struct cf_buffer entry = {0};
    bool administrator = cf_control_call_peer(call)->administrator;
    cf_buffer_printf(&entry, "%s%s%s", who(call, by), text ? ": " : "", text ? text : "");
    conclude(
        call,
        requests->note(requests->engine, key, (enum cf_what)what, administrator ? entry.data : NULL, &err),
        &err, NULL);
    cf_buffer_finish(&entry);
}

static void on_told(void *data, const struct cf_completion *completion)
{
    struct cf_telling_request *request = data;
    const struct cf_requests *requests = request->requests;
    char by[WHO];
    struct cf_error err;
    struct cf_buffer entry = {0};
    if (completion->code == CF_OK && completion->delivered) {
        cf_buffer_printf(&entry, "%s: %s", who(request->call, by), request->text);
        (void)requests->note(requests->engine, request->key, CF_WHAT_TELL, entry.data, &err);
        cf_buffer_finish(&entry);
        cf_control_answer(request->call, NULL);
    } else {
        refuse(request->call, completion->code ? completion->code : CF_FAILED,
               completion->message ? completion->message : "it has no terminal or desktop for it");
    }
    end_telling(request);
}

static void handle_tell(void *data, const json_t *words, struct cf_control_call *call)
{
    struct cf_requests *requests = data;
    const char *name = word(words, "session"), *text = word(words, "text");
    struct cf_engine_message message = {.title = word(words, "title"), .text = text};
    bool ambiguous = false;
    cf_session_key key = name ? find_session(requests, cf_control_call_peer(call), name, &ambiguous) : 0;
    if (!read_span(words, call, &message.shown_for))
        return;
    if (!text || !text[0]) {
        refuse(call, CF_USAGE, "tell wants a text");
        return;
    }
    if (!key || ambiguous) {
        refuse_unknown(call);
        return;
    }
    struct cf_telling_request *request = cf_alloc(sizeof *request);
    *request =
        (struct cf_telling_request){.requests = requests, .call = call, .key = key, .text = cf_strdup(text)};
    DL_APPEND(requests->tellings, request);
    request->id = requests->tell(requests->engine, key, &message, on_told, request);
}

/* From here on it is the back end's, which says for which session. */
static void handle_agent(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    struct cf_backend *backend = cf_engine_backend(requests->engine);
    const struct cf_peer peer = *cf_control_call_peer(call);
    if (!cf_backend_ops_of(backend)->take_agent) {
        refuse(call, CF_UNSUPPORTED, "this host takes no agents");
        return;
    }
    int fd = cf_control_hand_on(call);
    if (fd >= 0)
        cf_backend_ops_of(backend)->take_agent(backend, fd, peer.uid, peer.pid, word(words, "display"));
}

static void handle_pause(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const char *policy = word(words, "policy"), *until = NULL;
    struct cf_span how_long;
    struct cf_error err;
    char why[WHO], text[CF_INSTANT_TEXT];
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
    char why[WHO];
    int code = requests->resume(requests->engine, policy, who(call, why), &err);
    conclude(call, code, &err, json_pack("{s:s?}", "policy", policy));
}

static void handle_reload(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    const struct cf_requests *requests = data;
    if (requests->reload)
        requests->reload(requests->reload_data, call);
    else
        refuse(call, CF_UNSUPPORTED, "there is nothing here to load again");
}

static const char *const no_words[] = {NULL}, *const session_only[] = {"session", NULL},
                         *const session_what_text[] = {"session", "what", "text", NULL},
                         *const session_text_title_for[] = {"session", "text", "title", "for", NULL},
                         *const session_for[] = {"session", "for", NULL},
                         *const display_only[] = {"display", NULL}, *const policy_only[] = {"policy", NULL},
                         *const policy_for[] = {"policy", "for", NULL};

/* By what each costs the loop, the disk, or the journal. */
const struct cf_control_verb cf_requests_verbs[] = {
    {"sessions", true, no_words, handle_sessions, 2},
    {"why", true, session_only, handle_why, 5},
    {"stay", true, session_for, handle_stay, 5},
    {"note", true, session_what_text, handle_note, 5},
    {"tell", false, session_text_title_for, handle_tell, 1},
    {"status", false, no_words, handle_status, 1},
    {"metrics", false, no_words, handle_metrics, 1},
    {"pause", false, policy_for, handle_pause, 1},
    {"resume", false, policy_only, handle_resume, 1},
    {"reload", false, no_words, handle_reload, 1},
    {"agent", true, display_only, handle_agent, 5},
    {0},
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
        .read = cf_engine_read,
        .stay = cf_engine_stay,
        .shows_life = cf_engine_shows_life,
        .note = cf_engine_note,
        .tell = cf_engine_tell,
        .tell_forget = cf_engine_tell_forget,
        .pause = cf_engine_pause,
        .resume = cf_engine_resume,
    };
}
