/* Lines of the log that somebody may write as they like: so many a minute, the rest is counted. */
#ifndef CF_ENGINE_LOG_LIMIT_H
#define CF_ENGINE_LOG_LIMIT_H

#include "time/loop.h"

enum { CF_LOG_LINES = 60 };

struct cf_log_limit {
    struct cf_loop *loop;
    const char *name;        /* that each line begins with; borrowed */
    struct cf_timer is_over; /* set while a minute lasts, from its first line on */
    unsigned lines;          /* in that minute */
};

void cf_log_limit_init(struct cf_log_limit *limit, struct cf_loop *loop, const char *name);
void cf_log_limit_write(struct cf_log_limit *limit, const char *text);
void cf_log_limit_finish(struct cf_log_limit *limit);

#endif
