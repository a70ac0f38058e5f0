#include "crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct heard heard;

/* ---- What the journal said ---- */

static void hear_of_warnings(const struct cf_entry *entry)
{
    size_t user = strtoul(entry->session->user + strlen("user"), NULL, 10);
    int64_t now = entry->at_mono.us, first = heard.warned[user], last = heard.warned_last[user];
    assert_in_range(user, 0, CROWD_MOST - 1);
    if (entry->what == CF_WHAT_WARN) {
        heard.warning_count++;
        heard.warnings[user] += !first;
        heard.warned[user] = first ? first : now;
        heard.warned_last[user] = now;
    } else if (entry->what == CF_WHAT_WITHDRAW) {
        heard.withdrawn++;
        heard.warned[user] = heard.warned_last[user] = 0;
    } else if (entry->what == CF_WHAT_LOGOFF && first) {
        heard.late += now - first < cf_minutes(5).us || now - first > cf_seconds(6 * 60 + 10).us ||
                      now - last < CF_MINUTE.us;
    } else if (entry->what == CF_WHAT_LOGOFF) {
        heard.late += strcmp(entry->policy, "idle") == 0;
    }
}

static void hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    heard.ended += entry->what == CF_WHAT_ENDED;
    heard.refused += entry->what == CF_WHAT_REFUSED;
    if (entry->session)
        hear_of_warnings(entry);
    if (entry->what == CF_WHAT_LOGOFF) {
        assert_in_range(heard.logoff_count, 0, CROWD_MOST - 1);
        heard.logoffs[heard.logoff_count++] = entry->at_mono.us;
    } else if (entry->what == CF_WHAT_HELD) {
        heard.held++;
        heard.held_at = entry->at_mono.us;
        (void)snprintf(heard.why, sizeof heard.why, "%s", entry->text);
    }
}

size_t crowd_ended_before(int64_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < heard.logoff_count; i++)
        count += heard.logoffs[i] <= at && heard.logoffs[i] > at - cf_minutes(10).us;
    return count;
}

/* ---- Who is there ---- */

static struct {
    struct cf_session records[CROWD_MOST];
    size_t count, event_count;
    struct cf_event events[CROWD_EVENTS];
} crowd;

void crowd_begin(void)
{
    crowd.count = crowd.event_count = 0;
}

void crowd_event(enum cf_event_kind kind, uint32_t label, struct cf_span at)
{
    assert_in_range(crowd.event_count, 0, CROWD_EVENTS - 1);
    crowd.events[crowd.event_count++] =
        (struct cf_event){.at_us = at.us,
                          .kind = kind,
                          .label = label,
                          .logon = kind == CF_EVENT_LOGON ? &crowd.records[label] : NULL};
}

struct cf_session *crowd_record(uint32_t label)
{
    return &crowd.records[label];
}

uint32_t crowd_add(const char *class, struct cf_span at)
{
    char name[32];
    uint32_t label = (uint32_t)crowd.count++;
    assert_in_range(label, 0, CROWD_MOST - 1);
    (void)snprintf(name, sizeof name, "user%u", label);
    person_init(&crowd.records[label], name, 1001 + (int64_t)label);
    cf_session_set_string(&crowd.records[label], CF_FIELD_CLASS, class);
    cf_session_set_string(&crowd.records[label], CF_FIELD_TYPE, "tty");
    crowd_event(CF_EVENT_LOGON, label, at);
    return label;
}

void crowd_add_many(size_t count, struct cf_span at)
{
    for (size_t i = 0; i < count; i++)
        (void)crowd_add("user", at);
}

void crowd_add_busy(size_t count, struct cf_random *random)
{
    for (size_t i = 0; i < count; i++) {
        int64_t at = cf_random_below(random, 600);
        uint32_t label = crowd_add(cf_random_chance(random, 100) ? "user-light" : "user", cf_seconds(at));
        for (at += 300; at < 4 * 3600; at += 600)
            crowd_event(CF_EVENT_INPUT, label, cf_seconds(at));
    }
}

static struct cf_scenario *finish(void)
{
    struct cf_script *script = cf_script_create(MONDAY_8AM);
    qsort(crowd.events, crowd.event_count, sizeof *crowd.events, events_by_time);
    for (size_t i = 0; i < crowd.event_count; i++)
        assert_int_equal(cf_script_add(script, &crowd.events[i], NULL), 0);
    for (size_t i = 0; i < crowd.count; i++)
        cf_session_finish(&crowd.records[i]);
    return cf_script_finish(script, CF_DAY.us);
}

void crowd_open_on(struct cf_sim_setup sim, struct cf_store *store, const char *policy, double share,
                   uint32_t pace)
{
    struct cf_error err = {0};
    heard = (struct heard){0};
    simulation_init(&heard.sim, finish(), sim, hear);
    heard.sim.setup.store = store;
    heard.sim.config.limits.share = share;
    if (pace)
        heard.sim.config.limits.logoffs_per_minute = pace;
    if (cf_config_add_policy(&heard.sim.config, policy, NULL, NULL, &err) != 0 ||
        simulation_start(&heard.sim, &err) != 0)
        fail_msg("%s", err.text);
}

void crowd_open_faulty(const char *policy, double share, uint32_t pace, struct cf_sim_faults faults)
{
    crowd_open_on((struct cf_sim_setup){.seed = 1, .faults = faults}, NULL, policy, share, pace);
}

void crowd_open(const char *policy, double share, uint32_t pace)
{
    crowd_open_faulty(policy, share, pace, (struct cf_sim_faults){0});
}

void crowd_run_to(struct cf_span since_start)
{
    simulation_run_to(&heard.sim, since_start);
}

void crowd_close(void)
{
    simulation_close(&heard.sim);
}
