#include "logind/agent.h"

#include "base/memory.h"
#include "base/text.h"
#include "logind/missing.h"
#include "logind/remotes.h"

#include <stdlib.h>
#include <string.h>

#define UNIT     INT64_C(1000) /* µs: displays count in milliseconds */
#define PRESENCE (CF_FIELD_BIT(CF_FIELD_AGENT) | CF_FIELD_BIT(CF_FIELD_MISSING))

/* A session's. */
struct cf_session_agent {
    struct cf_logind *host;
    struct cf_cached *known;
    struct cf_agent_link *link;
    struct cf_agent_order closing;
};

void cf_session_agent_ask(struct cf_cached *known, struct cf_agent_order *order,
                          const struct cf_agent_order_line *line)
{
    cf_agent_link_send(known->agent->link, order, line);
}

static void on_closed(struct cf_agent_order *order, const struct cf_agent_answer *answer)
{
    (void)order, (void)answer;
}

void cf_session_agent_close_notice(struct cf_cached *known)
{
    static const struct cf_agent_order_line line = {.verb = CF_AGENT_CLOSE};
    known->agent->closing.done = on_closed;
    cf_session_agent_ask(known, &known->agent->closing, &line);
}

struct cf_mono cf_session_agent_take(const struct cf_logind *host, struct cf_cached *known,
                                     const struct cf_agent_answer *answer, struct cf_mono asked,
                                     const char **ret_source)
{
    bool known_here = answer && cf_span_known(answer->idle) && known->agent &&
                      !(answer->source == CF_AGENT_X11 && cf_text_equal(known->properties.type, "wayland"));
    known->record.inhibited = answer ? answer->inhibited : CF_TRI_UNKNOWN;
    known->agent_blind = answer && !known_here;
    (void)cf_missing_look(host, known);
    if (!known_here)
        return CF_MONO_UNKNOWN;
    struct cf_mono earliest = {asked.us - answer->idle.us - UNIT},
                   latest = {cf_loop_now(host->loop).us - answer->idle.us};
    if (!cf_mono_known(known->agent_last) || earliest.us > known->agent_last.us)
        known->agent_last = latest;
    known->agent_source = answer->source;
    *ret_source = cf_agent_source_names[answer->source];
    return known->agent_last;
}

void cf_session_agent_showed(struct cf_logind *host, struct cf_cached *known, bool yes)
{
    known->agent_mute = !yes;
    if (cf_missing_look(host, known))
        host->read(host, &known->record.identity); /* upon which it is told */
}

bool cf_session_agent_watches(const struct cf_cached *known)
{
    return known->agent && cf_agent_link_watches(known->agent->link);
}

/* The last thing done, since the sink may close the back end. */
static void tell_input(const struct cf_session_agent *agent, struct cf_mono at, const char *source)
{
    const struct cf_logind *host = agent->host;
    struct cf_session record = agent->known->record; /* its strings are lent */
    record.last_input = at;
    record.idle_source = (char *)(uintptr_t)source;
    host->sink.seen(host->sink.data, &record,
                    CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE));
}

static void on_input(void *data)
{
    const struct cf_session_agent *agent = data;
    struct cf_logind *host = agent->host;
    agent->known->agent_last = cf_loop_now(host->loop);
    if (host->watcher) /* its terminals need not tell of the same */
        cf_watcher_clear(host->watcher, &agent->known->watched.watch);
    tell_input(agent, agent->known->agent_last, cf_agent_source_names[agent->known->agent_source]);
}

static void on_pressed(void *data, bool yes)
{
    const struct cf_session_agent *agent = data;
    agent->host->sink.answered(agent->host->sink.data, agent->known->notice, yes);
}

static struct cf_cached *drop(struct cf_session_agent *agent)
{
    struct cf_cached *known = agent->known;
    cf_agent_order_cancel(&agent->closing);
    cf_agent_link_destroy(agent->link);
    cf_agent_order_cancel(&agent->closing); /* refused just now */
    known->agent = NULL;
    known->agent_process = 0;
    known->remote.nx = false;
    known->agent_last = CF_MONO_UNKNOWN;
    known->record.inhibited = CF_TRI_UNKNOWN;
    free(agent);
    return known;
}

/* The first to die young has an heir at once; after each further one it takes twice as long. */
static void note_death(struct cf_cached *known, struct cf_mono now)
{
    bool young = cf_mono_since(known->agent_began, now).us < CF_AGENT_OLD.us;
    known->agent_deaths = young ? known->agent_deaths + 1 : 0;
    known->agent_began = now;
}

struct cf_span cf_session_agent_wait(const struct cf_cached *known, struct cf_mono now)
{
    struct cf_span wait = CF_AGENT_WAIT;
    if (known->agent_deaths < 2)
        return (struct cf_span){0};
    for (unsigned i = 2; i < known->agent_deaths && wait.us < CF_AGENT_WAIT_MOST.us; i++)
        wait = cf_span_doubled(wait, CF_AGENT_WAIT_MOST);
    int64_t left = wait.us - cf_mono_since(known->agent_began, now).us;
    return (struct cf_span){left > 0 ? left : 0};
}

/* What it was to tell is not told any more: that is told. */
static void on_ended(void *data, const char *why)
{
    (void)why;
    struct cf_session_agent *agent = data;
    const struct cf_logind *host = agent->host;
    bool watched = cf_agent_link_watches(agent->link);
    struct cf_cached *known = drop(agent);
    note_death(known, cf_loop_now(host->loop));
    known->record.agent = CF_TRI_NO;
    cf_remotes_apply(known);
    (void)cf_missing_look(host, known);
    host->sink.seen(host->sink.data, &known->record,
                    PRESENCE | CF_REMOTES_FIELDS | (watched ? CF_SESSION_AGENT_TELLS : 0));
}

void cf_session_agent_end(struct cf_cached *known)
{
    if (known->agent)
        (void)drop(known->agent);
}

void cf_session_agent_begin(struct cf_logind *host, struct cf_cached *known, int fd, int64_t process,
                            const char *display)
{
    static const struct cf_agent_link_calls calls = {on_input, on_pressed, on_ended};
    struct cf_session_agent *agent = cf_alloc(sizeof *agent);
    *agent = (struct cf_session_agent){.host = host, .known = known};
    agent->link = cf_agent_link_create(host->loop, fd, known->record.identity.id, &calls, agent);
    known->agent = agent;
    known->agent_process = process;
    cf_display_number(display, known->agent_display);
    known->agent_last = CF_MONO_UNKNOWN;
    known->record.agent = CF_TRI_YES;
    known->agent_began = cf_loop_now(host->loop);
    known->agent_blind = known->agent_mute = known->agent_astray = false;
    (void)cf_missing_look(host, known);
    host->read(host, &known->record.identity);
    host->sink.seen(host->sink.data, &known->record, PRESENCE);
}
