#include "logind/watcher.h"

#include "base/hash.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <uv.h>

#define FOLDER "/dev/pts"

struct link {
    struct cf_watch *watch;
    unsigned what;
};

struct terminal {
    int wd;
    char path[CF_TERMINAL_PATH];
    unsigned what; /* that inotify tells of it */
    bool fresh;    /* it appeared, and nobody has typed at it yet */
    struct link *links;
    size_t count;
    UT_hash_handle by_wd, by_path;
};

struct cf_watcher {
    struct cf_loop *loop;
    struct cf_watcher_calls calls;
    void *data;
    uv_poll_t poll;
    int fd, folder_wd; /* -1: not watched */
    struct terminal *by_wd, *by_path;
    size_t expecting, links;
    bool closed;
};

/* ---- Terminals ---- */

static struct terminal *terminal_by_wd(const struct cf_watcher *watcher, int wd)
{
    struct terminal *terminal = NULL;
    HASH_FIND(by_wd, watcher->by_wd, &wd, sizeof wd, terminal);
    return terminal;
}

static struct terminal *terminal_by_path(const struct cf_watcher *watcher, const char *path)
{
    struct terminal *terminal = NULL;
    HASH_FIND(by_path, watcher->by_path, path, (unsigned)strlen(path), terminal);
    return terminal;
}

static void remove_terminal(struct cf_watcher *watcher, struct terminal *terminal)
{
    HASH_DELETE(by_wd, watcher->by_wd, terminal);
    HASH_DELETE(by_path, watcher->by_path, terminal);
    (void)inotify_rm_watch(watcher->fd, terminal->wd);
    for (size_t i = 0; i < terminal->count; i++)
        terminal->links[i].watch->count--;
    watcher->links -= terminal->count;
    free(terminal->links);
    free(terminal);
}

static uint32_t mask_of(unsigned what)
{
    return (what & CF_WATCH_INPUT ? IN_ACCESS : 0) | (what & CF_WATCH_OUTPUT ? IN_MODIFY : 0);
}

/* `ret_terminal` is NULL where it has vanished; false where it cannot be watched. */
static bool find_or_add(struct cf_watcher *watcher, const char *path, unsigned what,
                        struct terminal **ret_terminal)
{
    *ret_terminal = terminal_by_path(watcher, path);
    if (*ret_terminal)
        return true;
    if (HASH_CNT(by_wd, watcher->by_wd) >= CF_WATCHER_TERMINALS)
        return false;
    int wd = inotify_add_watch(watcher->fd, path, mask_of(what));
    if (wd < 0)
        return errno == ENOENT;
    if ((*ret_terminal = terminal_by_wd(watcher, wd))) { /* by another name; settle() mends its mask */
        (*ret_terminal)->what = what;
        return true;
    }
    struct terminal *terminal = cf_alloc(sizeof *terminal);
    *terminal = (struct terminal){.wd = wd, .what = what};
    (void)snprintf(terminal->path, sizeof terminal->path, "%s", path);
    HASH_ADD(by_wd, watcher->by_wd, wd, sizeof terminal->wd, terminal);
    HASH_ADD(by_path, watcher->by_path, path, (unsigned)strlen(terminal->path), terminal);
    *ret_terminal = terminal;
    return true;
}

/* Has inotify tell what is still wanted of it, and drops what is not. */
static void settle(struct cf_watcher *watcher, struct terminal *terminal)
{
    unsigned what = terminal->fresh ? CF_WATCH_INPUT : 0;
    for (size_t i = 0; i < terminal->count;) {
        struct link *link = &terminal->links[i];
        if (link->what & link->watch->wanted) {
            what |= link->what & link->watch->wanted;
            i++;
            continue;
        }
        link->watch->count--;
        watcher->links--;
        *link = terminal->links[--terminal->count];
    }
    if (!what) {
        remove_terminal(watcher, terminal);
        return;
    }
    if (what == terminal->what)
        return;
    terminal->what = what;
    int wd = inotify_add_watch(watcher->fd, terminal->path, mask_of(what));
    if (wd >= 0 && wd != terminal->wd) /* a new one of that name; that the old one has gone will be told */
        (void)inotify_rm_watch(watcher->fd, wd);
}

