#include "../unit.h"

#include "session/registry.h"

#include <stdio.h>
#include <string.h>

struct log {
    struct cf_registry *registry;
    struct cf_clock clock;
    char text[512];
    cf_session_key last;
    uint64_t fields; /* told to have changed */
};

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    struct log *log = data;
    log->fields |= fields;
    const struct cf_session *session = cf_registry_get(log->registry, key);
    assert_non_null(session); /* at GONE it still stands */
    static const char signs[] = {'+', '~', '-'};
    size_t used = strlen(log->text);
    (void)snprintf(log->text + used, sizeof log->text - used, "%c%s:%lld ", signs[change],
                   session->identity.id, (long long)session->identity.birth);
    log->last = key;
}

static void init(struct log *log)
{
    *log = (struct log){0};
    cf_clock_init_virtual(&log->clock, (struct cf_instant){0}, 0);
    log->registry = cf_registry_create(&log->clock, on_change, log);
}

static struct cf_session make(const char *id, int64_t birth)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){.host = "h", .id = id, .boot = 1, .birth = birth};
    return session;
}

static void see(struct log *log, const char *id, int64_t birth)
{
    struct cf_session session = make(id, birth);
    cf_registry_seen(log->registry, &session, CF_FIELDS_ALL);
}

static void expect(struct log *log, const char *events)
{
    assert_string_equal(log->text, events);
    log->text[0] = '\0';
}

static void test_listing(void **state)
{
    (void)state;
    struct log log;
    init(&log);
    cf_registry_destroy(NULL);
    assert_int_equal(cf_registry_next(log.registry, 0), 0);
    cf_registry_listing(log.registry, false);
    see(&log, "1", 10);
    see(&log, "2", 20);
    cf_registry_listing(log.registry, true);
    expect(&log, "+1:10 +2:20 ");
    cf_registry_listing(log.registry, false);
    see(&log, "2", 20);
    see(&log, "3", 30);
    cf_registry_listing(log.registry, true);
    expect(&log, "+3:30 -1:10 ");
    assert_int_equal(cf_registry_count(log.registry), 2);
    cf_registry_destroy(log.registry);
}

/* What was read of an id says whose it is by now; of a session that has gone nothing is noted. */
static void test_reading(void **state)
{
    (void)state;
    struct log log;
    init(&log);
    see(&log, "1", 10);
    cf_session_key first = log.last;
    struct cf_session other = make("1", 11);
    cf_registry_read(log.registry, first, &other, CF_FIELD_BIT(CF_FIELD_IDLE));
    expect(&log, "+1:10 -1:10 +1:11 ");
    assert_null(cf_registry_get(log.registry, first));
    cf_registry_touch(log.registry, first, (struct cf_mono){1});
    assert_false(cf_mono_known(cf_registry_life(log.registry, first)));
    assert_false(cf_mono_known(cf_registry_shown(log.registry, first)));
    assert_false(cf_mono_known(cf_registry_life(log.registry, log.last))); /* nor of who has just come */
    expect(&log, "");
    cf_registry_read(log.registry, log.last, &other, CF_FIELD_BIT(CF_FIELD_IDLE));
    expect(&log, ""); /* nothing has changed */
    cf_registry_listing(log.registry, false);
    cf_registry_read(log.registry, log.last, &other, CF_FIELD_BIT(CF_FIELD_IDLE));
    cf_registry_listing(log.registry, true);
    expect(&log, "-1:11 "); /* a reading is no part of a listing */
    cf_registry_read(log.registry, log.last, &other, CF_FIELD_BIT(CF_FIELD_IDLE));
    expect(&log, "+1:11 "); /* and who has gone comes back as another */
    cf_registry_destroy(log.registry);
}

