/* Which session a word means: by cases, and against a plain reading of the rules on random hosts. */
#include "commands/resolve.h"

#include "base/text.h"

#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct host {
    struct cf_clock clock;
    struct cf_registry *registry;
};

static void ignore(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)data, (void)change, (void)key, (void)fields;
}

static void open_host(struct host *host)
{
    cf_clock_init_virtual(&host->clock, (struct cf_instant){0}, 0);
    host->registry = cf_registry_create(&host->clock, ignore, NULL);
}

/* The state: 'a' active, 'd' disconnected, 'b' in the background, 'c' closing, 'g' a login screen. */
static void add(struct host *host, const char *id, const char *user, const char *name, char state)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"box", id, 1, 1};
    cf_session_set_string(&session, CF_FIELD_USER, user);
    cf_session_set_string(&session, CF_FIELD_NAME, name);
    cf_session_set_string(&session, CF_FIELD_CLASS, state == 'g' ? "greeter" : "user");
    session.active = cf_tri_of(state != 'b' && state != 'd');
    session.disconnected = cf_tri_of(state == 'd');
    session.closing = cf_tri_of(state == 'c');
    cf_registry_seen(host->registry, &session, CF_FIELDS_ALL);
    session.identity = (struct cf_identity){0};
    cf_session_finish(&session);
}

static void means(const struct host *host, const char *word, const char *id)
{
    cf_session_key key = 0;
    struct cf_error err = {0};
    assert_int_equal(cf_resolve_one(host->registry, word, &key, &err), CF_OK);
    assert_string_equal(cf_registry_get(host->registry, key)->identity.id, id);
}

static void refuses(const struct host *host, const char *word, const char *says)
{
    cf_session_key key = 77;
    struct cf_error err = {0};
    assert_int_equal(cf_resolve_one(host->registry, word, &key, &err), CF_FAILED);
    assert_int_equal(key, 77);
    if (!strstr(err.text, says))
        fail_msg("%s: %s", word, err.text);
}

static void finds_by_id_name_and_user(void **state)
{
    (void)state;
    struct host host;
    open_host(&host);
    add(&host, "3", "ana", "pts/3", 'a');
    add(&host, "c1", "bob", ":10", 'a');
    add(&host, "5", "carol", "rdp-tcp#5", 'd');
    add(&host, "6", "dora", "pts/3", 'd'); /* the name is ana's now */
    add(&host, "7", "gdm", "tty1", 'g');
    means(&host, "3", "3");
    means(&host, "PTS/3", "3");
    means(&host, "Ana", "3");
    means(&host, "C1", "c1");
    means(&host, ":10", "c1");
    means(&host, "5", "5");
    means(&host, "carol", "5");
    means(&host, "tty1", "7");
    refuses(&host, "rdp-tcp#5", "which is not active: name it by its id, 5");
    refuses(&host, "gdm", "there is no session gdm");
    refuses(&host, "carool", "did you mean carol?");
    refuses(&host, "", "cannot be empty");
    cf_registry_destroy(host.registry);
}

static void says_what_is_ambiguous(void **state)
{
    (void)state;
    struct host host;
    open_host(&host);
    add(&host, "3", "ana", "4", 'a');
    add(&host, "4", "bob", "pts/4", 'a');
    add(&host, "5", "bob", "pts/5", 'd');
    add(&host, "6", "6", "6", 'a'); /* all of one and the same session */
    refuses(&host, "4",
            "4 is the id of one session and a name of another: session 3 (ana, 4), session 4 (bob, pts/4)");
    refuses(&host, "BOB", "BOB may mean 2 sessions: session 4 (bob, pts/4), session 5 (bob, pts/5)");
    means(&host, "6", "6");
    struct cf_keys keys = {0};
    assert_int_equal(cf_resolve_all(host.registry, "bob", &keys, NULL), CF_OK);
    assert_int_equal(keys.count, 2);
    assert_int_equal(cf_resolve_all(host.registry, "pts/4", &keys, NULL), CF_OK); /* there already */
    assert_int_equal(keys.count, 2);
    assert_int_equal(cf_resolve_all(host.registry, "4", &keys, NULL), CF_FAILED);
    assert_int_equal(cf_resolve_all(host.registry, "*", &keys, NULL), CF_OK);
    assert_int_equal(keys.count, 4);
    free(keys.keys);
    cf_registry_destroy(host.registry);
}