static void settle_all(struct cf_watcher *watcher)
{
    struct terminal *terminal, *next;
    HASH_ITER(by_wd, watcher->by_wd, terminal, next)
    {
        settle(watcher, terminal);
    }
}

/* ---- The folder of pseudo-terminals ---- */

static void settle_folder(struct cf_watcher *watcher)
{
    bool wanted = watcher->expecting > 0 || watcher->links > 0;
    if (wanted && watcher->folder_wd < 0) {
        watcher->folder_wd = inotify_add_watch(watcher->fd, FOLDER, IN_CREATE | IN_DELETE | IN_ONLYDIR);
    } else if (!wanted && watcher->folder_wd >= 0) {
        (void)inotify_rm_watch(watcher->fd, watcher->folder_wd);
        watcher->folder_wd = -1;
        struct terminal *terminal, *next;
        HASH_ITER(by_wd, watcher->by_wd, terminal, next)
        {
            remove_terminal(watcher, terminal);
        }
    }
}

static void on_created(struct cf_watcher *watcher, const char *path)
{
    struct terminal *terminal = NULL;
    if (find_or_add(watcher, path, CF_WATCH_INPUT, &terminal) && terminal) {
        terminal->fresh = true;
        settle(watcher, terminal);
    }
}

static void vanish(struct cf_watcher *watcher, int wd)
{
    struct terminal *terminal;
    while ((terminal = terminal_by_wd(watcher, wd)) && terminal->count > 0) {
        struct cf_watch *watch = terminal->links[--terminal->count].watch;
        watch->count--;
        watcher->links--;
        watcher->calls.vanished(watcher->data, watch);
        if (watcher->closed)
            return;
    }
    if (terminal)
        remove_terminal(watcher, terminal);
}

/* ---- Events ---- */

static bool is_confirmed(const struct cf_watcher *watcher, const char *path, unsigned what)
{
    struct cf_terminal_times times;
    if (!cf_terminal_times(path, &times))
        return false;
    struct cf_instant latest = cf_terminal_latest(what == CF_WATCH_INPUT ? times.input : times.output);
    return latest.us >= cf_loop_wall(watcher->loop).us - CF_TERMINAL_UNIT;
}

static struct cf_watch *next_to_tell(const struct terminal *terminal, unsigned what)
{
    for (size_t i = 0; terminal && i < terminal->count; i++) {
        const struct link *link = &terminal->links[i];
        if ((link->what & link->watch->wanted & what) && !(what == CF_WATCH_OUTPUT && link->watch->writing))
            return link->watch;
    }
    return NULL;
}

static void tell(struct cf_watcher *watcher, int wd, unsigned what)
{
    struct terminal *terminal = terminal_by_wd(watcher, wd);
    char path[CF_TERMINAL_PATH];
    if (!terminal)
        return;
    memcpy(path, terminal->path, sizeof path);
    if (!is_confirmed(watcher, path, what))
        return;
    if (what == CF_WATCH_INPUT && terminal->fresh) {
        terminal->fresh = false;
        settle(watcher, terminal);
        watcher->calls.appeared(watcher->data, path);
    }
    struct cf_watch *watch;
    while (!watcher->closed && (watch = next_to_tell(terminal_by_wd(watcher, wd), what))) {
        watch->wanted &= ~what;
        settle_all(watcher);
        settle_folder(watcher);
        watcher->calls.told(watcher->data, watch, what, path);
    }
}

