#include "logind/workers.h"

#include <stdlib.h>
#include <utlist.h>

static const unsigned limits[CF_HANGS_COUNT] = {
    [CF_HANGS_NEVER] = 4, [CF_HANGS_ON_NAMES] = 1, [CF_HANGS_ON_LANGUAGE] = 1, [CF_HANGS_ON_MEMORY] = 2};

/* Those that read memory share two, of which language has one at most. */
static bool has_room(const struct cf_workers *workers, enum cf_hangs hangs)
{
    const unsigned *under_way = workers->under_way;
    bool memory = hangs == CF_HANGS_ON_LANGUAGE || hangs == CF_HANGS_ON_MEMORY;
    return under_way[hangs] < limits[hangs] &&
           (!memory ||
            under_way[CF_HANGS_ON_LANGUAGE] + under_way[CF_HANGS_ON_MEMORY] < limits[CF_HANGS_ON_MEMORY]);
}

static void on_worker(uv_work_t *handle)
{
    for (struct cf_work *work = handle->data; work; work = work->after)
        work->run(work);
}

static void after_worker(uv_work_t *handle, int status);

static void take(struct cf_workers *workers, struct cf_work *work)
{
    DL_DELETE(workers->waiting[work->hangs], work);
    work->waiting = false;
    work->running = true;
    work->after = NULL;
}

static void start_next(struct cf_workers *workers, enum cf_hangs hangs)
{
    struct cf_work *work = workers->waiting[hangs];
    if (!work || !has_room(workers, hangs))
        return;
    take(workers, work);
    struct cf_work *last = work;
    for (int joined = 1;
         joined < CF_WORKS_JOINED && last->joins && workers->waiting[hangs] && workers->waiting[hangs]->joins;
         joined++) {
        last->after = workers->waiting[hangs];
        last = last->after;
        take(workers, last);
    }
    work->handle.data = work;
    workers->under_way[hangs]++;
    if (uv_queue_work(workers->loop, &work->handle, on_worker, after_worker) != 0)
        abort(); /* only where it was given no function */
}

static void after_worker(uv_work_t *handle, int status)
{
    (void)status;
    struct cf_work *work = handle->data;
    struct cf_workers *workers = work->workers;
    workers->under_way[work->hangs]--;
    for (enum cf_hangs hangs = CF_HANGS_COUNT; hangs-- > 0;) /* memory before language */
        start_next(workers, hangs);
    for (struct cf_work *after; work; work = after) {
        after = work->after;
        work->running = false;
        work->done(work);
    }
}

void cf_workers_start(struct cf_workers *workers, struct cf_work *work)
{
    work->workers = workers;
    work->waiting = true;
    DL_APPEND(workers->waiting[work->hangs], work);
    start_next(workers, work->hangs);
}

bool cf_workers_drop(struct cf_work *work)
{
    if (!work->waiting)
        return false;
    DL_DELETE(work->workers->waiting[work->hangs], work);
    work->waiting = false;
    return true;
}