/* The rules, read plainly: how many sessions the word means, and one of them. */
static size_t plainly(const struct host *host, const char *word, cf_session_key *ret_key)
{
    size_t count = 0;
    for (cf_session_key key = 0; (key = cf_registry_next(host->registry, key));) {
        const struct cf_session *session = cf_registry_get(host->registry, key);
        bool attended = session->active == CF_TRI_YES && session->closing == CF_TRI_NO;
        bool by_id = strcasecmp(session->identity.id, word) == 0,
             by_name = strcasecmp(session->name, word) == 0;
        bool by_user = strcasecmp(session->user, word) == 0 && strcmp(session->class_, "user") == 0;
        if (by_id || (by_name && attended) || (!by_name && by_user)) {
            *ret_key = key;
            count++;
        }
    }
    return count;
}

static void agrees_with_the_rules(void **state)
{
    (void)state;
    static const char *const words[] = {"1", "2", "3", "a", "A", "b", "B", "x", "*nobody*"};
    uint64_t stream = 11;
    for (int round = 0; round < 3000; round++) {
        struct host host;
        open_host(&host);
        static const char *const ids[] = {"1", "2", "3", "a"};
        for (size_t i = 0; i < 4; i++) {
            if (pick(&stream, 4))
                add(&host, ids[i], words[pick(&stream, 8)], words[pick(&stream, 8)],
                    "aaadbcg"[pick(&stream, 7)]);
        }
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            cf_session_key expected = 0, key = 0;
            struct cf_error err = {0};
            size_t count = plainly(&host, words[i], &expected);
            int code = cf_resolve_one(host.registry, words[i], &key, &err);
            assert_int_equal(code, count == 1 ? CF_OK : CF_FAILED);
            if (count == 1)
                assert_int_equal(key, expected);
            else
                assert_non_null(strstr(err.text, words[i]));
        }
        cf_registry_destroy(host.registry);
    }
}

/* ---- Their order ---- */

/* By its digits as numbers: "c2" before "c10", "7" before "c1". */
static void are_in_the_order_of(const char *const *ids, size_t count, uint64_t *seed)
{
    struct host host;
    struct cf_keys keys = {0};
    size_t coming[16];
    open_host(&host);
    for (size_t i = 0; i < count; i++) { /* in whatever order they come */
        size_t at = (size_t)pick(seed, (int64_t)i + 1);
        coming[i] = coming[at];
        coming[at] = i;
    }
    for (size_t i = 0; i < count; i++)
        add(&host, ids[coming[i]], "ana", NULL, 'a');
    cf_keys_all(host.registry, &keys);
    assert_int_equal(keys.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(cf_registry_get(host.registry, keys.keys[i])->identity.id, ids[i]);
    free(keys.keys);
    cf_registry_destroy(host.registry);
}

static void listings_are_sorted_however_sessions_came(void **state)
{
    (void)state;
    static const char *const kinds[] = {"1",     "2",      "10",  "300", "4000000000000000000000",
                                        "c1",    "c2",     "c9",  "c10", "c10a",
                                        "c10b2", "c10b10", "c100"};
    uint64_t seed = 1;
    for (int round = 0; round < 200; round++)
        are_in_the_order_of(kinds, sizeof kinds / sizeof kinds[0], &seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listings_are_sorted_however_sessions_came),
        cmocka_unit_test(finds_by_id_name_and_user),
        cmocka_unit_test(says_what_is_ambiguous),
        cmocka_unit_test(agrees_with_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
