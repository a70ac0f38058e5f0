#include "wts/sessions.h"

#include "base/memory.h"
#include "base/text.h"
#include "wts/failure.h"
#include "wts/helper.h"
#include "wts/utf16.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLLOW_FIRST CF_SECOND
#define FOLLOW_LAST  cf_seconds(64) /* 1 + 2 + … + 64: two minutes */

/* ---- What is known ---- */

static struct cf_wts_known *find(struct cf_wts *host, DWORD id)
{
    struct cf_wts_known *known = NULL;
    HASH_FIND(hh, host->sessions.known, &id, sizeof id, known);
    return known;
}

struct cf_wts_known *cf_wts_find(struct cf_wts *host, const char *id)
{
    char *end = NULL;
    unsigned long number = id ? strtoul(id, &end, 10) : 0;
    return id && *id && !*end ? find(host, number) : NULL;
}

static struct cf_wts_known *add(struct cf_wts *host, DWORD id)
{
    struct cf_wts_known *known = cf_alloc(sizeof *known);
    char text[16];
    (void)snprintf(text, sizeof text, "%lu", id);
    known->id = id;
    known->state = CF_WTS_INIT;
    cf_session_init(&known->record);
    known->record.identity = (struct cf_identity){cf_strdup(host->name), cf_strdup(text), 0, 0};
    HASH_ADD(hh, host->sessions.known, id, sizeof known->id, known);
    return known;
}

static void forget(struct cf_wts *host, struct cf_wts_known *known)
{
    HASH_DEL(host->sessions.known, known);
    cf_wts_helper_end(known);
    cf_session_finish(&known->record);
    free(known);
}

static void gone(struct cf_wts *host, struct cf_wts_known *known)
{
    struct cf_session record;
    cf_session_init(&record);
    cf_session_copy(&record, &known->record);
    forget(host, known);
    host->sink.gone(host->sink.data, &record.identity);
    cf_session_finish(&record);
}

/* ---- One session ---- */

static void apply(struct cf_wts *host, struct cf_wts_known *known, const struct cf_wts_seen *seen)
{
    struct cf_mono at = cf_wts_seen_at(host, seen);
    cf_wts_clock_take(&host->clock, at, seen->info.data.current.QuadPart);
    cf_wts_record_info(&known->record, &seen->info, &host->clock, host->locks);
    known->life = cf_wts_last_life(&seen->info);
    if (cf_wts_is_at_console(&seen->info))
        cf_wts_helper_tell(known);
    known->looked = true;
    known->looked_at = at;
    known->error = 0;
}

struct cf_wts_known *cf_wts_take(struct cf_wts *host, DWORD id, const struct cf_wts_seen *seen,
                                 struct cf_error *err)
{
    char why[CF_WTS_FAILURE];
    struct cf_wts_known *known = find(host, id);
    int code = seen->error ? cf_wts_code(seen->error) : CF_OK;
    if (!known || code == CF_GONE) {
        if (known)
            gone(host, known);
        (void)cf_error_set(err, CF_GONE, "it has ended");
        return NULL;
    }
    if (code) {
        (void)cf_error_set(err, code, "%s", cf_wts_failure(seen->error, why));
        return NULL;
    }
    if (known->record.identity.birth && known->record.identity.birth != seen->info.data.logon.QuadPart) {
        gone(host, known);
        if (!host->closed)
            cf_wts_list(host);
        (void)cf_error_set(err, CF_GONE, "it has ended, and its id is another session's now");
        return NULL;
    }
    bool moved = known->state != seen->info.data.state;
    apply(host, known, seen);
    if (moved) {
        char *name = cf_utf8_of_field(seen->info.data.name, sizeof seen->info.data.name / sizeof(WCHAR));
        cf_wts_record_state(&known->record, seen->info.data.state, name);
        known->state = seen->info.data.state;
        free(name);
        host->sink.seen(host->sink.data, &known->record, cf_wts_row_fields | cf_wts_info_fields);
    }
    return host->closed ? NULL : known;
}

