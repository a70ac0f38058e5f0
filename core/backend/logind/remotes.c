#include "logind/remotes.h"

#include "base/memory.h"
#include "base/text.h"
#include "logind/sockets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* xrdp's channel server makes and removes sockets as clients come and go, of which inotify tells. Where it is
 * switched off nothing does. */
#define SOON  ((struct cf_span){300000})
#define AGAIN cf_seconds(2)
#define PACE  CF_MINUTE

/* A folder of sockets, watched for one session. */
struct cf_remote_watch {
    uv_fs_event_t event;
    struct cf_logind *host;
};

/* ---- What the kernel knows ---- */

/* Since 0.10 each user has a folder of their own. */
static const char *const folders[] = {"/run/xrdp/sockdir/%" PRId64, "/run/xrdp/sockdir", "/tmp/.xrdp"};

/* Whoever has a mount namespace of their own may bind any name, so the file must be there, and the user's. */
static bool is_users(const struct cf_properties *properties, const char *path)
{
    char seen[CF_SOCKET_PATH + 32];
    struct stat st;
    (void)snprintf(seen, sizeof seen, "/proc/%" PRId64 "/root%s", properties->leader, path);
    return stat(seen, &st) == 0 && S_ISSOCK(st.st_mode) && (int64_t)st.st_uid == properties->uid;
}

/* ":10" → "10"; NULL: not a display of xrdp's Xorg. */
static const char *display_of(const struct cf_properties *properties)
{
    const char *display = properties->display;
    bool remote = cf_text_equal(properties->service, "xrdp-sesman") && cf_text_equal(properties->type, "x11");
    return remote && display && display[0] == ':' && display[1] &&
                   !display[1 + strspn(display + 1, "0123456789")]
               ? display + 1
               : NULL;
}

struct look {
    enum cf_tri disconnected;
    uint64_t generation; /* another one after each client; 0: not known */
    char folder[CF_SOCKET_PATH];
};

static struct look look_at(const struct cf_sockets *sockets, const struct cf_properties *properties)
{
    struct look look = {0};
    const char *display = display_of(properties);
    for (size_t i = 0; display && i < sizeof folders / sizeof folders[0]; i++) {
        char path[CF_SOCKET_PATH];
        (void)snprintf(look.folder, sizeof look.folder, folders[i], properties->uid);
        (void)snprintf(path, sizeof path, "%.64s/xrdp_display_%.8s", look.folder, display);
        if (!cf_sockets_listening(sockets, path) || !is_users(properties, path))
            continue;
        look.disconnected = cf_tri_of(!cf_sockets_connected(sockets, path));
        (void)snprintf(path, sizeof path, "%.64s/xrdp_chansrv_socket_%.8s", look.folder, display);
        look.generation = cf_sockets_listening(sockets, path);
        return look;
    }
    look.folder[0] = '\0';
    return look;
}

/* ---- Being told ---- */

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_folder(uv_fs_event_t *event, const char *name, int events, int status)
{
    (void)name, (void)events, (void)status;
    struct cf_logind *host = ((struct cf_remote_watch *)event->data)->host;
    host->remotes.again = true;
    cf_timer_set(host->loop, &host->remotes.timer, cf_mono_add(cf_loop_now(host->loop), SOON));
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

static void watch(struct cf_logind *host, struct cf_cached *known, const char *folder)
{
    if (known->remote.watch || host->once || host->server || !folder[0])
        return;
    struct cf_remote_watch *watch = cf_alloc(sizeof *watch);
    watch->host = host;
    (void)uv_fs_event_init(cf_loop_uv(host->loop), &watch->event);
    watch->event.data = watch;
    (void)uv_fs_event_start(&watch->event, on_folder, folder, 0); /* else there is the pace */
    known->remote.watch = watch;
    host->remotes.timer.fire = on_time;
    host->remotes.timer.data = host;
    if (!cf_timer_is_set(&host->remotes.timer))
        cf_timer_set(host->loop, &host->remotes.timer, cf_mono_add(cf_loop_now(host->loop), PACE));
}

/* ---- One session ---- */

bool cf_remotes_look(struct cf_logind *host, struct cf_cached *known, struct cf_mono asked)
{
    struct cf_remote_state *state = &known->remote;
    if (host->server || !display_of(&known->properties))
        return false;
    struct cf_mono now = cf_loop_now(host->loop);
    if (!cf_mono_known(host->remotes.read_at) || host->remotes.read_at.us < asked.us) {
        cf_sockets_read(&host->remotes.sockets, known->properties.leader, "/xrdp_");
        host->remotes.read_at = now;
    }
    const struct look look = look_at(&host->remotes.sockets, &known->properties);
    bool returned = look.generation != state->generation; /* and has gone again, between two looks */
    bool changed = look.disconnected != state->disconnected || (returned && look.disconnected == CF_TRI_YES);
    if (changed)
        state->since = look.disconnected == CF_TRI_YES ? now : CF_MONO_UNKNOWN;
    state->disconnected = look.disconnected;
    state->generation = look.generation;
    known->record.disconnected = state->disconnected;
    known->record.disconnected_since = state->since;
    watch(host, known, look.folder);
    return changed;
}

void cf_remotes_forget(struct cf_cached *known)
{
    if (known->remote.watch)
        uv_close((uv_handle_t *)&known->remote.watch->event, on_watch_closed);
    known->remote.watch = NULL;
}

void cf_remotes_finish(struct cf_logind *host)
{
    cf_timer_stop(host->loop, &host->remotes.timer);
    cf_sockets_finish(&host->remotes.sockets);
}
