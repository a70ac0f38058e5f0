#include "control/why.h"

#include "control/privacy.h"
#include "control/reading_request.h"
#include "control/words.h"

#include "base/memory.h"

enum { LATELY = 5 }; /* entries of the journal that are added for a session that is there */

/* The latest entries of a session that is still there. */
static void add_lately(json_t *told, const json_t *entries)
{
    size_t count = json_array_size(entries);
    json_t *lately = json_array();
    for (size_t i = count > LATELY ? count - LATELY : 0; i < count; i++)
        (void)json_array_append(lately, json_array_get(entries, i));
    (void)json_object_set_new(told, "lately", lately);
}

void cf_why_past(struct cf_control_call *call, json_t *told, json_t *known)
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
        cf_words_refuse_unknown(call);
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

static void tell_why(const struct cf_requests *requests, const char *name, cf_session_key key, bool unread,
                     struct cf_control_call *call)
{
    json_t *told = explain(requests, key, unread);
    if (requests->find_past)
        look_back(requests, name, key, told, call);
    else
        cf_why_past(call, told, NULL);
}

static void answer_why(const struct cf_reading_request *request)
{
    tell_why(request->requests, request->name, request->keys[0], request->unread, request->call);
}

void cf_why_handle(void *data, const json_t *words, struct cf_control_call *call)
{
    struct cf_requests *requests = data;
    const char *name = cf_words_text(words, "session");
    bool ambiguous;
    cf_session_key key = cf_words_session(requests->registry, call, name, &ambiguous);
    if (!name) {
        cf_words_refuse(call, CF_USAGE, "why wants a session");
    } else if (ambiguous) {
        cf_words_refuse_ambiguous(requests->registry, call, name);
    } else if (!key) {
        tell_why(requests, name, key, false, call);
    } else {
        struct cf_reading_request *request = cf_reading_request_begin(requests, call, answer_why);
        request->name = cf_strdup(cf_registry_get(requests->registry, key)->identity.id);
        cf_reading_request_add(request, key);
        cf_reading_request_send(request);
    }
}
