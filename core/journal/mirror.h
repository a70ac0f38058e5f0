/*
 * The journal's mirror in the system's own log. In systemd's, structured fields: CURFEW_WHAT=logoff,
 * CURFEW_POLICY=idle… (`journalctl CURFEW_SESSION=c4`); in Windows' Event Log, a number for each kind of
 * entry, its sentence, and the whole of it as JSON. It never waits: what the system's log does not take at
 * once is not there.
 */
#ifndef CF_JOURNAL_MIRROR_H
#define CF_JOURNAL_MIRROR_H

#include "base/log.h"
#include "engine/records/journal.h"

struct cf_mirror;

/* `socket`: where systemd's log listens; NULL: the usual place. CF_UNSUPPORTED where there is no such log; on
 * Windows, where its source is not registered, as installing the service does. */
int cf_mirror_create(const char *socket, struct cf_mirror **ret_mirror, struct cf_error *err);
void cf_mirror_destroy(struct cf_mirror *mirror); /* NULL is fine */

/* A sink that tells nobody that an entry is kept, for it keeps nothing: `kept` must be NULL. */
const struct cf_journal *cf_mirror_journal(const struct cf_mirror *mirror);

/* The entry as a sentence, which the caller frees; how much it matters, CF_LOG_DEBUG being the least. */
char *cf_mirror_message(const struct cf_entry *entry);
enum cf_log_level cf_mirror_level(enum cf_what what);

/* An entry in systemd's "native journal protocol" (systemd.io/JOURNAL_NATIVE_PROTOCOL). */
void cf_mirror_compose(const struct cf_entry *entry, struct cf_buffer *datagram);

#endif
