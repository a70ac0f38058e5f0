/*
 * Terminals watched for their next input or output, by inotify: a program that reads a key makes IN_ACCESS,
 * one that prints makes IN_MODIFY. What inotify says is believed only where the terminal's own time says so,
 * too. A watch is there while somebody wants it, and goes with the first event that counts.
 *
 * A terminal that appears while anything is watched (a new pane, another shell over one connection) has no
 * process yet that would tell whose it is; so the first input on it is told, and its owner looks again then.
 */
#ifndef CF_LOGIND_WATCHER_H
#define CF_LOGIND_WATCHER_H

#include "logind/terminal.h"
#include "time/loop.h"

enum {
    CF_WATCHER_TERMINALS = 4096, /* watched in all */
    CF_WATCH_TERMINALS = 64      /* for one watch; a session with more is sampled */
};

enum { CF_WATCH_INPUT = 1, CF_WATCH_OUTPUT = 2 };

struct cf_watcher;

/* Whose terminals: part of the owner's own structure. All zero: watches nothing. */
struct cf_watch {
    unsigned wanted;  /* CF_WATCH_…: what is still to be told */
    unsigned writing; /* writes of our own under way: no output of anybody else's */
    size_t count;     /* its terminals */
};

/* Called from the loop, one at a time; each may arm, disarm and free watches, and close the watcher. */
struct cf_watcher_calls {
    /* There was input, or output (`what`), on a terminal of it. It is not wanted any more. */
    void (*told)(void *data, struct cf_watch *watch, unsigned what, const char *path);
    /* A terminal of it has vanished. */
    void (*vanished)(void *data, struct cf_watch *watch);
    /* Somebody typed at a terminal that appeared since. */
    void (*appeared)(void *data, const char *path);
    /* Events were lost: nobody knows what happened at any of them. */
    void (*overrun)(void *data);
};

/* NULL where the kernel gives no inotify. `calls` is copied. */
struct cf_watcher *cf_watcher_create(struct cf_loop *loop, const struct cf_watcher_calls *calls, void *data);

/* Frees itself after its uv handle; its watches are not touched any more. NULL is fine. */
void cf_watcher_destroy(struct cf_watcher *watcher);

/* Terminals that appear are noticed until as many calls of _unexpect, and while any watch has a terminal;
 * false where they cannot be. */
bool cf_watcher_expect(struct cf_watcher *watcher);
void cf_watcher_unexpect(struct cf_watcher *watcher);

/*
 * Adds a terminal to the watch, for those of `what`, which are wanted from now on. False where it cannot be
 * watched: a limit, ours or the kernel's; one that has vanished is none, which is fine, and so is one that it
 * has already.
 */
bool cf_watcher_add(struct cf_watcher *watcher, struct cf_watch *watch, const char *path, unsigned what);

/* Drops all of its terminals. */
void cf_watcher_clear(struct cf_watcher *watcher, struct cf_watch *watch);

/* Takes what has happened so far; for the end of our own writing. */
void cf_watcher_drain(struct cf_watcher *watcher);

#endif
