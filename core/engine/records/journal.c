#include "engine/records/journal.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[CF_WHAT_COUNT] = {
    [CF_WHAT_WARN] = "warn",       [CF_WHAT_WITHDRAW] = "stays", [CF_WHAT_ANSWER] = "answer",
    [CF_WHAT_TELL] = "tell",       [CF_WHAT_LOCK] = "lock",      [CF_WHAT_DISCONNECT] = "disconnect",
    [CF_WHAT_LOGOFF] = "logoff",   [CF_WHAT_FORCE] = "force",    [CF_WHAT_ENDED] = "ended",
    [CF_WHAT_REFUSED] = "refused", [CF_WHAT_VETOED] = "spared",  [CF_WHAT_FAILED] = "failed",
    [CF_WHAT_DOOR] = "door",       [CF_WHAT_RESTART] = "afresh", [CF_WHAT_EXTEND] = "extend",
    [CF_WHAT_PAUSE] = "pause",     [CF_WHAT_RESUME] = "resume",  [CF_WHAT_HELD] = "held",
    [CF_WHAT_SKIPPED] = "skipped", [CF_WHAT_DOUBT] = "doubt",    [CF_WHAT_UNREACHED] = "unreached",
    [CF_WHAT_SENT] = "sent",
};

const char *cf_what_name(enum cf_what what)
{
    return what < CF_WHAT_COUNT ? names[what] : "unknown";
}

int cf_what_by_name(const char *name)
{
    for (int i = 0; i < CF_WHAT_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

bool cf_what_is_told(enum cf_what what)
{
    return what == CF_WHAT_WARN || what == CF_WHAT_TELL;
}

const char *cf_entry_reason(const struct cf_entry *entry)
{
    return entry->reason || cf_what_is_told(entry->what) ? entry->reason : entry->text;
}

/* ---- JSON ---- */

static void add_text(struct cf_buffer *buffer, const char *key, const char *text)
{
    if (!text)
        return;
    cf_buffer_printf(buffer, ",\"%s\":", key);
    cf_buffer_json(buffer, text);
}

static void add_session(struct cf_buffer *buffer, const struct cf_session *session)
{
    add_text(buffer, "host", session->identity.host);
    add_text(buffer, "session", session->identity.id);
    cf_buffer_printf(buffer, ",\"birth\":\"%llx:%lld\"", (unsigned long long)session->identity.boot,
                     (long long)session->identity.birth);
    add_text(buffer, "user", session->user);
    add_text(buffer, "name", session->name);
}

void cf_entry_json(const struct cf_entry *entry, struct cf_buffer *buffer)
{
    char at[CF_INSTANT_TEXT];
    cf_buffer_printf(buffer, "{\"number\":%llu,\"at\":\"%s\",\"what\":\"%s\"",
                     (unsigned long long)entry->number, cf_instant_utc(entry->at, at),
                     cf_what_name(entry->what));
    if (entry->decision)
        cf_buffer_printf(buffer, ",\"decision\":%llu", (unsigned long long)entry->decision);
    if (entry->dry)
        cf_buffer_puts(buffer, ",\"dry_run\":true");
    if (entry->code != CF_OK)
        add_text(buffer, "code", cf_code_name(entry->code));
    add_text(buffer, "policy", entry->policy);
    if (entry->line > 0)
        cf_buffer_printf(buffer, ",\"line\":%d", entry->line);
    if (entry->session)
        add_session(buffer, entry->session);
    if (entry->idle.us > 0) {
        cf_buffer_puts(buffer, ",\"idle\":");
        cf_span_json(entry->idle, buffer);
    }
    if (entry->unwarned)
        cf_buffer_puts(buffer, ",\"unwarned\":true");
    if (entry->in_use)
        cf_buffer_puts(buffer, ",\"in_use\":true");
    add_text(buffer, "reason", cf_entry_reason(entry));
    if (cf_what_is_told(entry->what))
        add_text(buffer, "text", entry->text);
    add_text(buffer, "revision", entry->revision);
    cf_buffer_puts(buffer, "}");
}

/* ---- The queue ---- */

static void on_turn(struct cf_timer *timer)
{
    struct cf_journal_queue *queue = timer->data;
    struct cf_kept_item *items = queue->items;
    size_t count = queue->count;
    queue->items = NULL; /* more may be pushed meanwhile */
    queue->count = 0;
    for (size_t i = 0; i < count; i++)
        items[i].kept(items[i].context, CF_OK);
    free(items);
}

void cf_journal_queue_init(struct cf_journal_queue *queue, struct cf_loop *loop)
{
    *queue = (struct cf_journal_queue){.loop = loop, .timer = {.fire = on_turn, .data = queue}};
}

void cf_journal_queue_finish(struct cf_journal_queue *queue)
{
    cf_timer_stop(queue->loop, &queue->timer);
    free(queue->items);
    queue->items = NULL;
    queue->count = 0;
}

void cf_journal_queue_push(struct cf_journal_queue *queue, cf_journal_kept *kept, void *context)
{
    if (!kept)
        return;
    queue->items = cf_grow(queue->items, queue->count, sizeof *queue->items);
    queue->items[queue->count++] = (struct cf_kept_item){kept, context};
    if (!cf_timer_is_set(&queue->timer))
        cf_timer_defer(queue->loop, &queue->timer);
}
