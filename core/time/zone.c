#include "time/zone.h"

#include "base/memory.h"
#include "time/zone_data.h"

#include <stdlib.h>
#include <string.h>

/* No offset that a file or a rule may give is larger: rules go to 24:59:59, and an hour more for summer. */
enum { OFFSET_LIMIT = 26 * 3600 };
enum { DAY_SECONDS = 86400, SECOND_US = 1000000 };

const struct cf_zone *cf_zone_utc(void)
{
    static char name[] = "UTC";
    static struct cf_zone_type type = {0, 0};
    static const struct cf_zone utc = {
        .name = name, .types = &type, .type_count = 1, .letters = name, .letter_count = sizeof name};
    return &utc;
}

void cf_zone_destroy(struct cf_zone *zone)
{
    if (!zone)
        return;
    free(zone->name);
    free(zone->types);
    free(zone->letters);
    free(zone->changes);
    free(zone);
}

uint16_t cf_zone_add_type(struct cf_zone *zone, int32_t offset, const char *name, size_t length)
{
    zone->letters = cf_resize(zone->letters, zone->letter_count + length + 1);
    memcpy(zone->letters + zone->letter_count, name, length);
    zone->letters[zone->letter_count + length] = '\0';
    zone->types = cf_resize(zone->types, (zone->type_count + 1) * sizeof *zone->types);
    zone->types[zone->type_count] = (struct cf_zone_type){offset, (uint32_t)zone->letter_count};
    zone->letter_count += length + 1;
    return (uint16_t)zone->type_count++;
}

const char *cf_zone_name(const struct cf_zone *zone)
{
    return zone->name;
}

/* The time that `utc` repeats, within the stretch that the changes cover. */
static int64_t reduce(const struct cf_zone *zone, int64_t utc)
{
    if (!zone->cyclic || utc < zone->cycle_from)
        return utc;
    uint64_t beyond = (uint64_t)utc - (uint64_t)zone->cycle_from;
    return zone->cycle_from + (int64_t)(beyond % CF_ZONE_CYCLE);
}

/* How many changes there have been up to and at `utc`. */
static size_t changes_until(const struct cf_zone *zone, int64_t utc)
{
    size_t low = 0, high = zone->change_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].at <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The type in force after `count` changes. */
static const struct cf_zone_type *type_after(const struct cf_zone *zone, size_t count)
{
    return &zone->types[count ? zone->changes[count - 1].type : 0];
}

int32_t cf_zone_offset(const struct cf_zone *zone, int64_t utc, const char **ret_abbreviation)
{
    const struct cf_zone_type *type = type_after(zone, changes_until(zone, reduce(zone, utc)));
    if (ret_abbreviation)
        *ret_abbreviation = zone->letters + type->name;
    return type->offset;
}

bool cf_zone_next_change(const struct cf_zone *zone, int64_t utc, int64_t *ret_utc)
{
    int64_t reduced = reduce(zone, utc);
    size_t count = changes_until(zone, reduced);
    int32_t offset = type_after(zone, count)->offset;
    while (count < zone->change_count && type_after(zone, count + 1)->offset == offset)
        count++;
    if (count == zone->change_count || zone->changes[count].at > INT64_MAX - (utc - reduced))
        return false;
    *ret_utc = zone->changes[count].at + (utc - reduced);
    return true;
}

enum cf_local_kind cf_zone_utc_of_local(const struct cf_zone *zone, int64_t local, int64_t *ret_first,
                                        int64_t *ret_second)
{
    int64_t reduced = reduce(zone, local), repeated = local - reduced;
    int64_t first = 0, second = 0, jumped = 0;
    unsigned found = 0;
    /* Looks at each stretch between changes that is near enough for some offset to reach it. */
    for (size_t i = changes_until(zone, reduced - OFFSET_LIMIT);; i++) {
        int64_t utc = reduced - type_after(zone, i)->offset;
        bool begun = i == 0 || zone->changes[i - 1].at <= utc;
        bool last = i == zone->change_count;
        if (begun && (last || utc < zone->changes[i].at)) {
            first = found++ ? first : utc;
            second = utc;
        } else if (begun && !last) {
            jumped = utc; /* beyond this stretch's end; in a gap if no later stretch has the time */
        }
        if (last || zone->changes[i].at > reduced + OFFSET_LIMIT)
            break;
    }
    if (!found)
        first = second = jumped;
    *ret_first = first + repeated;
    *ret_second = second + repeated;
    return !found ? CF_LOCAL_GAP : first == second ? CF_LOCAL_ONCE : CF_LOCAL_FOLD;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct cf_civil cf_zone_civil(const struct cf_zone *zone, int64_t us)
{
    int64_t utc = floor_divide(us, SECOND_US);
    int64_t local = utc + cf_zone_offset(zone, utc, NULL);
    int64_t days = floor_divide(local, DAY_SECONDS);
    int second = (int)(local - days * DAY_SECONDS);
    return (struct cf_civil){.date = cf_date_of_days(days),
                             .hour = second / 3600,
                             .minute = second / 60 % 60,
                             .second = second % 60,
                             .us = (int)((us % SECOND_US + SECOND_US) % SECOND_US)};
}

int64_t cf_zone_instant_us(const struct cf_zone *zone, struct cf_civil civil)
{
    int64_t local = cf_days_of_date(civil.date) * DAY_SECONDS + civil.hour * INT64_C(3600) +
                    civil.minute * INT64_C(60) + civil.second;
    int64_t first, second;
    cf_zone_utc_of_local(zone, local, &first, &second);
    return first * SECOND_US + civil.us;
}

struct cf_zone *cf_zone_of_onsets(const char *name, int32_t before, const struct cf_zone_onset *onsets,
                                  size_t count)
{
    struct cf_zone *zone = cf_alloc(sizeof *zone);
    zone->name = cf_strdup(name);
    (void)cf_zone_add_type(zone, before, "", 0);
    zone->changes = cf_alloc((count + 1) * sizeof *zone->changes);
    for (size_t i = 0; i < count; i++) {
        uint16_t type = 0;
        while (type < zone->type_count && zone->types[type].offset != onsets[i].offset)
            type++;
        if (type == zone->type_count)
            (void)cf_zone_add_type(zone, onsets[i].offset, "", 0);
        zone->changes[zone->change_count++] = (struct cf_zone_change){onsets[i].at, type};
    }
    return zone;
}
