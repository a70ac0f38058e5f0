#include "program/setup/manager.h"

#include "base/log.h"
#include "base/memory.h"
#include "engine/answers/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

struct cf_manager {
    struct cf_manager_setup setup;
    int fd;
    struct sockaddr_un address;
    socklen_t length;
    uv_check_t turn;        /* after I/O was served */
    struct cf_timer beat;   /* the watchdog is due… */
    bool beats;             /* … and is fed after the I/O of this turn */
    struct cf_span half;    /* from one to the next; 0: no watchdog */
    struct cf_timer look;   /* the loop has turned too early for another look */
    struct cf_mono next;    /* … which is made from then on */
    bool ready;             /* READY=1 was said */
    struct cf_buffer state; /* what could not be sent and has to be */
    struct cf_buffer said;  /* the last STATUS that was sent */
};

/* ---- Saying it ---- */

/* sd_notify would wait for a manager that does not read. */
static bool send_now(const struct cf_manager *manager, const char *text)
{
    ssize_t sent = sendto(manager->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&manager->address, manager->length);
    if (sent < 0)
        cf_log(CF_LOG_DEBUG, "the service manager cannot be told: %s", strerror(errno));
    return sent >= 0;
}

/* READY and the like, which are said again where the manager has no room for them. */
static void say_state(struct cf_manager *manager, const char *state)
{
    if (manager->state.length)
        cf_buffer_puts(&manager->state, "\n");
    cf_buffer_puts(&manager->state, state);
    if (send_now(manager, manager->state.data))
        cf_buffer_clear(&manager->state);
}

static void look(struct cf_manager *manager)
{
    if (manager->state.length && send_now(manager, manager->state.data))
        cf_buffer_clear(&manager->state);
    const char *trouble = manager->setup.writer ? cf_writer_trouble(manager->setup.writer) : NULL;
    struct cf_buffer status = {0};
    cf_buffer_puts(&status, "STATUS=");
    cf_explain_line(manager->setup.engine, &status);
    if (trouble)
        cf_buffer_printf(&status, "; the journal cannot be written, so nothing is done: %s", trouble);
    char *line = cf_text_line(status.data);
    if ((!manager->said.length || strcmp(manager->said.data, line) != 0) && send_now(manager, line)) {
        cf_buffer_clear(&manager->said);
        cf_buffer_puts(&manager->said, line);
    }
    free(line);
    cf_buffer_finish(&status);
}

/* ---- When ---- */

static void on_beat(struct cf_timer *timer)
{
    struct cf_manager *manager = timer->data;
    manager->beats = true;
    cf_timer_set(manager->setup.loop, timer, cf_mono_add(cf_loop_now(manager->setup.loop), manager->half));
}

static void on_look(struct cf_timer *timer)
{
    (void)timer; /* that the loop turns is all that is wanted */
}

/* The manager has no room for it: the next beat would come as late as its patience ends. */
static struct cf_span retry(const struct cf_manager *manager)
{
    struct cf_span pace = cf_clock_paced(cf_loop_clock(manager->setup.loop), CF_SECOND);
    return pace.us < manager->half.us ? pace : manager->half;
}

/* Whatever has changed, the loop has turned for it: nothing has to be asked every few seconds. */
static void on_turn(uv_check_t *turn)
{
    struct cf_manager *manager = turn->data;
    struct cf_loop *loop = manager->setup.loop;
    struct cf_mono now = cf_loop_now(loop);
    if (manager->beats && !send_now(manager, "WATCHDOG=1"))
        cf_timer_set(loop, &manager->beat, cf_mono_add(now, retry(manager)));
    manager->beats = false;
    if (now.us >= manager->next.us) {
        manager->next = cf_mono_add(now, cf_clock_paced(cf_loop_clock(loop), CF_MANAGER_PACE));
        look(manager);
    } else if (!cf_timer_is_set(&manager->look)) {
        cf_timer_set(loop, &manager->look, manager->next);
    }
}

void cf_manager_ready(struct cf_manager *manager)
{
    if (!manager || manager->ready)
        return;
    manager->ready = true;
    say_state(manager, "READY=1");
    (void)uv_check_start(&manager->turn, on_turn);
    uv_unref((uv_handle_t *)&manager->turn);
    if (manager->half.us)
        on_beat(&manager->beat);
}

void cf_manager_reloading(struct cf_manager *manager)
{
    char text[64];
    (void)snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, uv_hrtime() / 1000);
    if (manager && manager->ready)
        say_state(manager, text);
}

void cf_manager_reloaded(struct cf_manager *manager)
{
    if (manager && manager->ready)
        say_state(manager, "READY=1");
}

void cf_manager_stopping(struct cf_manager *manager)
{
    if (manager)
        say_state(manager, "STOPPING=1");
}

/* ---- Life ---- */

/* A path, or, from "@" on, a name in the abstract namespace. */
static bool read_address(const char *text, struct cf_manager *manager)
{
    size_t length = text ? strlen(text) : 0;
    if (length < 2 || length >= sizeof manager->address.sun_path || (text[0] != '/' && text[0] != '@'))
        return false;
    manager->address.sun_family = AF_UNIX;
    memcpy(manager->address.sun_path, text, length);
    if (text[0] == '@')
        manager->address.sun_path[0] = '\0';
    manager->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (text[0] == '/'));
    return true;
}

struct cf_manager *cf_manager_create(const struct cf_manager_setup *setup)
{
    struct cf_manager found = {.setup = *setup};
    uint64_t watchdog = 0;
    if (!read_address(getenv("NOTIFY_SOCKET"), &found))
        return NULL;
    found.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (found.fd < 0)
        return NULL;
    struct cf_manager *manager = cf_alloc(sizeof *manager);
    *manager = found;
    if (sd_watchdog_enabled(0, &watchdog) > 0)
        manager->half = cf_clock_paced(cf_loop_clock(setup->loop), (struct cf_span){(int64_t)(watchdog / 2)});
    manager->beat = (struct cf_timer){.fire = on_beat, .data = manager};
    manager->look = (struct cf_timer){.fire = on_look, .data = manager};
    (void)uv_check_init(cf_loop_uv(setup->loop), &manager->turn);
    manager->turn.data = manager;
    return manager;
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_manager *manager = handle->data;
    (void)close(manager->fd);
    cf_buffer_finish(&manager->state);
    cf_buffer_finish(&manager->said);
    free(manager);
}

void cf_manager_destroy(struct cf_manager *manager)
{
    if (!manager)
        return;
    cf_timer_stop(manager->setup.loop, &manager->beat);
    cf_timer_stop(manager->setup.loop, &manager->look);
    uv_close((uv_handle_t *)&manager->turn, on_closed);
}
