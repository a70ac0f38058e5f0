#include "calendar/source.h"

#include "base/memory.h"
#include "calendar/file.h"

#include <stdlib.h>

struct source {
    struct cf_calendar head;
    struct cf_source_order order;
    struct cf_calendar *content;
    uint64_t generation;
};

static struct cf_stretch look(const struct cf_calendar *calendar, int64_t at)
{
    return cf_calendar_look(((const struct source *)calendar)->content, at);
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

int cf_source_read(const struct cf_source_order *order, struct cf_calendar **ret_content,
                   struct cf_error *err)
{
    return cf_calendar_read_file(order->path, order->zone, &order->only, &order->except, ret_content, err);
}

int cf_source_create(const char *path, const struct cf_zone *zone, const struct cf_event_filter *only,
                     const struct cf_event_filter *except, struct cf_calendar **ret_calendar,
                     struct cf_error *err)
{
    struct cf_calendar *content = NULL;
    int code = cf_calendar_read_file(path, zone, only, except, &content, err);
    if (code < 0)
        return code;
    struct source *source = cf_alloc(sizeof *source);
    cf_calendar_init(&source->head, &kind);
    source->head.changes = true;
    source->content = content;
    source->order = (struct cf_source_order){.path = cf_strdup(path), .zone = zone};
    cf_event_filter_copy(&source->order.only, only);
    cf_event_filter_copy(&source->order.except, except);
    *ret_calendar = &source->head;
    return CF_OK;
}

const struct cf_source_order *cf_source_order(const struct cf_calendar *calendar)
{
    return calendar->kind == &kind ? &((const struct source *)calendar)->order : NULL;
}

void cf_source_replace(struct cf_calendar *calendar, struct cf_calendar *content)
{
    struct source *source = (struct source *)calendar;
    cf_calendar_unref(source->content);
    source->content = content;
    source->generation++;
}
