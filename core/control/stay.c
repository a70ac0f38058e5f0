#include "control/stay.h"

#include "control/reading_request.h"
#include "control/words.h"

#include "session/json.h"

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
        cf_words_refuse_unknown(request->call);
}

void cf_stay_handle(void *data, const json_t *words, struct cf_control_call *call)
{
    struct cf_requests *requests = data;
    const struct cf_peer *peer = cf_control_call_peer(call);
    const char *name = cf_words_text(words, "session");
    bool ambiguous;
    cf_session_key key = cf_words_session(requests->registry, call, name, &ambiguous);
    struct cf_span wanted;
    if (!cf_words_span(words, call, &wanted))
        return;
    if (ambiguous) {
        cf_words_refuse_ambiguous(requests->registry, call, name);
        return;
    }
    struct cf_reading_request *request = cf_reading_request_begin(requests, call, answer_stay);
    request->wanted = wanted;
    if (key)
        cf_reading_request_add(request, key);
    for (key = 0; !name && (key = cf_registry_next(requests->registry, key));)
        if (cf_words_is_own(peer, cf_registry_get(requests->registry, key)))
            cf_reading_request_add(request, key);
    cf_reading_request_send(request);
}
