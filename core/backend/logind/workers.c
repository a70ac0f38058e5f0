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
    struct cf_work *work = handle->data;
    work->run(work);
}

static void after_worker(uv_work_t *handle, int status);

static void start_next(struct cf_workers *workers, enum cf_hangs hangs)
{
    struct cf_work *work = workers->waiting[hangs];
    if (!work || !has_room(workers, hangs))
        return;
    DL_DELETE(workers->waiting[hangs], work);
    work->waiting = false;
    work->running = true;
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
    work->running = false;
    workers->under_way[work->hangs]--;
    for (enum cf_hangs hangs = CF_HANGS_COUNT; hangs-- > 0;) /* memory before language */
        start_next(workers, hangs);
    work->done(work);
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
