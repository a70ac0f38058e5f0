#include "engine/log_limit.h"

#include "base/log.h"

static void tell_left_out(const struct cf_log_limit *limit)
{
    if (limit->lines > CF_LOG_LINES)
        cf_log(CF_LOG_WARNING, "%s: logged %u lines in a minute; %u of them were left out", limit->name,
               limit->lines, limit->lines - CF_LOG_LINES);
}

static void on_over(struct cf_timer *timer)
{
    struct cf_log_limit *limit = timer->data;
    tell_left_out(limit);
    limit->lines = 0;
}

void cf_log_limit_init(struct cf_log_limit *limit, struct cf_loop *loop, const char *name)
{
    *limit = (struct cf_log_limit){.loop = loop, .name = name, .is_over = {.fire = on_over, .data = limit}};
}

void cf_log_limit_write(struct cf_log_limit *limit, const char *text)
{
    if (!cf_timer_is_set(&limit->is_over))
        cf_timer_set(limit->loop, &limit->is_over, cf_mono_add(cf_loop_now(limit->loop), CF_MINUTE));
    if (++limit->lines <= CF_LOG_LINES)
        cf_log(CF_LOG_NOTICE, "%s: %s", limit->name, text);
}

void cf_log_limit_finish(struct cf_log_limit *limit)
{
    cf_timer_stop(limit->loop, &limit->is_over);
    tell_left_out(limit);
}
