/*
 * Whether a terminal's time of input was noted by somebody reading from it. Its owner may set it to whatever
 * they like (touch), but not without changing the time of the last change, too, which no use of a terminal
 * does; and the kernel leaves the part of a second alone, or makes it zero (tty_update_time in
 * drivers/tty/tty_io.c; measured on Linux 6.18). So two looks at the same terminal tell.
 */
#ifndef CF_LOGIND_STAMPS_H
#define CF_LOGIND_STAMPS_H

#include "logind/sources.h"
#include "time/loop.h"

enum {
    CF_STAMP_TIMES = 3, /* in a row that input and change moved together: no chmod does that */
    CF_STAMP_TEXT = 160
};

/* One terminal as it was when last looked at. */
struct cf_stamp {
    char path[CF_TERMINAL_PATH];
    int64_t eldest; /* as in struct cf_source: by which a terminal is told from a later one of its number */
    int64_t input_ns, changed_ns;
    unsigned together;
    bool set; /* what it notes was set; until somebody has read from it */
};

struct cf_stamps {
    struct cf_stamp *stamps;
    size_t count;
};

/* Whether no terminal can have noted this time by now. */
bool cf_stamp_is_ahead(struct cf_instant at, const struct cf_loop *loop);

/* Takes what was found on a session's terminals; true where one is in doubt, of which `ret_text` tells. */
bool cf_stamps_take(struct cf_stamps *stamps, const struct cf_sources *sources, const struct cf_loop *loop,
                    char ret_text[CF_STAMP_TEXT]);
void cf_stamps_finish(struct cf_stamps *stamps);

#endif
