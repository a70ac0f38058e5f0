#include "wts/looks.h"

#include "base/memory.h"

#include <stdlib.h>
#include <utlist.h>

enum { AT_ONCE = 256 }; /* looks on one thread, one after the other */

struct cf_wts_item {
    struct cf_wts *host;
    DWORD id;
    unsigned what;
    struct cf_wts_seen seen; /* the thread's, until it has moved on */
    cf_wts_look_done *done;  /* NULL: whoever asked was told */
    void *data;
    struct cf_timer timer;
    bool begun;
    struct cf_wts_item *prev, *next;
};

/* Items on one thread. `at` is the one being looked at; whoever sets it to TAKEN has those from there on. */
struct batch {
    struct cf_wts_job job;
    struct cf_wts *host;
    struct cf_wts_item *items[AT_ONCE];
    size_t count, watched; /* watched: where it was at the last look */
    atomic_size_t at;
    size_t hangs; /* the item that it was left at; count: none */
};

#define TAKEN SIZE_MAX

static struct batch *batch_of(struct cf_wts_job *job)
{
    return (struct batch *)(void *)job; /* its first member */
}

/* ---- On the thread ---- */

static void look(const struct cf_wts_server *server, struct cf_wts_item *item)
{
    struct cf_wts_seen *seen = &item->seen;
    seen->error = cf_wts_look(server, item->id, &seen->info);
    seen->at = uv_hrtime();
    if (!seen->error && (item->what & CF_WTS_LOOK_CLIENT))
        seen->client = cf_wts_client_name(server, item->id);
    if (!seen->error && (item->what & CF_WTS_LOOK_ADDRESS))
        seen->address = cf_wts_client_address(server, item->id);
}

static void run(struct cf_wts_job *job)
{
    struct batch *batch = batch_of(job);
    for (size_t i = 0; i < batch->count; i++) {
        look(job->server, batch->items[i]);
        size_t expected = i;
        if (!atomic_compare_exchange_strong(&batch->at, &expected, i + 1))
            return; /* what comes after was taken elsewhere */
    }
}

/* ---- In the loop ---- */

static void free_item(struct cf_wts_item *item)
{
    free(item->seen.client);
    free(item->seen.address);
    free(item);
}

static void report(struct cf_wts_item *item, const struct cf_wts_seen *seen, const struct cf_error *err)
{
    cf_wts_look_done *done = item->done;
    item->done = NULL;
    cf_timer_stop(item->host->loop, &item->timer);
    if (done)
        done(item->host, item->data, item->id, seen, err);
}

static void dispatch(struct cf_wts *host);

static void on_item_limit(struct cf_timer *timer)
{
    struct cf_wts_item *item = timer->data;
    struct cf_wts *host = item->host;
    bool begun = item->begun;
    struct cf_error err;
    (void)cf_error_set(&err, CF_TIMEOUT, "the server does not answer about session %lu", item->id);
    if (begun)
        host->looks.silent++;
    else
        DL_DELETE(host->looks.waiting, item);
    report(item, NULL, &err);
    if (!begun)
        free_item(item);
}

static void take_out(struct cf_wts_item *item)
{
    struct cf_wts *host = item->host;
    DL_DELETE(host->looks.under_way, item);
    item->begun = false;
    if (!item->done)
        host->looks.silent--;
}

static bool moves(struct cf_wts_job *job)
{
    struct batch *batch = batch_of(job);
    size_t at = atomic_load(&batch->at);
    bool moved = at != batch->watched;
    batch->watched = at;
    return moved;
}

/* Tells those that were looked at, and takes them out. False where the back end was closed over it. */
static bool tell_seen(struct batch *batch, size_t count)
{
    struct cf_wts *host = batch->host;
    for (size_t i = 0; i < count && !host->closed; i++) {
        struct cf_wts_item *item = batch->items[i];
        if (!item)
            continue;
        batch->items[i] = NULL;
        take_out(item);
        report(item, &item->seen, NULL);
        free_item(item);
    }
    return !host->closed;
}

/* Those from `first` on wait again. */
static void put_back(struct batch *batch, size_t first)
{
    for (size_t i = batch->count; i-- > first;) {
        struct cf_wts_item *item = batch->items[i];
        batch->items[i] = NULL;
        take_out(item);
        if (item->done)
            DL_PREPEND(batch->host->looks.waiting, item);
        else
            free_item(item);
    }
}

