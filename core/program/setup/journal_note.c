#include "program/setup/journal_note.h"

#include "base/log.h"
#include "control/client.h"
#include "program/setup/hosts.h"

#define PATIENCE cf_seconds(2)

int cf_journal_note(const struct cf_client *client, cf_session_key key, const char *what, const char *text,
                    struct cf_error *err)
{
    const struct cf_session *session = cf_host_session(client->host, key);
    if (client->server || client->simulated.scenario ||
        !session) /* no engine of this machine's is about it */
        return CF_UNAVAILABLE;
    const char *const words[] = {"session", session->identity.id, "what", what, "text", text, NULL};
    json_t *answer = NULL;
    struct cf_error why;
    int code = cf_control_ask(CF_CONTROL_PLACE, PATIENCE, "note", words, &answer, &why);
    if (code == CF_OK) {
        json_decref(answer);
        return CF_OK;
    }
    if (code == CF_REFUSED)
        return cf_error_copy(err, code, &why);
    if (code != CF_UNAVAILABLE)
        cf_log(CF_LOG_WARNING, "this is not in the journal: %s", why.text);
    return CF_UNAVAILABLE;
}
