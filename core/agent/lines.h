/*
 * What an engine and an agent say to each other: lines of JSON. An agent is a program of a user's, inside a
 * session, that knows of input and shows warnings where the host itself cannot (desktops). It answers, and
 * never speaks unasked.
 *
 *   {"curfew":1,"id":5,"do":"read"}            {"id":5,"idle":12.5,"source":"x11","inhibited":false}
 *   {"curfew":1,"id":6,"do":"watch"}           the same, and with the next input {"id":6,"input":true}
 *   {"curfew":1,"id":7,"do":"show","text":…}   {"id":7,"shown":true}; when pressed {"id":7,"pressed":true}
 *   {"curfew":1,"id":8,"do":"close"}           {"id":8,"closed":true}
 *
 * An agent's first line is a request of the control protocol:
 * {"curfew":1,"id":1,"do":"agent","display":":10"}. The X display that it was given, "" where that is closed
 * to it or another user's; left out where there is none.
 *
 * "idle" is in seconds, null where the agent does not know. One notice is shown at a time: the next takes its
 * place, but for one that is to be shown "beside" it. Before the first order the engine says
 * {"curfew":1,"session":"3"}, or why it wants no agent:
 * {"curfew":1,"error":"a sentence"}.
 */
#ifndef CF_AGENT_LINES_H
#define CF_AGENT_LINES_H

#include "base/text.h"
#include "session/session.h"

#include <jansson.h>

enum {
    CF_AGENT_VERSION = 1,
    CF_AGENT_ORDERS = 8,             /* of one agent that wait for their answers; beyond, none is sent */
    CF_AGENT_ANSWER_LINE = 512,      /* bytes of an agent's line, its line feed included */
    CF_AGENT_ORDER_LINE = 32 * 1024, /* of an engine's */
    CF_AGENT_TEXT = 2000             /* bytes of a notice's text that are shown */
};

enum cf_agent_verb { CF_AGENT_READ, CF_AGENT_WATCH, CF_AGENT_SHOW, CF_AGENT_CLOSE, CF_AGENT_VERBS };

struct cf_agent_order_line {
    uint64_t id; /* from 1 up, never reused on a connection */
    enum cf_agent_verb verb;
    bool inhibited; /* READ, WATCH: whether that is to be told, too */
    bool beside;    /* SHOW: a message, which leaves a warning where it is, and is never closed or pressed */
    /* SHOW. The title may be NULL; so may the label of the button, and then there is none. */
    const char *title, *text, *button;
    struct cf_span shown_for; /* how long it is worth showing; unknown: until it is closed */
};

/* Where an agent knows of input from: a name of this list is all that it may say. */
enum cf_agent_source {
    CF_AGENT_NOWHERE,
    CF_AGENT_X11,
    CF_AGENT_MUTTER,
    CF_AGENT_WAYLAND,
    CF_AGENT_WINDOWS, /* GetLastInputInfo */
    CF_AGENT_SOURCES
};

extern const char *const cf_agent_source_names[CF_AGENT_SOURCES]; /* "x11"…; NULL for NOWHERE */

enum cf_agent_word {
    CF_AGENT_SAYS_STATE,
    CF_AGENT_SAYS_INPUT,
    CF_AGENT_SAYS_SHOWN,
    CF_AGENT_SAYS_PRESSED,
    CF_AGENT_SAYS_CLOSED,
    CF_AGENT_WORDS
};

struct cf_agent_answer {
    uint64_t id;
    enum cf_agent_word word;
    struct cf_span idle; /* STATE: unknown where it is */
    enum cf_agent_source source;
    enum cf_tri inhibited; /* STATE: whether a program keeps the display from going idle, as films do */
    bool yes;              /* SHOWN: it is; PRESSED: not closed without an answer */
};

void cf_agent_order_write(struct cf_buffer *out, const struct cf_agent_order_line *order);
void cf_agent_answer_write(struct cf_buffer *out, const struct cf_agent_answer *answer);

/* The agent's first line. `display` NULL: it was given none of X11. */
void cf_agent_hello_write(struct cf_buffer *out, const char *display);

/* The engine's first line: whose agent it is, or, where `session` is NULL, why it is none. */
void cf_agent_welcome_write(struct cf_buffer *out, const char *session, const char *why);

/* One line of an agent's, which may be any bytes at all; false where it is none of the above. */
bool cf_agent_answer_read(const char *line, size_t length, struct cf_agent_answer *ret_answer);

/* One of an engine's, whose texts are borrowed from *ret_object, a new reference. False where it is none. */
bool cf_agent_order_read(const char *line, size_t length, struct cf_agent_order_line *ret_order,
                         json_t **ret_object);

#endif