static void test_reused_id(void **state)
{
    (void)state;
    struct log log;
    init(&log);
    see(&log, "1", 10);
    cf_session_key old = log.last;
    see(&log, "1", 11);
    expect(&log, "+1:10 -1:10 +1:11 ");
    assert_null(cf_registry_get(log.registry, old));
    assert_true(log.last != old);
    struct cf_identity late = {.host = "h", .id = "1", .boot = 1, .birth = 10};
    cf_registry_gone(log.registry, &late); /* of the session before */
    expect(&log, "");
    assert_int_equal(cf_registry_find(log.registry, &late), 0);
    late.birth = 11;
    assert_int_equal(cf_registry_find(log.registry, &late), log.last);
    cf_registry_gone(log.registry, &late);
    expect(&log, "-1:11 ");
    cf_registry_destroy(log.registry);
}

/* Whichever of the two nobody knows, what has gone is gone. */
static void test_gone_without_a_birth(void **state)
{
    (void)state;
    struct log log;
    init(&log);
    struct cf_identity gone = {.host = "h", .id = "1", .boot = 1, .birth = 10};
    see(&log, "1", 0);
    cf_registry_gone(log.registry, &gone);
    see(&log, "1", 10);
    gone.birth = 0;
    cf_registry_gone(log.registry, &gone);
    cf_registry_gone(log.registry, &gone); /* once */
    gone.birth = 10;
    assert_int_equal(cf_registry_find(log.registry, &gone), 0);
    expect(&log, "+1:0 -1:0 +1:10 -1:10 ");
    cf_registry_destroy(log.registry);
}

static void test_birth_is_completed(void **state)
{
    (void)state;
    struct log log;
    init(&log);
    see(&log, "1", 0);
    cf_session_key key = log.last;
    assert_int_equal(cf_registry_find(log.registry, &cf_registry_get(log.registry, key)->identity), 0);
    see(&log, "1", 10);
    assert_int_equal(cf_registry_get(log.registry, key)->identity.birth, 10);
    see(&log, "1", 0); /* which says nothing of it */
    assert_int_equal(cf_registry_get(log.registry, key)->identity.birth, 10);
    see(&log, "1", 11);
    expect(&log, "+1:0 -1:10 +1:11 ");
    cf_registry_destroy(log.registry);
}

/* A sign of life never goes back, and no reading makes the input older than it. */
static void test_life(void **state)
{
    (void)state;
    struct log log;
    init(&log);
    cf_clock_advance(&log.clock, (struct cf_mono){1000});
    struct cf_session session = make("1", 10);
    uint64_t idle = CF_FIELD_BIT(CF_FIELD_IDLE), locked = CF_FIELD_BIT(CF_FIELD_LOCKED);
    session.last_input.us = 500;
    session.locked = CF_TRI_YES;
    cf_registry_seen(log.registry, &session, idle | locked);
    cf_session_key key = log.last;
    assert_int_equal(cf_registry_life(log.registry, key).us, 500);
    session.last_input.us = 300; /* the host lies, or a clock does */
    cf_registry_seen(log.registry, &session, idle);
    assert_int_equal(cf_registry_get(log.registry, key)->last_input.us, 500);
    session.locked = CF_TRI_NO;
    cf_registry_seen(log.registry, &session, locked);
    assert_int_equal(cf_registry_life(log.registry, key).us, 1000);
    assert_int_equal(cf_registry_get(log.registry, key)->last_input.us, 1000);
    cf_registry_touch(log.registry, key, (struct cf_mono){2000});
    assert_int_equal(cf_registry_get(log.registry, key)->last_input.us, 2000);
    session.last_input.us = CF_UNKNOWN_US;
    cf_registry_seen(log.registry, &session, idle);
    assert_false(cf_mono_known(cf_registry_get(log.registry, key)->last_input));
    assert_int_equal(cf_registry_life(log.registry, key).us, 2000);
    cf_registry_destroy(log.registry);
}

/*
 * Whatever is reported, in any order: the latest sign of life is the latest that there was, no input that is
 * known is older than it, and what was shown leaves out what was only said. Each change of the input is told.
 */
