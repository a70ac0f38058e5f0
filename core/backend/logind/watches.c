#include "logind/watches.h"

#include "logind/agent.h"

#include <string.h>

#define IDLE_FIELDS (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE))

static struct cf_cached *known_of(struct cf_watch *watch)
{
    return (struct cf_cached *)(void *)((char *)watch - offsetof(struct cf_cached, watched.watch));
}

/* ---- Telling ---- */

/* The last thing done, since the sink may close the back end. */
static void tell(struct cf_logind *host, const struct cf_cached *known, unsigned what, struct cf_mono input,
                 struct cf_mono output)
{
    struct cf_session record = known->record; /* its strings are lent */
    record.last_input = input;
    record.last_output = output;
    record.idle_source = cf_mono_known(input) ? "tty" : NULL;
    host->sink.seen(host->sink.data, &record,
                    (what & CF_WATCH_INPUT ? IDLE_FIELDS : 0) |
                        (what & CF_WATCH_OUTPUT ? CF_FIELD_BIT(CF_FIELD_OUTPUT) : 0));
}

static void forget_written(struct cf_cached *known, const char *path)
{
    for (size_t i = 0; i < known->written_count; i++)
        if (strcmp(known->written[i].path, path) == 0)
            known->written[i] = known->written[--known->written_count];
}

/* The same reckoning as a reading's, which so never takes back what was told. */
static void on_told(void *data, struct cf_watch *watch, unsigned what, const char *path)
{
    struct cf_logind *host = data;
    struct cf_cached *known = known_of(watch);
    struct cf_terminal_times times;
    struct cf_mono at = cf_loop_now(host->loop);
    if (cf_terminal_times(path, &times))
        at = cf_input_within(cf_terminal_latest(what == CF_WATCH_INPUT ? times.input : times.output),
                             &known->record, host->loop);
    if (what == CF_WATCH_OUTPUT) /* what the terminal has noted is not only ours any more */
        forget_written(known, path);
    tell(host, known, what, at, at);
}

/* ---- Looking again ---- */

static void look_again(struct cf_logind *host, struct cf_cached *known)
{
    if (!known->watched.watch.wanted)
        return;
    known->watched.again = known->watched.looking;
    if (!known->watched.looking) {
        known->watched.looking = true;
        host->look(host, &known->record.identity);
    }
}

static void on_vanished(void *data, struct cf_watch *watch)
{
    look_again(data, known_of(watch));
}

/* What belongs to root may be anybody's: a shell that sudo began, or one whose owner was not set yet. */
static void on_appeared(void *data, const char *path)
{
    struct cf_logind *host = data;
    struct cf_terminal_times times;
    if (!cf_terminal_times(path, &times))
        return;
    for (struct cf_cached *known = host->sessions.known; known; known = known->hh.next)
        if (known->watched.watch.wanted && (times.uid == 0 || times.uid == known->properties.uid)) {
            memcpy(known->watched.appeared, path, sizeof known->watched.appeared);
            look_again(host, known);
        }
}

static void on_overrun(void *data)
{
    struct cf_logind *host = data;
    for (struct cf_cached *known = host->sessions.known; known; known = known->hh.next)
        look_again(host, known);
}

static bool has_terminal(const struct cf_sources *sources, const char *path)
{
    for (size_t i = 0; path[0] && i < sources->count; i++)
        if (strcmp(sources->terminals[i].path, path) == 0)
            return true;
    return false;
}

static bool add_all(struct cf_logind *host, struct cf_cached *known, struct cf_input *input, unsigned what)
{
    bool added = cf_input_is_on_terminals(input) || cf_input_is_at_display(input) || !(what & CF_WATCH_INPUT);
    for (size_t i = 0; added && i < input->sources.count; i++) {
        const struct cf_source *terminal = &input->sources.terminals[i];
        unsigned wanted = terminal->elsewhere ? what & CF_WATCH_INPUT : what;
        if (input->session.of.graphical && !terminal->served) /* what is typed there, its display tells */
            wanted = 0;
        added = !wanted || cf_watcher_add(host->watcher, &known->watched.watch, terminal->path, wanted);
    }
    cf_sources_read_again(&input->sources);
    return added;
}

