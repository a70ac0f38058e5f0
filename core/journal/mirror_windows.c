#include "journal/mirror.h"

#include "base/event_log_windows.h"
#include "base/json.h"
#include "base/memory.h"
#include "journal/event_numbers.h"

#include <stdlib.h>

struct cf_mirror {
    struct cf_journal journal;
    struct cf_event_log *log;
};

#define LISTED(what, number) LISTED_##what,
enum { CF_EVENT_NUMBERS(LISTED) LISTED_COUNT };
_Static_assert((int)LISTED_COUNT == (int)CF_WHAT_COUNT, "a kind of entries has no number");

/* Behind CF_EVENT_ENTRY. */
#define NUMBER(what, number) [CF_WHAT_##what] = (number),
static const unsigned char numbers[CF_WHAT_COUNT] = {CF_EVENT_NUMBERS(NUMBER)};

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    const struct cf_mirror *mirror = data;
    (void)kept, (void)context;
    struct cf_buffer whole = {0};
    json_t *told = cf_entry_json(entry);
    char *message = cf_mirror_message(entry);
    cf_json_add(&whole, told);
    cf_event_log_write(mirror->log, cf_mirror_level(entry->what), CF_EVENT_ENTRY + numbers[entry->what],
                       message, whole.data);
    cf_buffer_finish(&whole);
    free(message);
    json_decref(told);
}

int cf_mirror_create(const char *socket, struct cf_mirror **ret_mirror, struct cf_error *err)
{
    (void)socket;
    struct cf_event_log *log = cf_event_source_is_known() ? cf_event_log_open() : NULL;
    if (!log)
        return cf_error_set(err, CF_UNSUPPORTED,
                            "the Event Log has no source of curfew's: curfew service install makes it");
    struct cf_mirror *mirror = cf_alloc(sizeof *mirror);
    *mirror = (struct cf_mirror){.journal = {.data = mirror, .write = write_entry}, .log = log};
    *ret_mirror = mirror;
    return CF_OK;
}

void cf_mirror_destroy(struct cf_mirror *mirror)
{
    if (!mirror)
        return;
    cf_event_log_close(mirror->log);
    free(mirror);
}

const struct cf_journal *cf_mirror_journal(const struct cf_mirror *mirror)
{
    return &mirror->journal;
}
