#include "logind/remotes.h"

#include "base/memory.h"
#include "base/text.h"
#include "logind/input.h"
#include "time/worker.h"

#include <stdlib.h>
#include <utlist.h>

/* What clients do shows in a file or a folder, of which inotify tells. Where there is none, nothing does. */
#define SOON  ((struct cf_span){300000})
#define AGAIN cf_seconds(2)
#define PACE  CF_MINUTE
#define LATE  cf_seconds(2) /* a look takes a third of a second where the kernel has 60,000 sockets */

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

/* Looks at all of them; where one is not looked at, which is told, the back end may be closed. */
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
        if (known->remote.watch)
            (void)cf_remotes_look(host, known, now, NULL, NULL);
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

/* ---- What follows from a look ---- */

/* The desktop of x2go is part of the ssh session that began it, of which its agent tells. */
static bool may_tell(const struct cf_cached *known, struct cf_clients_of *ret_of)
{
    const struct cf_properties *properties = &known->properties;
    if (cf_clients_may_tell(properties, ret_of))
        return true;
    if (!known->agent || !known->agent_display[0] || properties->seat || cf_properties_graphical(properties))
        return false;
    *ret_of = (struct cf_clients_of){.leader = known->agent_process, .uid = properties->uid, .nx = true};
    memcpy(ret_of->display, known->agent_display, sizeof ret_of->display);
    return true;
}

/* Such a desktop outlives its line, without which logind calls the session closing: it goes on as long as the
 * desktop does. While its line is there, so is its user, whatever else is done by it. */
static void apply_nx(struct cf_cached *known)
{
    const struct cf_remote_state *state = &known->remote;
    if (!cf_properties_closing(&known->properties) || cf_properties_graphical(&known->properties))
        return;
    known->record.closing = cf_tri_of(!state->nx);
    known->record.disconnected = state->nx ? state->disconnected : CF_TRI_UNKNOWN;
    known->record.disconnected_since = state->nx ? state->since : CF_MONO_UNKNOWN;
}

void cf_remotes_apply(struct cf_cached *known)
{
    const struct cf_remote_state *state = &known->remote;
    struct cf_clients_of of;
    apply_nx(known);
    if (!cf_clients_may_tell(&known->properties, &of))
        return;
    known->record.disconnected = state->disconnected;
    known->record.disconnected_since = state->since;
    if (state->told_from)
        cf_session_set_string(&known->record, CF_FIELD_REMOTE_HOST, state->from);
}

/* Where there are several clients, one of them stands for all. */
static bool take_from(struct cf_remote_state *state, const struct cf_clients *clients)
{
    const char *from = clients->from[0] ? clients->from : NULL;
    if (!clients->told_from || (state->told_from && cf_text_equal(state->from, from)))
        return false;
    state->told_from = true;
    cf_replace(&state->from, from);
    return true;
}

/* Whether that is another than before. */
static bool take(struct cf_logind *host, struct cf_cached *known, const struct cf_clients *clients,
                 struct cf_mono input)
{
    struct cf_remote_state *state = &known->remote;
    enum cf_tri disconnected =
        clients->connected == CF_TRI_UNKNOWN ? CF_TRI_UNKNOWN : cf_tri_of(clients->connected == CF_TRI_NO);
    bool returned = clients->generation != state->generation; /* and has gone again, between two looks */
    bool changed = disconnected != state->disconnected || (returned && disconnected == CF_TRI_YES);
    if (changed)
        state->since = disconnected == CF_TRI_YES ? cf_loop_now(host->loop) : CF_MONO_UNKNOWN;
    if (known->agent_last.us > input.us)
        input = known->agent_last;
    if (disconnected == CF_TRI_YES && input.us > state->since.us) {
        state->since = input; /* somebody is there in another way, as by a server of terminals */
        changed = true;
    }
    changed |= clients->nx != state->nx;
    state->disconnected = disconnected;
    state->server = clients->server;
    state->nx = clients->nx;
    state->generation = clients->generation;
    changed |= take_from(state, clients);
    cf_remotes_apply(known);
    watch(host, known, clients->told_by);
    return changed;
}

/* ---- One look ---- */

/* The worker has `of` to `found` for itself. */
struct cf_remote_look {
    struct cf_job job;
    struct cf_logind *host;
    struct cf_cached *known; /* NULL: it has gone meanwhile */
    struct cf_timer late;
    cf_remotes_done *done;
    void *data;
    struct cf_remote_look *prev, *next;

    struct cf_clients_of of;
    struct cf_input_session session;
    struct cf_mono asked;
    struct cf_client_sockets *sockets;
    struct cf_sources sources; /* where nobody is connected */
    struct cf_clients found;
};

/* Where nobody is connected, somebody may still be at it in another way: by a second display server in the
 * session, of which nobody can tell, or at its terminals, by a server of theirs. */
