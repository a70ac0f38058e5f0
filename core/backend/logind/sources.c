#include "logind/sources.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000 }; /* for all terminals that are written to */

/* ---- Terminals ---- */

struct cf_source *cf_sources_by_path(const struct cf_sources *sources, const char *path)
{
    for (size_t i = 0; i < sources->count; i++)
        if (strcmp(sources->terminals[i].path, path) == 0)
            return &sources->terminals[i];
    return NULL;
}

void cf_sources_add(struct cf_sources *sources, const struct cf_source *terminal)
{
    struct cf_source *there = cf_sources_by_path(sources, terminal->path);
    if (there) {
        there->served = there->served && terminal->served;
        return;
    }
    if (sources->count == CF_SOURCES_TERMINALS) {
        sources->incomplete = true;
        return;
    }
    sources->terminals = cf_grow(sources->terminals, sources->count, sizeof *sources->terminals);
    sources->terminals[sources->count++] = *terminal;
}

static void drop_blocked(struct cf_sources *sources)
{
    while (sources->blocked_count > 0)
        (void)close(sources->blocked[--sources->blocked_count]);
}

void cf_sources_finish(struct cf_sources *sources)
{
    drop_blocked(sources);
    free(sources->terminals);
    free(sources->written);
    *sources = (struct cf_sources){0};
}

void cf_sources_read_again(struct cf_sources *sources)
{
    size_t kept = 0;
    for (size_t i = 0; i < sources->count; i++) {
        struct cf_source terminal = sources->terminals[i];
        if (cf_terminal_times(terminal.path, &terminal.times))
            sources->terminals[kept++] = terminal;
    }
    sources->count = kept;
}

/* ---- What they tell ---- */

struct cf_instant cf_sources_input(const struct cf_sources *sources)
{
    struct cf_instant latest = {CF_UNKNOWN_US};
    bool own = false;
    for (size_t i = 0; i < sources->count; i++) {
        const struct cf_source *terminal = &sources->terminals[i];
        struct cf_instant at = cf_terminal_latest(terminal->times.input);
        own |= terminal->own && !terminal->elsewhere && (!terminal->served || sources->graphical);
        if (at.us > latest.us)
            latest = at;
    }
    bool told = own && !sources->incomplete && !sources->display && !sources->second && !sources->channel;
    return told ? latest : (struct cf_instant){CF_UNKNOWN_US};
}

static bool may_name(const struct cf_source *terminal)
{
    return terminal->own && !terminal->served && !terminal->elsewhere && terminal->eldest > 0;
}

const char *cf_sources_name(const struct cf_sources *sources)
{
    const struct cf_source *first = NULL;
    for (size_t i = 0; i < sources->count; i++) {
        const struct cf_source *terminal = &sources->terminals[i];
        if (may_name(terminal) && (!first || terminal->eldest < first->eldest))
            first = terminal;
    }
    return first ? first->path + strlen("/dev/") : NULL;
}

bool cf_sources_are_plain(const struct cf_sources *sources)
{
    size_t names = 0;
    for (size_t i = 0; i < sources->count; i++)
        names += may_name(&sources->terminals[i]);
    return names == 1 && !sources->display;
}

bool cf_sources_vanished(const struct cf_sources *sources)
{
    return sources->count == 0 && !sources->display && !sources->channel && !sources->graphical;
}

static struct cf_source_written *written_by_path(const struct cf_sources *sources, const char *path)
{
    for (size_t i = 0; i < sources->written_count; i++)
        if (strcmp(sources->written[i].path, path) == 0)
            return &sources->written[i];
    return NULL;
}

struct cf_instant cf_sources_output(const struct cf_sources *sources)
{
    struct cf_instant latest = {CF_UNKNOWN_US};
    for (size_t i = 0; i < sources->count; i++) {
        const struct cf_source *terminal = &sources->terminals[i];
        const struct cf_source_written *written = written_by_path(sources, terminal->path);
        bool ours = written && written->after == terminal->times.output;
        struct cf_instant at = cf_terminal_latest(ours ? written->before : terminal->times.output);
        if (!terminal->elsewhere && at.us > latest.us)
            latest = at;
    }
    return sources->incomplete ? (struct cf_instant){CF_UNKNOWN_US} : latest;
}

/* ---- Writing ---- */

static void note_written(struct cf_sources *sources, const char *path, int64_t before, int64_t after)
{
    struct cf_source_written *written = written_by_path(sources, path);
    if (!written) {
        sources->written = cf_grow(sources->written, sources->written_count, sizeof *written);
        written = &sources->written[sources->written_count++];
        *written = (struct cf_source_written){.after = CF_UNKNOWN_US};
        (void)snprintf(written->path, sizeof written->path, "%s", path);
    }
    if (written->after != before)
        written->before = before;
    written->after = after;
}

static void forget_vanished(struct cf_sources *sources)
{
    size_t kept = 0;
    for (size_t i = 0; i < sources->written_count; i++)
        if (cf_sources_by_path(sources, sources->written[i].path))
            sources->written[kept++] = sources->written[i];
    sources->written_count = kept;
}

static void note_blocked(struct cf_sources *sources, const char *path, int fd)
{
    if (sources->blocked_count == CF_SOURCES_BLOCKED) {
        (void)close(fd);
        return;
    }
    sources->blocked[sources->blocked_count++] = fd;
    (void)snprintf(sources->blocked_path, sizeof sources->blocked_path, "%s", path);
}

bool cf_sources_write(struct cf_sources *sources, int64_t uid, const char *text, size_t length)
{
    bool any = false, any_served = false, all_served = true;
    int patience_ms = PATIENCE_MS;
    for (size_t i = 0; i < sources->count; i++) {
        const struct cf_source *terminal = &sources->terminals[i];
        struct cf_terminal_times before = {0}, after = {0};
        int blocked;
        if (!terminal->own || terminal->elsewhere)
            continue;
        all_served &= terminal->served;
        if (cf_terminal_write(terminal->path, uid, text, length, &patience_ms, &before, &after, &blocked))
            *(terminal->served ? &any_served : &any) = true;
        if (blocked >= 0)
            note_blocked(sources, terminal->path, blocked);
        if (before.output != after.output)
            note_written(sources, terminal->path, before.output, after.output);
    }
    forget_vanished(sources);
    bool done = any || (all_served && any_served);
    if (done)
        drop_blocked(sources);
    return done;
}