static void test_signs_against_a_model(void **state)
{
    (void)state;
    enum { STEPS = 20000 };
    struct log log;
    init(&log);
    see(&log, "1", 10);
    cf_session_key key = log.last;
    struct cf_session session = make("1", 10);
    int64_t life = CF_UNKNOWN_US, shown = CF_UNKNOWN_US;
    uint64_t seed = 5;
    for (int step = 1; step <= STEPS; step++) {
        struct cf_mono at = {pick(&seed, 8) ? step - pick(&seed, 10) : CF_UNKNOWN_US}, now = {step};
        const struct cf_session *known = cf_registry_get(log.registry, key);
        int64_t input = known->last_input.us;
        bool said = false, back = false;
        uint64_t fields = CF_FIELD_BIT(pick(&seed, 2) ? CF_FIELD_LOCKED : CF_FIELD_DISCONNECTED);
        cf_clock_advance(&log.clock, now);
        log.fields = 0;
        switch (pick(&seed, 4)) {
        case 0: cf_registry_touch(log.registry, key, at); break;
        case 1:
            said = true;
            cf_registry_vouch(log.registry, key, at);
            break;
        case 2:
            session.last_input = at;
            cf_registry_read(log.registry, key, &session, CF_FIELD_BIT(CF_FIELD_IDLE));
            break;
        case 3: { /* unlocked, or connected again */
            bool locks = fields == CF_FIELD_BIT(CF_FIELD_LOCKED);
            enum cf_tri *field = locks ? &session.locked : &session.disconnected;
            enum cf_tri before = locks ? known->locked : known->disconnected;
            *field = (enum cf_tri)pick(&seed, 3);
            session.last_input = now; /* of which nothing is said */
            back = before == CF_TRI_YES && *field == CF_TRI_NO;
            cf_registry_read(log.registry, key, &session, fields);
            at = back ? now : CF_MONO_UNKNOWN;
            break;
        }
        }
        life = at.us > life ? at.us : life;
        shown = at.us > shown && !said ? at.us : shown;
        assert_int_equal(cf_registry_life(log.registry, key).us, life);
        assert_int_equal(cf_registry_shown(log.registry, key).us, shown);
        assert_true(!cf_mono_known(known->last_input) || known->last_input.us >= life);
        assert_int_equal(known->last_input.us != input, (log.fields & CF_FIELD_BIT(CF_FIELD_IDLE)) != 0);
    }
    cf_registry_destroy(log.registry);
}

/* Against a plain model: coming, going and iterating in any order. */
static void test_against_a_model(void **state)
{
    (void)state;
    enum { IDS = 12, STEPS = 20000 };
    struct log log;
    init(&log);
    int64_t births[IDS] = {0}, next_birth = 1;
    cf_session_key keys[IDS] = {0}, cursor = 0;
    uint64_t seed = 3;
    for (int step = 0; step < STEPS; step++) {
        int i = (int)pick(&seed, IDS);
        char id[8];
        (void)snprintf(id, sizeof id, "%d", i);
        log.text[0] = '\0';
        if (!births[i] || pick(&seed, 4) == 0) {
            see(&log, id, births[i] = next_birth++);
            keys[i] = log.last;
            assert_true((keys[i] & 0xffffff) < IDS); /* places are used again */
        } else {
            struct cf_identity identity = {.host = "h", .id = id, .boot = 1, .birth = births[i]};
            assert_int_equal(cf_registry_find(log.registry, &identity), keys[i]);
            cf_registry_gone(log.registry, &identity);
            assert_null(cf_registry_get(log.registry, keys[i]));
            births[i] = 0;
        }
        cursor = cf_registry_next(log.registry, cursor); /* goes on although sessions come and go */
        int64_t before = 0;
        size_t count = 0;
        for (cf_session_key key = 0; (key = cf_registry_next(log.registry, key)); count++) {
            int64_t birth = cf_registry_get(log.registry, key)->identity.birth;
            assert_true(birth > before); /* in the order of their coming */
            before = birth;
        }
        assert_int_equal(count, cf_registry_count(log.registry));
    }
    cf_registry_destroy(log.registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_reused_id),
        cmocka_unit_test(test_gone_without_a_birth),
        cmocka_unit_test(test_birth_is_completed),
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_signs_against_a_model),
        cmocka_unit_test(test_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