static void look_beside(struct cf_remote_look *look)
{
    struct cf_search_of *of = &look->session.of;
    of->graphical = true;
    of->displays = false;
    if (look->of.nx)
        of->member = look->of.leader;
    of->own.server = look->found.server;
    memcpy(of->own.number, look->of.display, sizeof of->own.number);
    cf_search_sources(&look->sources, of, "/proc");
    bool missed = look->of.nx && look->sources.incomplete; /* an ssh session may hold anything */
    if (look->sources.second || missed)
        look->found.connected = CF_TRI_UNKNOWN;
}

static void work(void *data)
{
    struct cf_remote_look *look = data;
    look->found = cf_clients_look(look->sockets, &look->of, look->asked);
    if (look->found.connected == CF_TRI_NO)
        look_beside(look);
}

/* Suspended, but for logind's word that its line has gone, which it does not send. */
static bool is_left(const struct cf_cached *known)
{
    return known->remote.nx && known->remote.disconnected == CF_TRI_YES &&
           known->record.disconnected == CF_TRI_NO;
}

static struct cf_mono input_beside(const struct cf_remote_look *look, const struct cf_clients *clients)
{
    if (clients != &look->found || look->found.connected != CF_TRI_NO)
        return CF_MONO_UNKNOWN;
    return cf_input_within(cf_sources_input(&look->sources), &look->known->record, look->host->loop);
}

/* Over what it tells the back end may be closed. */
static void settle(struct cf_remote_look *look, const struct cf_clients *clients)
{
    static const struct cf_clients nobody = {0};
    struct cf_logind *host = look->host;
    if (look->of.nx && look->known && look->known->agent_process != look->of.leader)
        clients = &nobody; /* its agent has ended meanwhile */
    if (look->known && take(host, look->known, clients, input_beside(look, clients)))
        host->sink.seen(host->sink.data, &look->known->record, CF_REMOTES_FIELDS);
    if (host->closed)
        return; /* and the look may be gone with it */
    cf_remotes_done *done = look->done;
    look->done = NULL;
    if (done)
        done(look->data);
    else if (look->known && is_left(look->known))
        host->read(host, &look->known->record.identity);
}

/* What it finds is of a moment that is too long ago. */
static void on_late(struct cf_timer *timer)
{
    struct cf_remote_look *look = timer->data;
    look->host->remotes.late++;
    settle(look, &(struct cf_clients){0});
}

static void worked(void *data, bool worked)
{
    struct cf_remote_look *look = data;
    struct cf_logind *host = look->host;
    bool late = !cf_timer_is_set(&look->late);
    cf_timer_stop(host->loop, &look->late);
    host->remotes.late -= late;
    if (!late && worked && !host->closed)
        settle(look, &look->found);
    DL_DELETE(host->remotes.looks, look);
    cf_input_session_finish(&look->session);
    cf_sources_finish(&look->sources);
    free(look);
}

struct cf_remote_look *cf_remotes_look(struct cf_logind *host, struct cf_cached *known, struct cf_mono asked,
                                       cf_remotes_done *done, void *data)
{
    struct cf_remotes *remotes = &host->remotes;
    struct cf_clients_of of;
    if (host->server || !may_tell(known, &of))
        return NULL;
    if (!remotes->worker)
        remotes->worker = cf_worker_create(cf_loop_uv(host->loop));
    if (!remotes->worker || remotes->late) { /* it would wait behind what hangs */
        if (take(host, known, &(struct cf_clients){0}, CF_MONO_UNKNOWN))
            host->sink.seen(host->sink.data, &known->record, CF_REMOTES_FIELDS);
        return NULL;
    }
    struct cf_remote_look *look = cf_alloc(sizeof *look);
    *look = (struct cf_remote_look){.job = {.data = look, .work = work, .done = worked},
                                    .host = host,
                                    .known = known,
                                    .late = {.data = look, .fire = on_late},
                                    .done = done,
                                    .data = data,
                                    .of = of,
                                    .asked = asked,
                                    .sockets = &remotes->sockets};
    cf_input_session_init(&look->session, known);
    DL_APPEND(remotes->looks, look);
    cf_timer_set(host->loop, &look->late, cf_mono_add(cf_loop_now(host->loop), LATE));
    cf_worker_add(remotes->worker, &look->job);
    return look;
}

void cf_remotes_cancel(struct cf_remote_look *look)
{
    if (look)
        look->done = NULL;
}

void cf_remotes_forget(struct cf_logind *host, struct cf_cached *known)
{
    for (struct cf_remote_look *look = host->remotes.looks; look; look = look->next)
        if (look->known == known)
            look->known = NULL;
    if (known->remote.watch)
        uv_close((uv_handle_t *)&known->remote.watch->event, on_watch_closed);
    known->remote.watch = NULL;
    free(known->remote.from);
}

void cf_remotes_finish(struct cf_logind *host)
{
    cf_timer_stop(host->loop, &host->remotes.timer);
    cf_worker_destroy(host->remotes.worker);
    host->remotes.worker = NULL;
    cf_client_sockets_finish(&host->remotes.sockets);
}
