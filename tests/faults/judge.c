#include "judge.h"

#include "journal/query.h"

#include <stdlib.h>
#include <string.h>

#define COUNTDOWN (cf_minutes(5).us - CF_SECOND.us) /* of idle.lua; deadlines are met to a second */

enum { DECISIONS = 1 << 16 };

static struct judged {
    uint32_t seat;
    unsigned rows, outcomes; /* of a logoff that was not dry */
} judged[DECISIONS];

const char *judge_case;

void judge_must(bool holds, const char *what, uint32_t seat)
{
    if (!holds)
        fail_msg("%s: %s, session %s (%s), %lld s after the start", judge_case, what, world->seats[seat].id,
                 world->seats[seat].user, (long long)world->now / 1000000);
}

uint32_t judge_seat(const struct cf_session *session)
{
    uint32_t seat = (uint32_t)strtoul(session->identity.id + 1, NULL, 10) - 1;
    judge_must(seat < world->seat_count && world->seats[seat].birth == session->identity.birth,
               "a decision about nobody", seat < world->seat_count ? seat : 0);
    return seat;
}

static bool judge_entry(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (!entry->decision || entry->dry)
        return true;
    assert_true(entry->decision < DECISIONS);
    struct judged *decision = &judged[entry->decision];
    switch (entry->what) {
    case CF_WHAT_WARN:
        judge_must(!world->seats[judge_seat(entry->session)].protected, "warned although protected",
                   judge_seat(entry->session));
        return true;
    case CF_WHAT_LOGOFF:
        decision->seat = judge_seat(entry->session);
        decision->rows++;
        return true;
    case CF_WHAT_ENDED:
        if (decision->rows)
            judge_must(!world->seats[decision->seat].present, "said to have ended", decision->seat);
        /* fall through */
    case CF_WHAT_FAILED:
    case CF_WHAT_REFUSED: decision->outcomes++; return true;
    default: return true;
    }
}

/* No decision lost, and each closed once. */
static void judge_journal(void)
{
    memset(judged, 0, sizeof judged);
    struct cf_error err = {0};
    if (cf_query_run(folder_path(""), &CF_QUERY_ALL, judge_entry, NULL, &err) != CF_OK)
        fail_msg("%s: %s", judge_case, err.text);
    for (size_t i = 0; i < DECISIONS; i++) {
        if (!judged[i].rows)
            continue;
        judge_must(judged[i].rows == 1, "one decision's row twice", judged[i].seat);
        judge_must(judged[i].outcomes != 0, "a decision without an outcome", judged[i].seat);
        judge_must(judged[i].outcomes == 1, "a decision with two outcomes", judged[i].seat);
    }
}

/* Forcing belongs to the logoff before it. */
static const struct record *judge_decision(const struct record *end)
{
    const struct record *decision = end;
    while (decision > world->records && !(decision->action == CF_ACTION_LOGOFF &&
                                          decision->seat == end->seat && decision->life == end->life))
        decision--;
    return decision;
}

/* A whole countdown, begun in this life after the last sign of life, and after the host last slept. */
static bool judge_warned(const struct record *end)
{
    const struct record *decision = judge_decision(end);
    for (const struct record *record = world->records; record < decision; record++)
        if (record->action == CF_ACTION_WARN && record->seat == end->seat && record->life == end->life &&
            record->code == CF_OK && record->at > end->last_input && record->at >= decision->jumped &&
            record->at + COUNTDOWN <= decision->at)
            return true;
    return false;
}

/* No wrong logoff, and none unwarned; the row of each was on disk before it. */
static void judge_host(void)
{
    bool ended[SEATS] = {false};
    for (const struct record *record = world->records; record < world->records + world->record_count;
         record++) {
        const struct seat *seat = &world->seats[record->seat];
        if (record->action != CF_ACTION_LOGOFF && record->action != CF_ACTION_LOGOFF_FORCED)
            continue;
        judge_must(record->on_disk, "asked to end before that was on disk", record->seat);
        judge_must(!seat->protected, "asked to end although protected", record->seat);
        if (record->code != CF_OK)
            continue;
        ended[record->seat] = true;
        judge_must(seat->disconnected || judge_warned(record), "ended without a whole countdown",
                   record->seat);
    }
    for (uint32_t i = 0; i < world->seat_count; i++) {
        const struct seat *seat = &world->seats[i];
        judge_must(seat->present || seat->left || ended[i], "gone by itself", i);
        judge_must(seat->present || !(seat->protected || seat->types_from), "ended", i);
    }
}

void judge(const char *name)
{
    judge_case = name;
    judge_journal();
    judge_host();
    for (uint32_t i = 0; i < world->seat_count; i++)
        judge_must(!world->seats[i].present || world->seats[i].protected || world->seats[i].types_from,
                   "never ended", i);
}
