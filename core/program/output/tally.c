#include "program/output/tally.h"

#include "base/memory.h"
#include "session/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the summary counts, in its order. */
static const struct row {
    const char *label, *key;
    enum cf_what first, second; /* the same twice where a row counts one kind */
} rows[] = {
    {"warnings", "warned", CF_WHAT_WARN, CF_WHAT_WARN},
    {"answered", "answered", CF_WHAT_ANSWER, CF_WHAT_ANSWER},
    {"logged off", "logged_off", CF_WHAT_LOGOFF, CF_WHAT_LOGOFF},
    {"forced", "forced", CF_WHAT_FORCE, CF_WHAT_FORCE},
    {"spared or refused", "spared", CF_WHAT_VETOED, CF_WHAT_REFUSED},
    {"failed", "failed", CF_WHAT_FAILED, CF_WHAT_FAILED},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static uint64_t count(const struct cf_tally *tally, const struct row *row)
{
    return tally->entries[row->first] + (row->second != row->first ? tally->entries[row->second] : 0);
}

void cf_tally_finish(struct cf_tally *tally)
{
    free(tally->ended_us);
    *tally = (struct cf_tally){0};
}

void cf_tally_entry(struct cf_tally *tally, const struct cf_entry *entry)
{
    tally->entries[entry->what]++;
}

static int64_t *slot(struct cf_tally *tally, uint32_t label)
{
    if (label >= tally->labels) {
        size_t wanted = tally->labels ? tally->labels : 64;
        while (wanted <= label)
            wanted *= 2;
        tally->ended_us = cf_resize(tally->ended_us, wanted * sizeof *tally->ended_us);
        memset(tally->ended_us + tally->labels, 0, (wanted - tally->labels) * sizeof *tally->ended_us);
        tally->labels = wanted;
    }
    return &tally->ended_us[label];
}

void cf_tally_event(struct cf_tally *tally, const struct cf_event *event, struct cf_mono now)
{
    if (event->kind == CF_EVENT_SLEEP || event->kind == CF_EVENT_STEP || event->kind == CF_EVENT_FAULT)
        return;
    int64_t *ended = slot(tally, event->label);
    tally->sessions += event->kind == CF_EVENT_LOGON || (event->kind == CF_EVENT_RETURN && *ended);
    if (event->kind == CF_EVENT_LOGOFF && cf_text_equal(event->text, "ended")) {
        *ended = now.us;
    } else if (*ended) {
        tally->saved.us += now.us - *ended;
        *ended = 0;
    }
}

void cf_tally_end(struct cf_tally *tally, struct cf_mono now)
{
    for (size_t i = 0; i < tally->labels; i++) {
        if (tally->ended_us[i])
            tally->saved.us += now.us - tally->ended_us[i];
        tally->ended_us[i] = 0;
    }
}

void cf_tally_print(const struct cf_tally *tally, struct cf_buffer *out)
{
    cf_buffer_printf(out, "  %-20s%8" PRIu64 "\n", "sessions", tally->sessions);
    for (size_t i = 0; i < ROWS; i++)
        cf_buffer_printf(out, "  %-20s%8" PRIu64 "\n", rows[i].label, count(tally, &rows[i]));
    cf_buffer_printf(out, "  %-20s%10.1f h\n", "idle time saved",
                     (double)tally->saved.us / (double)CF_HOUR.us);
}

void cf_tally_json(const struct cf_tally *tally, struct cf_buffer *out)
{
    json_t *summary = json_pack("{s:I}", "sessions", (json_int_t)tally->sessions);
    for (size_t i = 0; i < ROWS; i++)
        (void)json_object_set_new(summary, rows[i].key, json_integer((json_int_t)count(tally, &rows[i])));
    (void)json_object_set_new(summary, "saved", cf_json_span(tally->saved));
    cf_json_line(out, json_pack("{s:o}", "summary", summary));
}
