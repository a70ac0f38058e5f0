#include "logind/blocked.h"

#include "base/memory.h"

#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

/* One terminal that is waited for. */
struct cf_blocked {
    uv_poll_t poll;
    int fd;
    struct cf_logind *host;
    struct cf_cached *known;
    struct cf_blocked *next; /* of the same session */
};

static void on_closed(uv_handle_t *poll)
{
    struct cf_blocked *blocked = poll->data;
    (void)close(blocked->fd);
    free(blocked);
}

void cf_blocked_end(struct cf_logind *host, struct cf_cached *known)
{
    for (struct cf_blocked *blocked; (blocked = known->blocked);) {
        known->blocked = blocked->next;
        host->blocked_count--;
        uv_close((uv_handle_t *)&blocked->poll, on_closed);
    }
}

static void tell(struct cf_logind *host, struct cf_cached *known, const char *why)
{
    if (cf_text_equal(known->record.blocked, why))
        return;
    cf_session_set_string(&known->record, CF_FIELD_BLOCKED, why);
    host->sink.seen(host->sink.data, &known->record, CF_FIELD_BIT(CF_FIELD_BLOCKED));
}

/* It can be written to, or has gone, of which poll says the same. */
static void on_freed(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    const struct cf_blocked *blocked = poll->data;
    struct cf_logind *host = blocked->host;
    struct cf_cached *known = blocked->known;
    cf_blocked_end(host, known);
    if (known->owed)
        host->pay(host, known);
    tell(host, known, NULL);
}

/* False where it cannot be waited for; the descriptor is ours all the same. */
static bool begin(struct cf_logind *host, struct cf_cached *known, int fd)
{
    struct cf_blocked *blocked = cf_alloc(sizeof *blocked);
    *blocked = (struct cf_blocked){.fd = fd, .host = host, .known = known, .next = known->blocked};
    blocked->poll.data = blocked;
    if (host->blocked_count == CF_BLOCKED_IN_ALL ||
        uv_poll_init(cf_loop_uv(host->loop), &blocked->poll, fd) != 0) {
        (void)close(fd);
        free(blocked);
        return false;
    }
    known->blocked = blocked;
    host->blocked_count++;
    return uv_poll_start(&blocked->poll, UV_WRITABLE, on_freed) == 0;
}

void cf_blocked_take(struct cf_logind *host, struct cf_cached *known, struct cf_sources *sources)
{
    char why[CF_TERMINAL_PATH + 128];
    bool waits = false;
    cf_blocked_end(host, known);
    while (sources->blocked_count > 0)
        waits |= begin(host, known, sources->blocked[--sources->blocked_count]);
    (void)snprintf(why, sizeof why,
                   "%s takes nothing: its output is stopped (Ctrl-S), or nobody reads what it shows",
                   sources->blocked_path);
    tell(host, known, waits ? why : NULL);
}
