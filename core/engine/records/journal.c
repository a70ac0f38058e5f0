#include "engine/records/journal.h"

#include "base/memory.h"
#include "session/json.h"

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

/* What is NULL is left out. */
static void add_text(json_t *object, const char *key, const char *text)
{
    if (text)
        (void)json_object_set_new(object, key, cf_json_text(text));
}

static void add_session(json_t *object, const struct cf_session *session)
{
    char birth[64];
    (void)snprintf(birth, sizeof birth, "%llx:%lld", (unsigned long long)session->identity.boot,
                   (long long)session->identity.birth);
    add_text(object, "host", session->identity.host);
    add_text(object, "session", session->identity.id);
    add_text(object, "birth", birth);
    add_text(object, "user", session->user);
    add_text(object, "name", session->name);
}

json_t *cf_entry_json(const struct cf_entry *entry)
{
    char at[CF_INSTANT_TEXT];
    json_t *object = json_pack("{s:I, s:s, s:s}", "number", (json_int_t)entry->number, "at",
                               cf_instant_utc(entry->at, at), "what", cf_what_name(entry->what));
    if (entry->decision)
        (void)json_object_set_new(object, "decision", json_integer((json_int_t)entry->decision));
    if (entry->dry)
        (void)json_object_set_new(object, "dry_run", json_true());
    add_text(object, "code", entry->code != CF_OK ? cf_code_name(entry->code) : NULL);
    add_text(object, "policy", entry->policy);
    if (entry->line > 0)
        (void)json_object_set_new(object, "line", json_integer(entry->line));
    if (entry->session)
        add_session(object, entry->session);
    if (entry->idle.us > 0)
        (void)json_object_set_new(object, "idle", cf_json_span(entry->idle));
    if (entry->unwarned)
        (void)json_object_set_new(object, "unwarned", json_true());
    if (entry->in_use)
        (void)json_object_set_new(object, "in_use", json_true());
    add_text(object, "reason", cf_entry_reason(entry));
    add_text(object, "text", cf_what_is_told(entry->what) ? entry->text : NULL);
    add_text(object, "revision", entry->revision);
    return object;
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
