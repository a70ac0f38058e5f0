#include "control/requests.h"

#include "control/reading_request.h"
#include "control/stay.h"
#include "control/why.h"
#include "control/words.h"

#include "engine/answers/explain.h"
#include "engine/answers/metrics.h"
#include "session/json.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { WHO = 16 + CF_PEER_SID };

static void handle_sessions(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    const struct cf_requests *requests = data;
    struct cf_mono now = cf_loop_now(requests->loop);
    json_t *list = json_array();
    for (cf_session_key key = 0; (key = cf_registry_next(requests->registry, key));) {
        const struct cf_session *session = cf_registry_get(requests->registry, key);
        if (cf_words_may_see(cf_control_call_peer(call), session))
            (void)json_array_append_new(list, cf_session_json(session, now));
    }
    cf_control_answer(call, list);
}

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

static void handle_note(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const char *name = cf_words_text(words, "session"), *text = cf_words_text(words, "text");
    int what = cf_what_by_name(cf_words_text(words, "what") ? cf_words_text(words, "what") : "");
    bool ambiguous;
    cf_session_key key = cf_words_session(requests->registry, call, name, &ambiguous);
    if (!may_note(what)) {
        cf_words_refuse(call, CF_USAGE, "this is not for a command to note");
        return;
    }
    if (!key || ambiguous) {
        cf_words_refuse_unknown(call);
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
        cf_words_refuse(request->call, completion->code ? completion->code : CF_FAILED,
                        completion->message ? completion->message : "it has no terminal or desktop for it");
    }
    end_telling(request);
}

static void handle_tell(void *data, const json_t *words, struct cf_control_call *call)
{
    struct cf_requests *requests = data;
    const char *name = cf_words_text(words, "session"), *text = cf_words_text(words, "text");
    struct cf_engine_message message = {.title = cf_words_text(words, "title"), .text = text};
    bool ambiguous;
    cf_session_key key = cf_words_session(requests->registry, call, name, &ambiguous);
    if (!cf_words_span(words, call, &message.shown_for))
        return;
    if (!text || !text[0]) {
        cf_words_refuse(call, CF_USAGE, "tell wants a text");
        return;
    }
    if (!key || ambiguous) {
        cf_words_refuse_unknown(call);
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
        cf_words_refuse(call, CF_UNSUPPORTED, "this host takes no agents");
        return;
    }
    int fd = cf_control_hand_on(call);
    if (fd >= 0)
        cf_backend_ops_of(backend)->take_agent(backend, fd, peer.uid, peer.pid,
                                               cf_words_text(words, "display"));
}

/* {"policy":"idle","until":"2026-03-02T14:00:00.000000Z"}: null for all, and for as long as nobody resumes
 * it. */
static void handle_pause(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const char *policy = cf_words_text(words, "policy"), *until = NULL;
    struct cf_span how_long;
    struct cf_error err;
    char why[WHO], text[CF_INSTANT_TEXT];
    if (!cf_words_span(words, call, &how_long))
        return;
    if (cf_span_known(how_long))
        until = cf_instant_utc(cf_instant_add(cf_loop_wall(requests->loop), how_long), text);
    int code = requests->pause(requests->engine, policy, how_long, who(call, why), &err);
    conclude(call, code, &err, json_pack("{s:s?, s:s?}", "policy", policy, "until", until));
}

static void handle_resume(void *data, const json_t *words, struct cf_control_call *call)
{
    const struct cf_requests *requests = data;
    const char *policy = cf_words_text(words, "policy");
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
        cf_words_refuse(call, CF_UNSUPPORTED, "there is nothing here to load again");
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
    {"why", true, session_only, cf_why_handle, 5},
    {"stay", true, session_for, cf_stay_handle, 5},
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

void cf_requests_finish(struct cf_requests *requests)
{
    cf_reading_requests_end(requests);
    while (requests->tellings) {
        requests->tell_forget(requests->engine, requests->tellings->id);
        cf_words_refuse(requests->tellings->call, CF_UNAVAILABLE, "this curfew ends");
        end_telling(requests->tellings);
    }
}