/* ---- All of them ---- */

struct listing {
    struct cf_wts_job job;
    struct cf_wts *host;
    DWORD error;
    struct cf_wts_found *found;
    size_t count;
    bool wants_own, has_own; /* its session, in which a process stays: asked for until it is known */
    DWORD own;
};

static struct listing *listing_of(struct cf_wts_job *job)
{
    return (struct listing *)(void *)job; /* its first member */
}

static void run(struct cf_wts_job *job)
{
    struct listing *listing = listing_of(job);
    listing->error = cf_wts_enumerate(job->server, &listing->found, &listing->count);
    listing->has_own = listing->wants_own && cf_wts_own_session(job->server, &listing->own);
}

static void orphaned(struct cf_wts_job *job)
{
    struct listing *listing = listing_of(job);
    cf_wts_found_free(listing->found, listing->count);
    free(listing);
}

/* Tells what the enumeration and the looks have brought, all in one go. */
static void tell_all(struct cf_wts *host)
{
    struct cf_wts_known *known, *next;
    for (known = host->sessions.known; known; known = known->hh.next)
        if (known->listed)
            cf_wts_helper_look(host, known);
    host->sink.listing(host->sink.data, false);
    for (known = host->sessions.known; known && !host->closed; known = next) {
        next = known->hh.next;
        if (!known->listed)
            forget(host, known); /* the registry finds it missing */
        else
            host->sink.seen(host->sink.data, &known->record,
                            cf_wts_row_fields | CF_FIELD_BIT(CF_FIELD_MISSING) |
                                (known->looked ? cf_wts_info_fields : 0));
    }
    if (!host->closed)
        host->sink.listing(host->sink.data, true);
}

static void end_listing(struct cf_wts *host, const struct cf_error *err)
{
    bool again = host->sessions.again;
    host->sessions.listing = host->sessions.again = false;
    if (!err)
        tell_all(host);
    if (!host->closed && again)
        cf_wts_list(host);
    else if (!host->closed)
        host->listed(host, err);
}

/* What cannot be looked at is still there: without a birth where it never could be, so that nobody acts on
 * it. */
static void on_looked(struct cf_wts *host, void *data, DWORD id, const struct cf_wts_seen *seen,
                      const struct cf_error *err)
{
    (void)data, (void)err;
    struct cf_wts_known *known = find(host, id);
    if (known && seen && !seen->error) {
        int64_t birth = known->record.identity.birth;
        if (birth && birth != seen->info.data.logon.QuadPart) {
            known->notice = 0; /* another's; the registry sees by the birth that the former has gone */
            cf_wts_helper_end(known);
        }
        apply(host, known, seen);
    } else if (known && seen && cf_wts_code(seen->error) == CF_GONE) {
        known->listed = false;
    } else if (known && seen) {
        known->error = seen->error;
        known->looked = cf_wts_code(seen->error) == CF_DENIED; /* the next listing tries the others again */
    }
    if (--host->sessions.unread == 0)
        end_listing(host, NULL);
}

/* Takes on a row; true where the session has to be looked at. */
static bool take_row(struct cf_wts_known *known, const struct cf_wts_found *row)
{
    struct cf_session *record = &known->record;
    bool same = known->looked && known->state == row->state && cf_text_equal(record->name, row->name) &&
                cf_text_equal(record->user, row->user) && cf_text_equal(record->domain, row->domain);
    known->listed = true;
    if (same)
        return false;
    known->looked = false;
    known->state = row->state;
    cf_wts_record_state(record, row->state, row->name);
    cf_wts_record_user(record, row->user, row->domain);
    return true;
}