void cf_watches_looked(struct cf_logind *host, struct cf_cached *known, struct cf_input *input)
{
    struct cf_session_watch *watched = &known->watched;
    unsigned what = watched->watch.wanted, telling = 0;
    const char *source;
    watched->looking = false;
    if (watched->again) {
        watched->again = false;
        look_again(host, known);
        return;
    }
    bool typed = input && has_terminal(&input->sources, watched->appeared);
    watched->appeared[0] = '\0';
    if (!what)
        return;
    if (!input || !add_all(host, known, input, what)) { /* it cannot be told any more */
        cf_watches_cancel(host, known);
        tell(host, known, what, CF_MONO_UNKNOWN, CF_MONO_UNKNOWN);
        return;
    }
    struct cf_instant last = cf_sources_input(&input->sources), output = cf_sources_output(&input->sources);
    if ((what & CF_WATCH_INPUT) && (typed || last.us > watched->input.us))
        telling |= CF_WATCH_INPUT;
    if ((what & CF_WATCH_OUTPUT) && output.us > watched->output.us)
        telling |= CF_WATCH_OUTPUT;
    watched->watch.wanted &= ~telling;
    if (!watched->watch.wanted)
        cf_watches_cancel(host, known);
    if (telling)
        tell(host, known, telling, cf_input_last(input, &known->record, host->loop, &source),
             cf_input_last_output(input, &known->record, host->loop));
}

/* ---- What requests ask ---- */

bool cf_watches_expect(struct cf_logind *host)
{
    static const struct cf_watcher_calls calls = {on_told, on_vanished, on_appeared, on_overrun};
    if (!host->watcher)
        host->watcher = cf_watcher_create(host->loop, &calls, host);
    if (!host->watcher)
        return false;
    if (cf_watcher_expect(host->watcher))
        return true;
    cf_watcher_unexpect(host->watcher);
    return false;
}

void cf_watches_unexpect(struct cf_logind *host)
{
    cf_watcher_unexpect(host->watcher);
}

void cf_watches_cancel(struct cf_logind *host, struct cf_cached *known)
{
    if (host->watcher)
        cf_watcher_clear(host->watcher, &known->watched.watch);
}

uint64_t cf_watches_arm(struct cf_logind *host, struct cf_cached *known, struct cf_input *input,
                        uint64_t fields)
{
    struct cf_session_watch *watched = &known->watched;
    uint64_t told = fields & CF_WATCHES_FIELDS;
    cf_watches_cancel(host, known);
    bool at_display = cf_input_is_at_display(input) && cf_session_agent_watches(known);
    if (!host->watcher || !input->read || (input->session.of.graphical && !at_display))
        return 0;
    if (input->session.of.graphical)
        told &= CF_FIELD_BIT(CF_FIELD_IDLE);
    else if (!cf_input_is_on_terminals(input))
        told &= ~CF_FIELD_BIT(CF_FIELD_IDLE);
    unsigned what = (told & CF_FIELD_BIT(CF_FIELD_IDLE) ? CF_WATCH_INPUT : 0) |
                    (told & CF_FIELD_BIT(CF_FIELD_OUTPUT) ? CF_WATCH_OUTPUT : 0);
    if (!add_all(host, known, input, what) || (!watched->watch.count && !at_display)) {
        cf_watches_cancel(host, known);
        return 0;
    }
    watched->appeared[0] = '\0';
    watched->input = cf_sources_input(&input->sources);
    watched->output = cf_sources_output(&input->sources);
    return told;
}

void cf_watches_finish(struct cf_logind *host)
{
    cf_watcher_destroy(host->watcher);
    host->watcher = NULL;
}