/* The one at which it stands stays with it. */
static void late(struct cf_wts_job *job)
{
    struct batch *batch = batch_of(job);
    struct cf_wts *host = batch->host;
    if (!job->begun) { /* no thread was to be had */
        put_back(batch, 0);
        free(batch);
        return;
    }
    size_t at = atomic_exchange(&batch->at, TAKEN);
    batch->hangs = at;
    put_back(batch, at + 1);
    if (!tell_seen(batch, at))
        return;
    if (at < batch->count && batch->items[at]->done)
        on_item_limit(&batch->items[at]->timer);
    if (!host->closed)
        dispatch(host);
}

static void orphaned(struct cf_wts_job *job)
{
    struct batch *batch = batch_of(job);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->items[i])
            free_item(batch->items[i]);
    free(batch);
}

/* One that was left behind has nothing to tell that is still true. */
static void done(struct cf_wts_job *job)
{
    struct batch *batch = batch_of(job);
    struct cf_wts *host = batch->host;
    bool open = true;
    if (batch->hangs < batch->count) {
        struct cf_wts_item *item = batch->items[batch->hangs];
        batch->items[batch->hangs] = NULL;
        take_out(item);
        free_item(item);
    } else {
        open = tell_seen(batch, batch->count);
    }
    if (open)
        dispatch(host);
    orphaned(job);
}

static bool is_silent(const struct cf_wts *host, DWORD id)
{
    const struct cf_wts_item *item;
    DL_FOREACH(host->looks.under_way, item)
    {
        if (item->id == id && !item->done)
            return true;
    }
    return false;
}

/* Takes those that may be asked onto threads, as long as there are any. */
static void dispatch(struct cf_wts *host)
{
    while (host->looks.waiting && !cf_wts_server_full(host->server, CF_WTS_READ)) {
        struct batch *batch = cf_alloc(sizeof *batch);
        struct cf_mono now = cf_loop_now(host->loop);
        *batch = (struct batch){.host = host,
                                .job = {.kind = CF_WTS_READ,
                                        .limit = cf_mono_add(now, CF_WTS_PATIENCE),
                                        .patience = CF_WTS_PATIENCE,
                                        .run = run,
                                        .done = done,
                                        .moves = moves,
                                        .late = late,
                                        .orphaned = orphaned}};
        struct cf_wts_item *item, *next;
        DL_FOREACH_SAFE(host->looks.waiting, item, next)
        {
            if (batch->count == AT_ONCE)
                break;
            if (host->looks.silent && is_silent(host, item->id))
                continue;
            DL_DELETE(host->looks.waiting, item);
            DL_APPEND(host->looks.under_way, item);
            item->begun = true;
            batch->items[batch->count++] = item;
        }
        batch->hangs = batch->count;
        if (!batch->count) { /* all that wait are about sessions that do not answer */
            free(batch);
            return;
        }
        cf_wts_server_start(host->server, &batch->job);
    }
}

void cf_wts_looks_add(struct cf_wts *host, DWORD id, unsigned what, struct cf_mono limit,
                      cf_wts_look_done *done_, void *data)
{
    struct cf_wts_item *item = cf_alloc(sizeof *item);
    *item = (struct cf_wts_item){.host = host,
                                 .id = id,
                                 .what = what,
                                 .done = done_,
                                 .data = data,
                                 .timer = {.fire = on_item_limit, .data = item}};
    DL_APPEND(host->looks.waiting, item);
    cf_timer_set(host->loop, &item->timer, limit);
    if (!cf_timer_is_set(&host->looks.start)) /* all that are asked for in this turn go together */
        cf_timer_defer(host->loop, &host->looks.start);
}

static void on_start(struct cf_timer *timer)
{
    dispatch(timer->data);
}

void cf_wts_looks_init(struct cf_wts *host)
{
    host->looks.start = (struct cf_timer){.fire = on_start, .data = host};
}

struct cf_mono cf_wts_seen_at(const struct cf_wts *host, const struct cf_wts_seen *seen)
{
    struct cf_span ago = {(int64_t)((uv_hrtime() - seen->at) / 1000)};
    ago = cf_clock_paced(cf_loop_clock(host->loop), ago);
    return (struct cf_mono){cf_loop_now(host->loop).us - ago.us};
}

void cf_wts_looks_finish(struct cf_wts *host)
{
    struct cf_wts_item *item, *next;
    cf_timer_stop(host->loop, &host->looks.start);
    DL_FOREACH(host->looks.under_way, item)
    {
        cf_timer_stop(host->loop, &item->timer);
    }
    host->looks.under_way = NULL;
    DL_FOREACH_SAFE(host->looks.waiting, item, next)
    {
        cf_timer_stop(host->loop, &item->timer);
        free_item(item);
    }
    host->looks.waiting = NULL;
}
