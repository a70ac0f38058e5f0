/*
 * What logind has written of a session below /run/systemd/sessions: one small file, which it replaces as a
 * whole with each change. It is private to systemd and may look otherwise in a later release, so only a file
 * that is understood to the letter counts, and nothing but what is shown goes by it.
 */
#ifndef CF_LOGIND_STATE_FILE_H
#define CF_LOGIND_STATE_FILE_H

#include "logind/properties.h"

/*
 * Takes what such a file of a session on a terminal holds, a string that is written over, into `properties`,
 * which are all unknown before. CF_FAILED where it has more or says it in another way than is known here, and
 * where it is of a session of another type: what a desktop says of idleness and its lock is not in it.
 * `properties` are worth nothing then, and to be finished either way.
 */
int cf_state_file_take(struct cf_properties *properties, char *text);

/* Reads that of the session of that id. Does not block. CF_FAILED also where it is not there. */
int cf_state_file_read(struct cf_properties *properties, const char *folder, const char *id);

#endif