static void on_event(struct cf_watcher *watcher, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW) {
        watcher->calls.overrun(watcher->data);
    } else if (event->wd == watcher->folder_wd) {
        char path[CF_TERMINAL_PATH];
        int length = snprintf(path, sizeof path, FOLDER "/%s", event->len ? event->name : "");
        struct terminal *terminal = (size_t)length < sizeof path ? terminal_by_path(watcher, path) : NULL;
        if ((event->mask & IN_DELETE) && terminal)
            vanish(watcher, terminal->wd);
        else if ((event->mask & IN_CREATE) && (size_t)length < sizeof path)
            on_created(watcher, path);
    } else if (event->mask & IN_IGNORED) {
        vanish(watcher, event->wd);
    } else {
        if (event->mask & IN_ACCESS)
            tell(watcher, event->wd, CF_WATCH_INPUT);
        if (!watcher->closed && (event->mask & IN_MODIFY))
            tell(watcher, event->wd, CF_WATCH_OUTPUT);
    }
}

void cf_watcher_drain(struct cf_watcher *watcher)
{
    _Alignas(struct inotify_event) char room[4096];
    ssize_t length;
    while (!watcher->closed && (length = read(watcher->fd, room, sizeof room)) > 0)
        for (char *at = room; !watcher->closed && at < room + length;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;
            at += sizeof *event + event->len;
            on_event(watcher, event);
        }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    cf_watcher_drain(poll->data);
}

/* ---- What its owner asks ---- */

struct cf_watcher *cf_watcher_create(struct cf_loop *loop, const struct cf_watcher_calls *calls, void *data)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct cf_watcher *watcher = cf_alloc(sizeof *watcher);
    *watcher = (struct cf_watcher){.loop = loop, .calls = *calls, .data = data, .fd = fd, .folder_wd = -1};
    watcher->poll.data = watcher;
    (void)uv_poll_init(cf_loop_uv(loop), &watcher->poll, fd);
    (void)uv_poll_start(&watcher->poll, UV_READABLE, on_readable);
    return watcher;
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_watcher *watcher = handle->data;
    (void)close(watcher->fd);
    free(watcher);
}

void cf_watcher_destroy(struct cf_watcher *watcher)
{
    if (!watcher)
        return;
    struct terminal *terminal, *next;
    HASH_ITER(by_wd, watcher->by_wd, terminal, next)
    {
        remove_terminal(watcher, terminal);
    }
    watcher->closed = true;
    uv_close((uv_handle_t *)&watcher->poll, on_closed);
}

bool cf_watcher_expect(struct cf_watcher *watcher)
{
    watcher->expecting++;
    settle_folder(watcher);
    return watcher->folder_wd >= 0;
}

void cf_watcher_unexpect(struct cf_watcher *watcher)
{
    watcher->expecting--;
    settle_folder(watcher);
}

static struct link *link_of(const struct terminal *terminal, const struct cf_watch *watch)
{
    for (size_t i = 0; i < terminal->count; i++)
        if (terminal->links[i].watch == watch)
            return &terminal->links[i];
    return NULL;
}

bool cf_watcher_add(struct cf_watcher *watcher, struct cf_watch *watch, const char *path, unsigned what)
{
    struct terminal *terminal;
    if (!find_or_add(watcher, path, what, &terminal))
        return false;
    if (!terminal)
        return true;
    struct link *link = link_of(terminal, watch);
    bool room = link || watch->count < CF_WATCH_TERMINALS;
    if (link) {
        link->what |= what;
    } else if (room) {
        terminal->links = cf_grow(terminal->links, terminal->count, sizeof *terminal->links);
        terminal->links[terminal->count++] = (struct link){watch, what};
        watch->count++;
        watcher->links++;
    }
    watch->wanted |= room ? what : 0;
    settle(watcher, terminal);
    settle_folder(watcher);
    return room;
}

void cf_watcher_clear(struct cf_watcher *watcher, struct cf_watch *watch)
{
    watch->wanted = 0;
    if (watch->count > 0)
        settle_all(watcher);
    settle_folder(watcher);
}
