#include "calendar/ical/definition.h"

#include "base/memory.h"
#include "calendar/file.h"
#include "calendar/ical/recurrence.h"
#include "time/civil.h"

#include <stdlib.h>

/* An observance being followed, and all onsets of the definition. */
struct following {
    struct cf_error *err;
    struct cf_zone_onset *onsets;
    size_t count;
    int64_t *budget;
    struct cf_ical_stamp start;
    bool has_start, has_from, has_to;
    int32_t from, to;
    int32_t first_from; /* of the earliest onset so far */
    int64_t first;
    const struct cf_rule *rule;
};

static bool add_onset(struct following *in, int64_t local)
{
    if (in->count == CF_ICAL_ONSETS)
        return false;
    int64_t at = local - in->from;
    in->onsets = cf_grow(in->onsets, in->count, sizeof *in->onsets);
    in->onsets[in->count++] = (struct cf_zone_onset){at, in->to};
    if (at < in->first) {
        in->first = at;
        in->first_from = in->from;
    }
    return true;
}

static bool found(void *data, int64_t local)
{
    struct following *in = data;
    const struct cf_rule *rule = in->rule;
    if (rule->has_until && local - (rule->until.utc ? in->from : 0) > rule->until.local)
        return false;
    return add_onset(in, local);
}

static int follow_rule(struct following *in, char *text)
{
    struct cf_rule rule;
    int code = text[0] ? cf_rule_read(text, false, &rule, in->err) : CF_OK;
    if (code < 0 || !text[0])
        return code;
    in->rule = &rule;
    int64_t last = (cf_days_of_date((struct cf_date){CF_ICAL_LAST_YEAR + 1, 12, 31})) * INT64_C(86400);
    return cf_recurrence_run(&rule, in->start.local, last, in->budget, found, in)
               ? CF_OK
               : cf_error_set(in->err, CF_USAGE, "changes its clock too often to be followed");
}

static int follow_dates(struct following *in, char *list)
{
    if (!list[0])
        return CF_OK;
    for (char *item; (item = cf_content_item(&list, ',')) != NULL;) {
        struct cf_ical_stamp stamp;
        if (!cf_ical_read_stamp(item, &stamp) || stamp.whole_day)
            return cf_error_set(in->err, CF_USAGE, "has an RDATE that is not a time");
        (void)add_onset(in, stamp.local + (stamp.utc ? in->from : 0));
    }
    return CF_OK;
}

/* The properties that others depend on. */
static int read_facts(struct following *in, const struct cf_observance *observance)
{
    for (const struct cf_zone_line *line = observance->lines; line; line = line->next) {
        const struct cf_content *content = &line->content;
        bool good = true;
        if (cf_content_is(content->name, "DTSTART"))
            good = !in->has_start && (in->has_start = cf_ical_read_stamp(content->value, &in->start)) &&
                   !in->start.whole_day && !in->start.utc;
        else if (cf_content_is(content->name, "TZOFFSETFROM"))
            good = !in->has_from && (in->has_from = cf_ical_read_offset(content->value, &in->from));
        else if (cf_content_is(content->name, "TZOFFSETTO"))
            good = !in->has_to && (in->has_to = cf_ical_read_offset(content->value, &in->to));
        if (!good)
            return cf_error_set(in->err, CF_USAGE, "has a mistake in line %d", content->line);
    }
    return in->has_start && in->has_from && in->has_to
               ? CF_OK
               : cf_error_set(in->err, CF_USAGE,
                              "lacks DTSTART, TZOFFSETFROM or TZOFFSETTO in the part that begins in line %d",
                              observance->line);
}

static int follow_observance(struct following *in, const struct cf_observance *observance)
{
    in->has_start = in->has_from = in->has_to = false;
    int code = read_facts(in, observance);
    for (const struct cf_zone_line *line = observance->lines; line && code == CF_OK; line = line->next) {
        if (cf_content_is(line->content.name, "RRULE"))
            code = follow_rule(in, line->content.value);
        else if (cf_content_is(line->content.name, "RDATE"))
            code = follow_dates(in, line->content.value);
    }
    if (code == CF_OK) /* DTSTART is an onset in any case */
        (void)add_onset(in, in->start.local);
    return code;
}

static int compare_onsets(const void *a, const void *b)
{
    const struct cf_zone_onset *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
                          : (x->offset > y->offset) - (x->offset < y->offset);
}

/* Of onsets at one time the last counts. Returns how many are left. */
static size_t drop_doubles(struct cf_zone_onset *onsets, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && onsets[kept - 1].at == onsets[i].at)
            kept--;
        onsets[kept++] = onsets[i];
    }
    return kept;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): spent through the struct */
void cf_zone_definition_follow(struct cf_zone_definition *definition, int64_t *budget)
{
    struct following in = {.err = &definition->wrong, .budget = budget, .first = INT64_MAX};
    int code = CF_OK;
    for (const struct cf_observance *each = definition->observances; each && code == CF_OK; each = each->next)
        code = follow_observance(&in, each);
    if (code == CF_OK && in.count == CF_ICAL_ONSETS)
        code = cf_error_set(in.err, CF_USAGE, "changes its clock more than %d times", CF_ICAL_ONSETS);
    if (code == CF_OK && in.count) {
        qsort(in.onsets, in.count, sizeof *in.onsets, compare_onsets);
        in.count = drop_doubles(in.onsets, in.count);
        definition->zone = cf_zone_of_onsets(definition->tzid, in.first_from, in.onsets, in.count);
    }
    free(in.onsets);
}
