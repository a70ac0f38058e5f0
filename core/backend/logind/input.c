#include "logind/input.h"

#include "base/memory.h"
#include "base/text.h"
#include "logind/host.h"
#include "logind/stamps.h"

#include <stdlib.h>

void cf_input_session_finish(struct cf_input_session *session)
{
    free(session->unit);
    free(session->tty);
    free(session->user);
}

void cf_input_finish(struct cf_input *input)
{
    cf_input_session_finish(&input->session);
    for (size_t i = 0; i < input->elsewhere_count; i++)
        cf_input_session_finish(&input->elsewhere[i]);
    free(input->elsewhere);
    cf_sources_finish(&input->sources);
    *input = (struct cf_input){0};
}

/* Its own, which an agent or a hint speaks for: a VNC server's is of no type that logind knows. On a terminal
 * there may be another display than the agent's, but for x2go's. */
static bool has_display(const struct cf_cached *known)
{
    return cf_properties_graphical(&known->properties) || known->remote.nx ||
           (known->agent && !cf_text_equal(known->properties.type, "tty"));
}

/* The terminal that logind names goes with what logged its user on; who has that number after it is somebody
 * else. */
void cf_input_session_init(struct cf_input_session *session, const struct cf_cached *known)
{
    const struct cf_properties *properties = &known->properties;
    session->unit = cf_strdup(properties->scope);
    session->tty = cf_strdup(cf_properties_closing(properties) ? NULL : properties->tty);
    session->user = cf_strdup(properties->name);
    session->of = (struct cf_search_of){.leader = properties->leader,
                                        .uid = properties->uid,
                                        .unit = session->unit,
                                        .tty = session->tty,
                                        .user = session->user,
                                        .displays = true,
                                        .graphical = has_display(known),
                                        .seated = properties->seat && cf_properties_graphical(properties)};
    session->of.own.server = known->remote.server;
    if (!known->remote.nx)
        return;
    session->of.member = known->agent_process;
    memcpy(session->of.own.number, known->agent_display, sizeof session->of.own.number);
}

/* One at which somebody may sit: neither a service manager's, nor one on its way out. */
static bool is_elsewhere(const struct cf_cached *known, const struct cf_cached *other)
{
    return other != known && other->properties.uid == known->properties.uid && other->record.identity.birth &&
           other->properties.class_ && strncmp(other->properties.class_, "user", 4) == 0 &&
           (!cf_properties_closing(&other->properties) || other->remote.nx);
}

static void add_elsewhere(struct cf_input *input, const struct cf_cached *other, const struct cf_clock *clock)
{
    input->elsewhere = cf_grow(input->elsewhere, input->elsewhere_count, sizeof *input->elsewhere);
    cf_input_session_init(&input->elsewhere[input->elsewhere_count++], other);
    if (!cf_properties_graphical(&other->properties) && !other->remote.nx)
        return;
    struct cf_mono hinted = cf_properties_hinted_input(&other->properties, clock);
    input->displays_elsewhere = true;
    input->dark_elsewhere |= !cf_mono_known(hinted);
    if (!cf_mono_known(input->hinted_elsewhere) || hinted.us > input->hinted_elsewhere.us)
        input->hinted_elsewhere = hinted;
}

void cf_input_prepare(struct cf_input *input, struct cf_logind *host, const struct cf_cached *known)
{
    const struct cf_clock *clock = cf_loop_clock(host->loop);
    cf_input_finish(input);
    cf_input_session_init(&input->session, known);
    input->hinted =
        input->session.of.graphical ? cf_properties_hinted_input(&known->properties, clock) : CF_MONO_UNKNOWN;
    input->hinted_elsewhere = input->at_display = CF_MONO_UNKNOWN;
    input->noted.us = CF_UNKNOWN_US;
    if (host->server) {
        if (known->properties.idle_since > 0)
            input->noted = cf_terminal_latest(known->properties.idle_since / 1000000);
        return;
    }
    for (size_t i = 0; i < known->written_count; i++) {
        input->sources.written = cf_grow(input->sources.written, i, sizeof *known->written);
        input->sources.written[i] = known->written[i];
        input->sources.written_count = i + 1;
    }
}

void cf_input_read(struct cf_input *input, bool all)
{
    input->read = true;
    if (input->session.of.graphical && !cf_mono_known(input->hinted) && !cf_mono_known(input->at_display))
        return; /* it stays unknown, whatever its terminals tell */
    input->session.of.displays = all;
    cf_search_sources(&input->sources, &input->session.of, "/proc");
}

bool cf_input_serves(const struct cf_input *input)
{
    return input->read && input->sources.server;
}

