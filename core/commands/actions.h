/* Ending a session for good, warned of or not: what logoff, reset session, tsdiscon and lock are made of. */
#ifndef CF_COMMANDS_ACTIONS_H
#define CF_COMMANDS_ACTIONS_H

#include "base/text.h"
#include "commands/host.h"

#include <stdio.h>

/*
 * Ends the session, by force at once or where it does not end otherwise, and returns 0 only when it has gone.
 * `say` (NULL: nobody) is told what is being done, a line each. CF_GONE: it had ended before it was asked to.
 * CF_DENIED, CF_FAILED, CF_TIMEOUT and others, with the session in the sentence.
 */
int cf_end_session(struct cf_host *host, cf_session_key key, bool forced, FILE *say, struct cf_error *err);

/* A warning that is waited for. */
struct cf_hand_warning {
    const char *title;
    struct cf_span ahead;
    void (*tick)(void *data, struct cf_span left); /* each second; NULL: nobody counts down */
    void *data;
};

/* One session that is warned, and what came of it. */
struct cf_warned {
    cf_session_key key;
    const char *text;
    bool gone;           /* it ended before it could be warned */
    struct cf_error err; /* code 0: the time is over, or it has ended meanwhile. CF_REFUSED: its user wants to
                            stay. Others: it reached nobody, and nothing was waited for */
};

/*
 * Shows each its text, and waits for those that were reached. 0, or CF_FAILED: Ctrl-C was pressed, and the
 * warnings taken back.
 */
int cf_warn_sessions(struct cf_host *host, struct cf_warned *warned, size_t count,
                     const struct cf_hand_warning *warning, struct cf_error *err);

/* By which ways the user of a session may stay: curfew stay, the notice's button, none. */
enum cf_staying { CF_STAY_BY_COMMAND, CF_STAY_BY_BUTTON, CF_STAY_NOT };

/* What the user reads: the administrator's words, then when the session ends, and how to stay, or that it
 * cannot be put off. `at`: the end, local, "2026-03-02 14:35:00". */
void cf_warning_compose(struct cf_buffer *out, const char *text, struct cf_span ahead, const char *at,
                        enum cf_staying staying);

/* CF_UNSUPPORTED where this host, or a session of this kind, cannot be disconnected. */
int cf_disconnect_session(struct cf_host *host, cf_session_key key, struct cf_error *err);

/* The screens of a session are asked to lock, where its desktop can. CF_UNSUPPORTED: it is a terminal's. */
int cf_lock_session(struct cf_host *host, cf_session_key key, struct cf_error *err);

#endif
