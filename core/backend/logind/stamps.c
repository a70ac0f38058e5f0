#include "logind/stamps.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cf_stamp *stamp_of(const struct cf_stamps *stamps, const struct cf_source *terminal)
{
    for (size_t i = 0; i < stamps->count; i++)
        if (strcmp(stamps->stamps[i].path, terminal->path) == 0)
            return stamps->stamps[i].eldest == terminal->eldest ? &stamps->stamps[i] : NULL;
    return NULL;
}

/* What is no terminal of a process, or was not looked at before, is taken at its word. */
static struct cf_stamp look(const struct cf_stamp *before, const struct cf_source *terminal)
{
    struct cf_stamp now = {.eldest = terminal->eldest,
                           .input_ns = terminal->times.input_ns,
                           .changed_ns = terminal->times.changed_ns};
    memcpy(now.path, terminal->path, sizeof now.path);
    if (!before || !terminal->eldest)
        return now;
    bool changed = now.changed_ns != before->changed_ns;
    now.together = before->together;
    now.set = before->set;
    if (now.input_ns != before->input_ns && !changed) { /* somebody has read from it */
        now.together = 0;
        now.set = false;
    } else if (now.input_ns > before->input_ns) { /* set back, it makes nobody look busier */
        int64_t part = now.input_ns % CF_NANOSECONDS;
        now.together++;
        now.set |= now.together >= CF_STAMP_TIMES || (part && part != before->input_ns % CF_NANOSECONDS);
    }
    return now;
}

bool cf_stamp_is_ahead(struct cf_instant at, const struct cf_loop *loop)
{
    struct cf_mono now = cf_loop_now(loop); /* before the clock is looked at again */
    return cf_instant_known(at) && at.us > cf_loop_wall(loop).us + CF_TERMINAL_UNIT &&
           cf_clock_mono_of_wall(cf_loop_clock(loop), at).us >= now.us; /* else it was noted before a step */
}

bool cf_stamps_take(struct cf_stamps *stamps, const struct cf_sources *sources, const struct cf_loop *loop,
                    char ret_text[CF_STAMP_TEXT])
{
    struct cf_stamps now = {.count = 0};
    const struct cf_source *ahead = NULL, *set = NULL;
    for (size_t i = 0; i < sources->count; i++) {
        const struct cf_source *terminal = &sources->terminals[i];
        now.stamps = cf_grow(now.stamps, now.count, sizeof *now.stamps);
        struct cf_stamp *stamp = &now.stamps[now.count++];
        *stamp = look(stamp_of(stamps, terminal), terminal);
        set = stamp->set ? terminal : set;
        if (cf_stamp_is_ahead(cf_terminal_latest(terminal->times.input), loop))
            ahead = terminal;
    }
    cf_stamps_finish(stamps);
    *stamps = now;
    if (ahead)
        (void)snprintf(ret_text, CF_STAMP_TEXT, "%s notes input at a time that is yet to come", ahead->path);
    else if (set)
        (void)snprintf(ret_text, CF_STAMP_TEXT, "somebody has set the time of input that %s notes",
                       set->path);
    return ahead || set;
}

void cf_stamps_finish(struct cf_stamps *stamps)
{
    free(stamps->stamps);
    *stamps = (struct cf_stamps){.count = 0};
}
