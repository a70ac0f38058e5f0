#include "calendar/source.h"

#include "base/memory.h"
#include "calendar/file.h"

#include <stdlib.h>
#include <uv.h>

struct source {
    struct cf_calendar head;
    struct cf_source_order order;
    struct cf_calendar *content;
    uint64_t generation;
};

static struct cf_stretch look(const struct cf_calendar *calendar, int64_t at, struct cf_calendar_work *work)
{
    return cf_calendar_look(((const struct source *)calendar)->content, at, work);
}

static void finish(struct cf_calendar *calendar)
{
    struct source *source = (struct source *)calendar;
    cf_calendar_unref(source->content);
    free(source->order.path);
    cf_event_filter_finish(&source->order.only);
    cf_event_filter_finish(&source->order.except);
}

static void visit(const struct cf_calendar *calendar, cf_calendar_visit_fn *fn, void *data)
{
    fn(data, calendar);
    cf_calendar_visit(((const struct source *)calendar)->content, fn, data);
}

static uint64_t generation(const struct cf_calendar *calendar)
{
    return ((const struct source *)calendar)->generation;
}

static const struct cf_calendar_kind kind = {look, finish, visit, generation};

/* Zeroed: there is no such file. */
static struct cf_source_stamp stamp_of(const char *path)
{
    uv_fs_t request;
    struct cf_source_stamp stamp = {0};
    if (uv_fs_stat(NULL, &request, path, NULL) == 0)
        stamp = (struct cf_source_stamp){
            .size = (int64_t)request.statbuf.st_size,
            .changed_us =
                (int64_t)request.statbuf.st_mtim.tv_sec * 1000000 + request.statbuf.st_mtim.tv_nsec / 1000,
            .inode = request.statbuf.st_ino,
            .device = request.statbuf.st_dev,
        };
    uv_fs_req_cleanup(&request);
    return stamp;
}

static bool is_same(const struct cf_source_stamp *a, const struct cf_source_stamp *b)
{
    return a->size == b->size && a->changed_us == b->changed_us && a->inode == b->inode &&
           a->device == b->device;
}

/* The stamp comes first: what changes meanwhile is seen the next time. */
static int read_order(const struct cf_source_order *order, struct cf_source_reading *reading)
{
    reading->stamp = stamp_of(order->path);
    return cf_calendar_read_file(order->path, order->zone, &order->only, &order->except, &reading->content,
                                 &reading->digest, &reading->err);
}

void cf_source_read(const struct cf_source_order *order, struct cf_source_reading *ret_reading)
{
    *ret_reading = (struct cf_source_reading){.stamp = stamp_of(order->path)};
    if (is_same(&ret_reading->stamp, &order->stamp))
        return;
    ret_reading->changed = true;
    if (read_order(order, ret_reading) == CF_OK && ret_reading->digest == order->digest) {
        cf_calendar_unref(ret_reading->content);
        ret_reading->content = NULL;
    }
}

int cf_source_create(const char *path, const struct cf_zone *zone, const struct cf_event_filter *only,
                     const struct cf_event_filter *except, struct cf_calendar **ret_calendar,
                     struct cf_error *err)
{
    struct source *source = cf_alloc(sizeof *source);
    struct cf_source_reading reading = {0};
    cf_calendar_init(&source->head, &kind);
    source->head.changes = true;
    source->order = (struct cf_source_order){.path = cf_strdup(path), .zone = zone};
    cf_event_filter_copy(&source->order.only, only);
    cf_event_filter_copy(&source->order.except, except);
    int code = read_order(&source->order, &reading);
    source->content = reading.content;
    source->order.stamp = reading.stamp;
    source->order.digest = reading.digest;
    if (code == CF_OK) {
        *ret_calendar = &source->head;
        return CF_OK;
    }
    cf_calendar_unref(&source->head);
    if (err)
        *err = reading.err;
    return code;
}

const struct cf_source_order *cf_source_order(const struct cf_calendar *calendar)
{
    return calendar->kind == &kind ? &((const struct source *)calendar)->order : NULL;
}

int cf_source_take(struct cf_calendar *calendar, struct cf_source_reading *reading, struct cf_error *err)
{
    struct source *source = (struct source *)calendar;
    if (!reading->changed)
        return 0;
    source->order.stamp = reading->stamp;
    if (reading->err.code) {
        *err = reading->err;
        return reading->err.code;
    }
    if (!reading->content)
        return 0;
    cf_calendar_unref(source->content);
    source->content = reading->content;
    source->order.digest = reading->digest;
    source->generation++;
    reading->content = NULL;
    return 1;
}