static void take_rows(struct cf_wts *host, const struct listing *listing)
{
    struct cf_mono limit = cf_mono_add(cf_loop_now(host->loop), CF_WTS_LIMIT);
    for (struct cf_wts_known *known = host->sessions.known; known; known = known->hh.next)
        known->listed = false;
    host->sessions.unread = 1; /* this call itself, so that it ends once also where there are none */
    for (size_t i = 0; i < listing->count; i++) {
        const struct cf_wts_found *row = &listing->found[i];
        struct cf_wts_known *known = find(host, row->id);
        if (!take_row(known ? known : add(host, row->id), row))
            continue;
        host->sessions.unread++;
        cf_wts_looks_add(host, row->id, 0, limit, on_looked, NULL);
    }
    if (--host->sessions.unread == 0)
        end_listing(host, NULL);
}

static void fail(struct cf_wts *host, int code, const char *why)
{
    struct cf_error err;
    (void)cf_error_set(&err, code, "%s does not list its sessions: %s", host->name, why);
    cf_retry_lose(&host->retry, &err);
    if (!host->closed)
        end_listing(host, &err);
}

static void late(struct cf_wts_job *job)
{
    struct cf_wts *host = listing_of(job)->host;
    if (!job->begun)
        orphaned(job);
    fail(host, CF_UNAVAILABLE, "it does not answer");
}

static void done(struct cf_wts_job *job)
{
    struct listing *listing = listing_of(job);
    struct cf_wts *host = listing->host;
    char why[CF_WTS_FAILURE];
    if (listing->has_own)
        (void)snprintf(host->own, sizeof host->own, "%lu", listing->own);
    if (job->left) { /* of a while ago */
        cf_wts_list(host);
    } else if (listing->error) {
        fail(host, cf_wts_code(listing->error) == CF_DENIED ? CF_DENIED : CF_UNAVAILABLE,
             cf_wts_failure(listing->error, why));
    } else {
        cf_retry_found(&host->retry);
        if (!host->closed)
            take_rows(host, listing);
    }
    orphaned(job);
}

void cf_wts_list(struct cf_wts *host)
{
    if (host->sessions.listing) {
        host->sessions.again = true;
        return;
    }
    host->sessions.listing = true;
    struct listing *listing = cf_alloc(sizeof *listing);
    *listing = (struct listing){.host = host,
                                .wants_own = cf_wts_server_is_own(host->server) && !host->own[0],
                                .job = {.kind = CF_WTS_LIST,
                                        .limit = cf_mono_add(cf_loop_now(host->loop), CF_WTS_LIMIT),
                                        .run = run,
                                        .done = done,
                                        .late = late,
                                        .orphaned = orphaned}};
    cf_wts_server_start(host->server, &listing->job);
}

void cf_wts_look_again(struct cf_wts *host, const char *id)
{
    struct cf_wts_known *known = cf_wts_find(host, id);
    if (known)
        known->looked = false;
    cf_wts_list(host);
}

/* ---- Sessions that have ended, or are to ---- */

void cf_wts_gone(struct cf_wts *host, DWORD id, int64_t birth)
{
    struct cf_wts_known *known = find(host, id);
    if (known && known->record.identity.birth == birth)
        gone(host, known);
    if (!host->closed)
        cf_wts_list(host);
}

static void on_follow(struct cf_timer *timer)
{
    struct cf_wts *host = timer->data;
    cf_wts_list(host);
    host->sessions.follow_after.us *= 2;
    if (host->sessions.follow_after.us <= FOLLOW_LAST.us)
        cf_timer_set(host->loop, timer, cf_mono_add(cf_loop_now(host->loop), host->sessions.follow_after));
}

void cf_wts_follow(struct cf_wts *host)
{
    host->sessions.follow_after = FOLLOW_FIRST;
    cf_timer_set(host->loop, &host->sessions.follow, cf_mono_add(cf_loop_now(host->loop), FOLLOW_FIRST));
}

void cf_wts_sessions_init(struct cf_wts *host)
{
    host->sessions.follow = (struct cf_timer){.fire = on_follow, .data = host};
}

void cf_wts_sessions_finish(struct cf_wts *host)
{
    struct cf_wts_known *known, *next;
    cf_timer_stop(host->loop, &host->sessions.follow);
    HASH_ITER(hh, host->sessions.known, known, next)
    {
        forget(host, known);
    }
}
