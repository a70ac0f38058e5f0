/*
 * What of an answer about a session its user may see: what is about that session. Scripts write reasons,
 * tests and errors, and may speak of other sessions there; paths are the administrator's. Only what is listed
 * here is left, so that what is new is hidden until somebody thinks about it.
 */
#ifndef CF_CONTROL_PRIVACY_H
#define CF_CONTROL_PRIVACY_H

#include <jansson.h>

void cf_privacy_session(json_t *told);    /* as cf_explain_session; NULL is fine */
void cf_privacy_entries(json_t *entries); /* a list as cf_entry_json has them; NULL is fine */

#endif
