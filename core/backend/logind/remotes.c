#include "logind/remotes.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

/* What clients do shows in a file or a folder, of which inotify tells. Where there is none, nothing does. */
#define SOON  ((struct cf_span){300000})
#define AGAIN cf_seconds(2)
#define PACE  CF_MINUTE

/* What is watched for one session. */
struct cf_remote_watch {
    uv_fs_event_t event;
    struct cf_logind *host;
};

/* ---- Being told ---- */

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

/* It is watched again from the next look on, so that a log that is always written to wakes nobody between
 * two. */
static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    (void)name, (void)events, (void)status;
    struct cf_logind *host = ((struct cf_remote_watch *)event->data)->host;
    struct cf_mono at = cf_mono_add(cf_loop_now(host->loop), SOON);
    (void)uv_fs_event_stop(event);
    if (!cf_timer_is_set(&host->remotes.timer) || at.us < host->remotes.timer.due_us)
        cf_timer_set(host->loop, &host->remotes.timer, at);
    host->remotes.again = true;
}

/* Looks at all of them; over each that has changed the back end may be closed. */
static void on_time(struct cf_timer *timer)
{
    struct cf_logind *host = timer->data;
    struct cf_mono now = cf_loop_now(host->loop);
    struct cf_span pace = host->remotes.again ? AGAIN : PACE;
    bool any = false;
    host->remotes.again = false;
    for (struct cf_cached *known = host->sessions.known, *next; known && !host->closed; known = next) {
        next = known->hh.next;
        any |= known->remote.watch != NULL;
        if (known->remote.watch && cf_remotes_look(host, known, now))
            host->sink.seen(host->sink.data, &known->record, CF_REMOTES_FIELDS);
    }
    if (any && !host->closed)
        cf_timer_set(host->loop, timer, cf_mono_add(now, pace));
}

static void watch(struct cf_logind *host, struct cf_cached *known, const char *path)
{
    struct cf_remote_watch *watch = known->remote.watch;
    if (host->once || (!watch && !path[0]))
        return;
    if (!watch) {
        known->remote.watch = watch = cf_alloc(sizeof *watch);
        watch->host = host;
        (void)uv_fs_event_init(cf_loop_uv(host->loop), &watch->event);
        watch->event.data = watch;
    }
    if (!uv_is_active((uv_handle_t *)&watch->event) && path[0])
        (void)uv_fs_event_start(&watch->event, on_event, path, 0); /* else there is the pace */
    host->remotes.timer.fire = on_time;
    host->remotes.timer.data = host;
    if (!cf_timer_is_set(&host->remotes.timer))
        cf_timer_set(host->loop, &host->remotes.timer, cf_mono_add(cf_loop_now(host->loop), PACE));
}

/* ---- One session ---- */

/* Where there are several clients, one of them stands for all. */
static bool take_from(struct cf_cached *known, const struct cf_clients *clients)
{
    const char *from = clients->from[0] ? clients->from : NULL;
    if (!clients->told_from || cf_text_equal(known->remote.from, from))
        return false;
    cf_replace(&known->remote.from, from);
    return true;
}

bool cf_remotes_look(struct cf_logind *host, struct cf_cached *known, struct cf_mono asked)
{
    struct cf_remote_state *state = &known->remote;
    if (host->server || !cf_clients_may_tell(&known->properties))
        return false;
    struct cf_mono now = cf_loop_now(host->loop);
    const struct cf_clients clients = cf_clients_look(&host->remotes.sockets, &known->properties, asked, now);
    enum cf_tri disconnected =
        clients.connected == CF_TRI_UNKNOWN ? CF_TRI_UNKNOWN : cf_tri_of(clients.connected == CF_TRI_NO);
    bool returned = clients.generation != state->generation; /* and has gone again, between two looks */
    bool changed = disconnected != state->disconnected || (returned && disconnected == CF_TRI_YES);
    if (changed)
        state->since = disconnected == CF_TRI_YES ? now : CF_MONO_UNKNOWN;
    if (disconnected == CF_TRI_YES && known->agent_last.us > state->since.us) {
        state->since = known->agent_last; /* somebody is there in another way, as by a second server */
        changed = true;
    }
    state->disconnected = disconnected;
    state->generation = clients.generation;
    changed |= take_from(known, &clients);
    known->record.disconnected = state->disconnected;
    known->record.disconnected_since = state->since;
    if (clients.told_from)
        cf_session_set_string(&known->record, CF_FIELD_REMOTE_HOST, state->from);
    watch(host, known, clients.told_by);
    return changed;
}

void cf_remotes_forget(struct cf_cached *known)
{
    if (known->remote.watch)
        uv_close((uv_handle_t *)&known->remote.watch->event, on_watch_closed);
    known->remote.watch = NULL;
    free(known->remote.from);
}

void cf_remotes_finish(struct cf_logind *host)
{
    cf_timer_stop(host->loop, &host->remotes.timer);
    cf_client_sockets_finish(&host->remotes.sockets);
}
