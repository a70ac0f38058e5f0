/*
 * The notification that is on the screen, noted in the user's runtime folder: an agent that is killed takes
 * nothing back, so the next one of its session does.
 */
#ifndef CF_DESKTOP_LEFTOVER_H
#define CF_DESKTOP_LEFTOVER_H

#include <stdbool.h>
#include <stdint.h>

enum { CF_LEFTOVER_OWNER = 64 };

struct cf_leftover {
    char owner[CF_LEFTOVER_OWNER]; /* the daemon's own name on the bus, which no other ever has */
    uint32_t number;               /* the notification's */
};

/* The path of a session's note. Owned by the caller; NULL where the user has no runtime folder. */
char *cf_leftover_path(const char *session);

/* Both do nothing where the path is NULL, or cannot be written. */
void cf_leftover_note(const char *path, const struct cf_leftover *shown);
void cf_leftover_forget(const char *path);

/* False: nothing was left. */
bool cf_leftover_find(const char *path, struct cf_leftover *ret_left);

#endif
