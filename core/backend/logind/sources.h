/*
 * What tells whether a session's user is there: terminals, whose input and output they note, and whether
 * there is a display, whose input nobody can tell here. How they are found: search.h.
 *
 * Looks at devices and writes to them, so it belongs on a worker thread. What cannot be read makes the answer
 * unknown, never "nobody".
 */
#ifndef CF_LOGIND_SOURCES_H
#define CF_LOGIND_SOURCES_H

#include "logind/terminal.h"

enum {
    CF_SOURCES_TERMINALS = 1024, /* of one session; beyond, nobody knows whether it is used */
    CF_SOURCES_BLOCKED = 4       /* terminals of one session that are waited for */
};

struct cf_source {
    char path[CF_TERMINAL_PATH];
    bool own;    /* the user's own; the others, as of sudo's, are only looked at */
    bool served; /* by a server of terminals (tmux, screen, mosh), so that it may be seen anywhere, or nowhere
                  */
    bool elsewhere; /* of another session of the user */
    int64_t
        eldest; /* when the first of the processes that it controls began, in ticks; 0: it controls none */
    struct cf_terminal_times times;
};

/* Our own writing on a terminal, which is no output of the session's. */
struct cf_source_written {
    char path[CF_TERMINAL_PATH];
    int64_t before, after; /* what its output was noted as */
};

struct cf_sources {
    struct cf_source *terminals;
    size_t count;
    struct cf_source_written *written;
    size_t written_count;
    int blocked[CF_SOURCES_BLOCKED]; /* descriptors of terminals that took nothing of what was written last */
    size_t blocked_count;
    char blocked_path[CF_TERMINAL_PATH]; /* one of them */
    bool incomplete;                     /* something could not be read, or there was too much of it */
    bool graphical; /* the session is: windows with terminals are looked at, what it was begun from is not */
    bool display;   /* a process serves or uses one */
    bool second;    /* another is served than the session's own, in it or by what ends with its user's last */
    bool channel;   /* one came with the logon and has no terminal: the user may be at work through it */
    bool server;    /* a process serves terminals that may be used from another session */
};

/* The one of that path; NULL: it is not among them. */
struct cf_source *cf_sources_by_path(const struct cf_sources *sources, const char *path);

/* Adds a copy. One that is there already is served only where both are. Of those beyond the limit nobody
 * knows. */
void cf_sources_add(struct cf_sources *sources, const struct cf_source *terminal);

void cf_sources_finish(struct cf_sources *sources);

/*
 * The latest time at which there may have been input; unknown where that cannot be said, and where no
 * terminal is the user's own but those that are served: who serves them may be used in other ways, as
 * editors' servers are. Terminals that have vanished do not count: nobody types there.
 */
struct cf_instant cf_sources_input(const struct cf_sources *sources);

/* The terminal that the session is called by where logind knows none: of those that are its user's and no
 * server's, the one on which the eldest process is. NULL: there is none. */
const char *cf_sources_name(const struct cf_sources *sources);

/* Whether there is just one terminal that the session can be called by, somebody's shell or program still on
 * it, and no display. */
bool cf_sources_are_plain(const struct cf_sources *sources);

/* Whether nothing of the session is left at which its user could be: no terminal, display or channel. */
bool cf_sources_vanished(const struct cf_sources *sources);

/* The same of output, by the session's own terminals, without our own writing. */
struct cf_instant cf_sources_output(const struct cf_sources *sources);

/* Reads the times of the terminals again, and drops those that have vanished. Does not block. */
void cf_sources_read_again(struct cf_sources *sources);

/*
 * Writes to each of the session's terminals that are its user's, without waiting for long. True where one
 * took all of it; one that a server serves counts only where there is no other, since nobody may be looking.
 * Where none did, `blocked` has some that it may be because of.
 */
bool cf_sources_write(struct cf_sources *sources, int64_t uid, const char *text, size_t length);

#endif
