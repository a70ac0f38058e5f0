#include "control/privacy.h"

#include "engine/records/journal.h"

#include <string.h>

static const char *const session_keys[] = {"session",  "name",      "user",      "idle",
                                           "unread",   "protected", "ending",    "protectors",
                                           "policies", "lately",    "unreached", NULL};
static const char *const policy_keys[] = {
    "policy",   "file",      "mode",     "says",      "at",     "comes", "line",        "tests",
    "calendar", "announced", "activity", "reconnect", "answer", "stay",  "stays_until", NULL};
static const char *const entry_keys[] = {
    "number", "at",   "what", "decision", "dry_run",  "code",   "policy", "line", "host", "session",
    "birth",  "user", "name", "idle",     "unwarned", "in_use", "reason", "text", NULL};

static void keep_only(json_t *object, const char *const *keys)
{
    const char *key;
    void *next;
    json_t *value;
    json_object_foreach_safe(object, next, key, value)
    {
        const char *const *known = keys;
        while (*known && strcmp(*known, key) != 0)
            known++;
        if (!*known)
            (void)json_object_del(object, key);
    }
}

/* A value of another session's is told with its id ("session 12's idle"), one's own without any. */
static void leave_out_others(json_t *tests)
{
    for (size_t i = json_array_size(tests); i-- > 0;) {
        const char *text = json_string_value(json_object_get(json_array_get(tests, i), "text"));
        if (!text || strstr(text, "session "))
            (void)json_array_remove(tests, i);
    }
}

void cf_privacy_session(json_t *told)
{
    size_t index;
    json_t *policy;
    if (told)
        keep_only(told, session_keys);
    json_array_foreach(json_object_get(told, "policies"), index, policy)
    {
        keep_only(policy, policy_keys);
        leave_out_others(json_object_get(policy, "tests"));
        if (json_object_get(policy, "file")) /* a name will do */
            (void)json_object_set(policy, "file", json_object_get(policy, "policy"));
    }
    cf_privacy_entries(json_object_get(told, "lately"));
}

/* Of what was done to the session its user is told why; vetoes, refusals and errors speak of whatever they
 * like.
 */
static bool reason_is_theirs(const char *name)
{
    int what = cf_what_by_name(name ? name : "");
    return what == CF_WHAT_WARN || what == CF_WHAT_TELL || what == CF_WHAT_LOCK ||
           what == CF_WHAT_DISCONNECT || what == CF_WHAT_LOGOFF || what == CF_WHAT_EXTEND ||
           what == CF_WHAT_ANSWER;
}

void cf_privacy_entries(json_t *entries)
{
    size_t index;
    json_t *entry;
    json_array_foreach(entries, index, entry)
    {
        keep_only(entry, entry_keys);
        if (!reason_is_theirs(json_string_value(json_object_get(entry, "what"))))
            (void)json_object_del(entry, "reason");
    }
}
