/* TZif files, versions 1 to 4 (RFC 8536 and 9636). */
#include "base/memory.h"
#include "time/zone_data.h"

#include <string.h>

enum { HEADER_SIZE = 44, TYPE_SIZE = 6 };
enum { OFFSET_LEAST = -89999, OFFSET_MOST = 93599 }; /* RFC 8536, 3.2 */

/* No change is later, so that years stay an int: about the year 36,800. */
static const int64_t latest = INT64_C(1) << 40;

/* A file's counts, and where in its data block each array begins. */
struct block {
    size_t time_size; /* of a time in bytes: 4, or 8 from version 2 on */
    uint64_t utc_flags, standard_flags, leaps, times, types, letters;
    const uint8_t *data;
    uint64_t size;
};

struct bytes {
    const uint8_t *at;
    size_t left;
};

static uint32_t read_32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_time(const uint8_t *at, size_t size)
{
    if (size == 4)
        return (int32_t)read_32(at);
    return (int64_t)((uint64_t)read_32(at) << 32 | read_32(at + 4));
}

/* Takes a header and its data block from *in. Returns NULL, or what is wrong. */
static const char *take_block(struct bytes *in, size_t time_size, struct block *block, uint8_t *ret_version)
{
    if (in->left < HEADER_SIZE || memcmp(in->at, "TZif", 4) != 0)
        return "it is not a time zone file";
    const uint8_t *header = in->at;
    *ret_version = header[4];
    *block = (struct block){
        .time_size = time_size,
        .utc_flags = read_32(header + 20),
        .standard_flags = read_32(header + 24),
        .leaps = read_32(header + 28),
        .times = read_32(header + 32),
        .types = read_32(header + 36),
        .letters = read_32(header + 40),
        .data = header + HEADER_SIZE,
    };
    block->size = block->times * (time_size + 1) + block->types * TYPE_SIZE + block->letters +
                  block->leaps * (time_size + 4) + block->standard_flags + block->utc_flags;
    if (block->size > in->left - HEADER_SIZE)
        return "it is cut short";
    in->at += HEADER_SIZE + block->size;
    in->left -= HEADER_SIZE + (size_t)block->size;
    return NULL;
}

static const char *read_types(const struct block *block, const uint8_t *at, struct cf_zone *zone)
{
    const char *letters = (const char *)at + block->types * TYPE_SIZE;
    for (uint64_t i = 0; i < block->types; i++, at += TYPE_SIZE) {
        int32_t offset = (int32_t)read_32(at);
        if (offset < OFFSET_LEAST || offset > OFFSET_MOST)
            return "an offset from UTC is longer than a day";
        uint64_t from = at[5];
        const char *end = from < block->letters ? memchr(letters + from, '\0', block->letters - from) : NULL;
        if (!end)
            return "the name of an offset is missing";
        (void)cf_zone_add_type(zone, offset, letters + from, (size_t)(end - (letters + from)));
    }
    return NULL;
}

static const char *read_block(const struct block *block, struct cf_zone *zone)
{
    if (block->leaps)
        return "it counts leap seconds, which clocks on walls do not; use the zone without \"right/\"";
    if (block->types == 0 || block->types > 256)
        return "it has no, or too many, kinds of local time";
    const uint8_t *time = block->data, *type = time + block->times * block->time_size;
    zone->changes = cf_alloc((size_t)block->times * sizeof *zone->changes);
    for (uint64_t i = 0; i < block->times; i++) {
        int64_t at = read_time(time + i * block->time_size, block->time_size);
        if (at > latest || (i && at <= zone->changes[i - 1].at))
            return "its changes are not in order";
        if (type[i] >= block->types)
            return "a change leads to a kind of local time that is missing";
        zone->changes[i] = (struct cf_zone_change){at, type[i]};
    }
    zone->change_count = (size_t)block->times;
    return read_types(block, type + block->times, zone);
}

/* The rule between two line ends after a file's second block; none where these are missing or nothing is
 * between. */
static int read_footer(struct bytes in, struct cf_zone *zone, struct cf_error *err)
{
    if (in.left < 2 || in.at[0] != '\n')
        return CF_OK;
    const char *rule = (const char *)in.at + 1, *end = memchr(rule, '\n', in.left - 1);
    return end && end > rule ? cf_zone_extend(zone, rule, (size_t)(end - rule), err) : CF_OK;
}

static int read_file(struct bytes in, struct cf_zone *zone, struct cf_error *err)
{
    struct block block;
    uint8_t version;
    const char *wrong = take_block(&in, 4, &block, &version);
    bool wide = !wrong && version >= '2';
    if (wide)
        wrong = take_block(&in, 8, &block, &version);
    if (!wrong)
        wrong = read_block(&block, zone);
    if (wrong)
        return cf_error_set(err, CF_FAILED, "%s", wrong);
    return wide ? read_footer(in, zone, err) : CF_OK;
}

int cf_zone_parse(const char *name, const uint8_t *bytes, size_t size, struct cf_zone **ret_zone,
                  struct cf_error *err)
{
    struct cf_zone *zone = cf_alloc(sizeof *zone);
    zone->name = cf_strdup(name);
    int code = read_file((struct bytes){bytes, size}, zone, err);
    if (code < 0) {
        cf_zone_destroy(zone);
        (void)cf_error_prefix(err, "the time zone \"%s\" cannot be read", name);
        return code;
    }
    *ret_zone = zone;
    return CF_OK;
}
