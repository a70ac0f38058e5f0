#include "program/setup/calendars.h"

#include "base/log.h"
#include "base/memory.h"
#include "calendar/source.h"

#include <stdlib.h>

/* ---- What should be known ------------------------------------------------------------------------------ */

static void warn(void *data, const char *text)
{
    char safe[CF_ERROR_SIZE];
    (void)cf_text_safe(text, safe, sizeof safe);
    cf_log(CF_LOG_WARNING, "%s: days off: %s", (const char *)data, safe);
}

void cf_calendars_warn(const struct cf_runtime *runtime)
{
    const char *policy;
    const struct cf_calendar *calendar;
    for (size_t i = 0; (calendar = cf_engine_calendar(runtime->engine, i, &policy)) != NULL; i++)
        cf_calendar_notes(calendar, cf_loop_wall(runtime->loop), warn, (void *)(uintptr_t)policy);
}

/* ---- Reading them again -------------------------------------------------------------------------------- */

/* Files being read on a worker. */
struct cf_calendar_job {
    uv_work_t work;
    struct cf_calendar_follower *follower; /* NULL: it has gone */
    struct cf_loop *loop;
    struct {
        struct cf_calendar *calendar; /* a reference */
        struct cf_source_reading reading;
    } * files;
    size_t count;
};

static void add_file(void *data, const struct cf_calendar *calendar)
{
    struct cf_calendar_job *job = data;
    if (!cf_source_order(calendar))
        return;
    job->files = cf_grow(job->files, job->count, sizeof *job->files);
    job->files[job->count].calendar = cf_calendar_ref((struct cf_calendar *)(uintptr_t)calendar);
    job->files[job->count++].reading = (struct cf_source_reading){0};
}

static void work(uv_work_t *request)
{
    struct cf_calendar_job *job = request->data;
    for (size_t i = 0; i < job->count; i++)
        cf_source_read(cf_source_order(job->files[i].calendar), &job->files[i].reading);
}

/* Loudly, in the log and in the journal. */
static void tell_refused(const struct cf_runtime *runtime, const struct cf_error *err)
{
    struct cf_buffer text = {0};
    cf_log(CF_LOG_ERROR, "a file of days off was changed and cannot be used; those in force stay in force");
    cf_log_error(err);
    cf_buffer_printf(&text, "the days off in force stay in force: %s", err->text);
    for (char *c = text.data; *c; c++)
        *c = (char)(*c == '\n' ? ';' : *c); /* a journal's text is one line */
    struct cf_entry entry = {.what = CF_WHAT_FAILED, .code = err->code, .text = text.data};
    cf_engine_write(runtime->engine, &entry, NULL, NULL);
    cf_buffer_finish(&text);
}

static void put_in_force(struct cf_calendar_job *job, struct cf_runtime *runtime)
{
    struct cf_buffer reason = {0};
    for (size_t i = 0; i < job->count; i++) {
        struct cf_error err;
        int code = cf_source_take(job->files[i].calendar, &job->files[i].reading, &err);
        if (code < 0)
            tell_refused(runtime, &err);
        else if (code > 0)
            cf_buffer_printf(&reason, "%s%s", reason.length ? ", " : "days off were changed: ",
                             cf_path_file(cf_source_order(job->files[i].calendar)->path));
    }
    if (reason.length) {
        cf_engine_calendars_changed(runtime->engine, reason.data);
        cf_calendars_warn(runtime);
    }
    cf_buffer_finish(&reason);
}

static void look(struct cf_calendar_follower *follower);

static void worked(uv_work_t *request, int status)
{
    (void)status;
    struct cf_calendar_job *job = request->data;
    struct cf_calendar_follower *follower = job->follower;
    cf_loop_release(job->loop);
    if (follower) {
        follower->job = NULL;
        cf_timer_stop(job->loop, &follower->limit);
        put_in_force(job, follower->runtime);
    }
    for (size_t i = 0; i < job->count; i++) {
        cf_calendar_unref(job->files[i].reading.content);
        cf_calendar_unref(job->files[i].calendar);
    }
    free(job->files);
    free(job);
    if (follower && follower->again)
        look(follower);
}

static void look(struct cf_calendar_follower *follower)
{
    follower->again = follower->job != NULL;
    if (follower->job)
        return;
    struct cf_loop *loop = follower->runtime->loop;
    struct cf_calendar_job *job = cf_alloc(sizeof *job);
    *job = (struct cf_calendar_job){.work.data = job, .follower = follower, .loop = loop};
    const char *policy;
    const struct cf_calendar *calendar;
    for (size_t i = 0; (calendar = cf_engine_calendar(follower->runtime->engine, i, &policy)) != NULL; i++)
        cf_calendar_visit(calendar, add_file, job);
    follower->job = job;
    cf_loop_hold(loop);
    (void)uv_queue_work(cf_loop_uv(loop), &job->work, work, worked);
    cf_timer_set(loop, &follower->limit, cf_mono_add(cf_loop_now(loop), CF_CALENDARS_LIMIT));
}

static void on_limit(struct cf_timer *timer)
{
    (void)timer;
    cf_log(CF_LOG_ERROR,
           "files of days off were changed, and reading them takes long; the days off in force stay in "
           "force until it is done");
}

/* ---- Following them ------------------------------------------------------------------------------------ */

struct listing {
    cf_folder_fn *tell;
    void *data;
};

static void tell_folder(void *data, const struct cf_calendar *calendar)
{
    const struct listing *listing = data;
    const struct cf_source_order *order = cf_source_order(calendar);
    if (order)
        cf_folder_of_file(order->path, listing->tell, listing->data);
}

static void list_folders(void *owner, cf_folder_fn *tell, void *data)
{
    const struct cf_calendar_follower *follower = owner;
    struct listing listing = {tell, data};
    const char *policy;
    const struct cf_calendar *calendar;
    for (size_t i = 0; (calendar = cf_engine_calendar(follower->runtime->engine, i, &policy)) != NULL; i++)
        cf_calendar_visit(calendar, tell_folder, &listing);
}

static void on_change(void *owner)
{
    look(owner);
}

void cf_calendar_follower_init(struct cf_calendar_follower *follower, struct cf_runtime *runtime)
{
    *follower = (struct cf_calendar_follower){.runtime = runtime, .limit = {.fire = on_limit}};
    follower->watch = cf_folder_watch_create(runtime->loop, list_folders, on_change, follower);
}

void cf_calendar_follower_update(struct cf_calendar_follower *follower)
{
    if (follower->watch)
        cf_folder_watch_update(follower->watch);
}

void cf_calendar_follower_finish(struct cf_calendar_follower *follower)
{
    if (follower->job)
        follower->job->follower = NULL;
    if (follower->runtime)
        cf_timer_stop(follower->runtime->loop, &follower->limit);
    cf_folder_watch_destroy(follower->watch);
    *follower = (struct cf_calendar_follower){0};
}