void cf_input_prepare_elsewhere(struct cf_input *input, struct cf_logind *host, const struct cf_cached *known)
{
    input->asks_elsewhere = true;
    for (struct cf_cached *other = host->sessions.known; other; other = other->hh.next)
        if (is_elsewhere(known, other))
            add_elsewhere(input, other, cf_loop_clock(host->loop));
}

void cf_input_read_elsewhere(struct cf_input *input)
{
    for (size_t i = 0; i < input->elsewhere_count; i++)
        cf_search_elsewhere(&input->sources, &input->elsewhere[i].of, "/proc");
}

struct cf_mono cf_input_within(struct cf_instant at, const struct cf_session *record,
                               const struct cf_loop *loop)
{
    if (!cf_instant_known(at) || cf_stamp_is_ahead(at, loop))
        return CF_MONO_UNKNOWN;
    struct cf_mono since = cf_clock_mono_of_wall(cf_loop_clock(loop), at), now = cf_loop_now(loop);
    if (cf_mono_known(record->logged_on) && since.us < record->logged_on.us)
        since = record->logged_on;
    return since.us > now.us ? now : since;
}

bool cf_input_is_on_terminals(const struct cf_input *input)
{
    return input->read && !input->session.of.graphical &&
           !(input->sources.server && (!input->asks_elsewhere || input->displays_elsewhere)) &&
           cf_instant_known(cf_sources_input(&input->sources));
}

/* What its processes are is known, and that none may be used in a way that its display does not tell. */
static bool is_clear(const struct cf_input *input)
{
    const struct cf_sources *sources = &input->sources;
    bool beside = input->session.of.own.number[0] && (sources->display || sources->channel);
    return !sources->incomplete && !sources->second && !beside;
}

bool cf_input_is_at_display(const struct cf_input *input)
{
    const struct cf_sources *sources = &input->sources;
    return input->read && input->session.of.graphical && cf_mono_known(input->at_display) &&
           is_clear(input) &&
           (!sources->server || (input->asks_elsewhere && !input->displays_elsewhere &&
                                 cf_instant_known(cf_sources_input(sources))));
}

bool cf_input_may_show(const struct cf_input *input)
{
    return !input->sources.display && !input->sources.second &&
           (!input->session.of.graphical || cf_mono_known(input->hinted) || cf_mono_known(input->at_display));
}

static struct cf_mono later(struct cf_mono a, struct cf_mono b)
{
    return cf_mono_known(b) && (!cf_mono_known(a) || b.us > a.us) ? b : a;
}

/* By the session's own display, or by its terminals. Of a display's session only what it serves counts
 * beside. */
static struct cf_mono last_here(const struct cf_input *input, struct cf_mono shown, struct cf_mono typed)
{
    if (!input->session.of.graphical)
        return typed;
    if (!input->read) /* another host's, where there is no more to be known */
        return shown;
    bool told = cf_mono_known(shown) && is_clear(input) && (!input->sources.server || cf_mono_known(typed));
    return told ? later(shown, typed) : CF_MONO_UNKNOWN;
}

/* A time that is no terminal's, within the same bounds. */
static struct cf_mono within(struct cf_mono at, const struct cf_session *record, const struct cf_loop *loop)
{
    if (!cf_mono_known(at))
        return at;
    return cf_input_within(cf_clock_wall_of_mono(cf_loop_clock(loop), at), record, loop);
}

struct cf_mono cf_input_last(const struct cf_input *input, const struct cf_session *record,
                             const struct cf_loop *loop, const char **ret_source)
{
    struct cf_instant noted = input->read ? cf_sources_input(&input->sources) : input->noted;
    struct cf_mono typed = cf_input_within(noted, record, loop);
    struct cf_mono hinted = within(input->hinted, record, loop),
                   at_display = within(input->at_display, record, loop);
    struct cf_mono shown = later(hinted, at_display);
    struct cf_mono last = last_here(input, shown, typed);
    if (cf_input_serves(input) && cf_mono_known(last))
        last = !input->asks_elsewhere || input->dark_elsewhere ? CF_MONO_UNKNOWN
                                                               : later(last, input->hinted_elsewhere);
    *ret_source = !cf_mono_known(last)                          ? NULL
                  : last.us == at_display.us                    ? input->display_source
                  : last.us == typed.us && last.us != hinted.us ? "tty"
                                                                : "hint";
    return last;
}

struct cf_mono cf_input_last_output(const struct cf_input *input, const struct cf_session *record,
                                    const struct cf_loop *loop)
{
    if (!input->read || input->session.of.graphical)
        return CF_MONO_UNKNOWN;
    return cf_input_within(cf_sources_output(&input->sources), record, loop);
}
