#include "control/words.h"

#include "base/memory.h"

#include <string.h>

void cf_words_refuse(struct cf_control_call *call, int code, const char *sentence)
{
    struct cf_error err;
    (void)cf_error_set(&err, code, "%s", sentence);
    cf_control_refuse(call, &err);
}

const char *cf_words_text(const json_t *words, const char *name)
{
    return json_string_value(json_object_get(words, name));
}

bool cf_words_span(const json_t *words, struct cf_control_call *call, struct cf_span *ret_span)
{
    struct cf_error err;
    const char *text = cf_words_text(words, "for");
    *ret_span = (struct cf_span){CF_UNKNOWN_US};
    int code = text ? cf_span_parse(text, ret_span, &err) : CF_OK;
    if (code == CF_OK && text && ret_span->us <= 0)
        code = cf_error_set(&err, CF_USAGE, "%s: give a time above zero, such as 30m", text);
    if (code)
        cf_control_refuse(call, &err);
    return code == CF_OK;
}

bool cf_words_is_own(const struct cf_peer *peer, const struct cf_session *session)
{
    if (peer->sid[0])
        return session->sid && strcmp(session->sid, peer->sid) == 0;
    return session->uid != CF_NUMBER_UNKNOWN && session->uid == peer->uid;
}

bool cf_words_may_see(const struct cf_peer *peer, const struct cf_session *session)
{
    return peer->administrator || cf_words_is_own(peer, session);
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

cf_session_key cf_words_session(const struct cf_registry *registry, const struct cf_control_call *call,
                                const char *word, bool *ret_ambiguous)
{
    const struct cf_peer *peer = cf_control_call_peer(call);
    struct found named = {0}, users = {0};
    *ret_ambiguous = false;
    for (cf_session_key key = 0; word && (key = cf_registry_next(registry, key));) {
        const struct cf_session *session = cf_registry_get(registry, key);
        if (!cf_words_may_see(peer, session))
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

void cf_words_refuse_ambiguous(const struct cf_registry *registry, struct cf_control_call *call,
                               const char *word)
{
    enum { LISTED = 20 };
    const struct cf_peer *peer = cf_control_call_peer(call);
    struct cf_error err;
    struct cf_buffer ids = {0};
    unsigned count = 0;
    for (cf_session_key key = 0; (key = cf_registry_next(registry, key));) {
        const struct cf_session *session = cf_registry_get(registry, key);
        bool named = (session->name && strcmp(session->name, word) == 0) ||
                     (session->user && strcmp(session->user, word) == 0);
        if (named && cf_words_may_see(peer, session) && ++count <= LISTED)
            cf_buffer_printf(&ids, "%s%s", count > 1 ? ", " : "", session->identity.id);
    }
    (void)cf_error_set(&err, CF_USAGE, "several sessions have this name; give the id of one: %s%s", ids.data,
                       count > LISTED ? "…" : "");
    cf_buffer_finish(&ids);
    cf_control_refuse(call, &err);
}

void cf_words_refuse_unknown(struct cf_control_call *call)
{
    cf_words_refuse(call, CF_GONE, "there is no such session, or it is somebody else's");
}
