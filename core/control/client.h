/* Asks a running engine: one connection, one request, one answer. For commands, so it blocks. */
#ifndef CF_CONTROL_CLIENT_H
#define CF_CONTROL_CLIENT_H

#include "control/protocol.h"
#include "time/span.h"

/*
 * Asks the engine at `path` to do `verb`; `words` as cf_control_request_write. All together takes at most
 * `limit`. *ret_result is a new reference, null where there is none. CF_UNAVAILABLE: no engine runs there.
 * CF_DENIED: the caller may not. CF_TIMEOUT: no answer in time; nobody knows whether it was done.
 * CF_UNSUPPORTED: it is of another version. Else the answer's own code.
 */
int cf_control_ask(const char *path, struct cf_span limit, const char *verb, const char *const *words,
                   json_t **ret_result, struct cf_error *err);

#endif
