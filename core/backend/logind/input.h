/*
 * When a session's user was last seen at work: by its terminals, by its display's hint, and, where it serves
 * terminals, by the user's other sessions, too.
 */
#ifndef CF_LOGIND_INPUT_H
#define CF_LOGIND_INPUT_H

#include "logind/search.h"
#include "session/session.h"
#include "time/loop.h"

struct cf_logind;
struct cf_cached;

/* As known when the reading began; the worker touches nothing else. */
struct cf_input_session {
    struct cf_search_of of;
    char *unit, *tty, *user; /* what `of` borrows */
};

/* Of which session a search is, and where; finish it. */
void cf_input_session_init(struct cf_input_session *session, const struct cf_cached *known);
void cf_input_session_finish(struct cf_input_session *session);

struct cf_input {
    struct cf_input_session session;
    bool asks_elsewhere;                /* it serves terminals, and of the user's other sessions is known: */
    struct cf_input_session *elsewhere; /* what they are, with their terminals */
    size_t elsewhere_count;
    struct cf_mono at_display;       /* the last input there, by its agent, asked right before, */
    const char *display_source;      /* by this name */
    struct cf_mono hinted;           /* by the session's own hint */
    struct cf_mono hinted_elsewhere; /* the latest of the others' */
    bool displays_elsewhere;         /* another has a display, */
    bool dark_elsewhere;             /* and one of these tells nothing */
    struct cf_instant noted;         /* on another host: as its logind read it */
    struct cf_sources sources;       /* once it was read */
    bool read;
};

/* Takes over what is known; frees what it held. */
void cf_input_prepare(struct cf_input *input, struct cf_logind *host, const struct cf_cached *known);
void cf_input_finish(struct cf_input *input);

/* On a worker. `all`: for cf_input_last; else only the terminals that a warning goes to. */
void cf_input_read(struct cf_input *input, bool all);

/* Whether it was found to serve terminals. Then its user's other sessions count, too: prepare these, and read
 * them on a worker. Until then its last input is unknown. */
bool cf_input_serves(const struct cf_input *input);
void cf_input_prepare_elsewhere(struct cf_input *input, struct cf_logind *host,
                                const struct cf_cached *known);
void cf_input_read_elsewhere(struct cf_input *input);

/* Unknown wherever it cannot be said; `ret_source` ("tty", "hint", "x11", …) is NULL then. `record`: of the
 * session. */
struct cf_mono cf_input_last(const struct cf_input *input, const struct cf_session *record,
                             const struct cf_loop *loop, const char **ret_source);
struct cf_mono cf_input_last_output(const struct cf_input *input, const struct cf_session *record,
                                    const struct cf_loop *loop);

/* Not before the logon, when it was another's, and not after now; unknown where it is after any moment that
 * a terminal can have noted by now. */
struct cf_mono cf_input_within(struct cf_instant at, const struct cf_session *record,
                               const struct cf_loop *loop);

/* Whether what is unknown may be known a moment later, when a session has only just begun. */
bool cf_input_may_show(const struct cf_input *input);

/* Whether the next input would show to its agent, or on the terminals that its display serves. */
bool cf_input_is_at_display(const struct cf_input *input);

/* Whether the next input would show on its terminals. */
bool cf_input_is_on_terminals(const struct cf_input *input);

#endif
