#include "server_fixture.h"

#include "control/requests.h"
#include "control/why.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ANA = 1000, BOB = 1001, EVE = 1002 };

/* Sessions of three users and of nobody knows whom. */
static const struct {
    const char *id, *name, *user;
    int64_t uid;
} people[] = {
    {"1", "tty1", "root", 0},
    {"12", "pts/3", "ana", ANA},
    {"13", "pts/4", "bob", BOB},
    {"14", ":0", "ana", ANA},
    {"15", "pts/9", "ana", ANA},
    {"16", "pts/9", "bob", BOB},
    {"20", "pts/20", "ghost", CF_NUMBER_UNKNOWN},
    {"pts/4", NULL, "bob", BOB},
};

/* The engine's side, which notes what it is asked. */
static struct fake {
    struct cf_requests requests;
    struct cf_clock clock;
    struct cf_registry *registry;
    char asked[512];
    int code; /* of what can fail */
    bool holds_readings;
    struct cf_mono vouched; /* 0: something else shows life */
    int reads, read_code;
    cf_session_key key; /* whose reading is held, … */
    void (*done)(void *data, int code);
    void *data; /* … and whom to tell */
    cf_call_done *told;
} fake;

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t used = strlen(fake.asked);
    (void)vsnprintf(fake.asked + used, sizeof fake.asked - used, format, arguments);
    va_end(arguments);
}

static void assert_asked(const char *what)
{
    assert_string_equal(fake.asked, what);
    fake.asked[0] = '\0';
}

static int outcome(struct cf_error *err)
{
    return fake.code ? cf_error_set(err, fake.code, "it does not want to") : CF_OK;
}

static const struct cf_session *session_of(cf_session_key key)
{
    return cf_registry_get(fake.registry, key);
}

static json_t *fake_explain(const struct cf_engine *engine, cf_session_key key)
{
    assert_null(engine);
    return json_pack("{s:s+}", "user", "secret of ", session_of(key)->user);
}

static json_t *fake_status(const struct cf_engine *engine)
{
    assert_null(engine);
    return json_string("secret of the engine");
}

static void fake_metrics(const struct cf_engine *engine, struct cf_buffer *out)
{
    assert_null(engine);
    cf_buffer_puts(out, "secret_of_the_engine 1\n");
}

/* What is read comes with the next call of fake_read_comes. */
static void fake_read(struct cf_engine *engine, cf_session_key key, void (*done)(void *data, int code),
                      void *data)
{
    assert_null(engine);
    fake.reads++;
    if (!fake.holds_readings) {
        done(data, fake.read_code);
        return;
    }
    fake.key = key;
    fake.done = done;
    fake.data = data;
}

static int fake_stay(struct cf_engine *engine, cf_session_key key, struct cf_span wanted,
                     void (*tell)(void *data, const struct cf_stay_told *told), void *data,
                     struct cf_error *err)
{
    assert_null(engine);
    note("stay %s %lld;", session_of(key)->identity.id,
         cf_span_known(wanted) ? (long long)(wanted.us / 1000000) : -1LL);
    if (fake.code == CF_OK)
        tell(data, &(struct cf_stay_told){.policy = "idle", .granted = CF_MINUTE, .left = {CF_UNKNOWN_US}});
    return outcome(err);
}

static bool fake_shows_life(const struct cf_engine *engine, cf_session_key key, struct cf_mono *ret_since,
                            struct cf_mono *ret_until)
{
    assert_null(engine);
    (void)key;
    *ret_since = (struct cf_mono){0};
    *ret_until = fake.vouched;
    return fake.vouched.us == 0;
}

static int fake_note(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                     struct cf_error *err)
{
    assert_null(engine);
    note("note %s %s %s;", session_of(key)->identity.id, cf_what_name(what), text ? text : "(user)");
    return outcome(err);
}

/* What comes of it is told by `tell`. */
static uint64_t fake_tell(struct cf_engine *engine, cf_session_key key,
                          const struct cf_engine_message *message, cf_call_done *done, void *data)
{
    assert_null(engine);
    note("tell %s %s: %s %lld;", session_of(key)->identity.id, message->title ? message->title : "-",
         message->text,
         cf_span_known(message->shown_for) ? (long long)(message->shown_for.us / 1000000) : -1);
    fake.told = done;
    fake.data = data;
    return 5;
}

static void fake_tell_forget(struct cf_engine *engine, uint64_t id)
{
    assert_null(engine);
    assert_int_equal(id, 5);
    note("forget;");
}

static int fake_pause(struct cf_engine *engine, const char *policy, struct cf_span how_long, const char *why,
                      struct cf_error *err)
{
    assert_null(engine);
    note("pause %s %lld %s;", policy ? policy : "all",
         cf_span_known(how_long) ? (long long)(how_long.us / 1000000) : -1LL, why);
    return outcome(err);
}

static int fake_resume(struct cf_engine *engine, const char *policy, const char *why, struct cf_error *err)
{
    assert_null(engine);
    note("resume %s %s;", policy ? policy : "all", why);
    return outcome(err);
}

static void fake_reload(void *data, struct cf_control_call *call)
{
    struct cf_error err;
    assert_ptr_equal(data, &fake);
    note("reload;");
    if (outcome(&err) == CF_OK)
        cf_control_answer(call, NULL);
    else
        cf_control_refuse(call, &err);
}

/* Session 7 was ana's; so is the first part of its story. */
static void fake_find_past(void *data, const struct cf_past *past, json_t *told, struct cf_control_call *call)
{
    assert_ptr_equal(data, &fake);
    assert_true(past->since.us == cf_loop_wall(server.loop).us - INT64_C(7) * 86400 * 1000000);
    assert_int_equal(told != NULL, past->present != NULL);
    bool known = strcmp(past->session, "7") == 0 && (past->anybodys || past->uid == ANA);
    cf_why_past(call, told, known ? json_pack("{s:s}", "ended", "secret of ana") : NULL);
}

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)data, (void)change, (void)key, (void)fields;
}

static int setup(void **state)
{
    (void)state;
    server_open(cf_requests_verbs, &fake.requests, NULL);
    cf_clock_init_virtual(&fake.clock, (struct cf_instant){0}, 0);
    fake.registry = cf_registry_create(&fake.clock, on_change, NULL);
    fake.code = fake.read_code = CF_OK;
    fake.holds_readings = false;
    fake.reads = 0;
    fake.asked[0] = '\0';
    for (size_t i = 0; i < COUNT(people); i++) {
        struct cf_session session;
        cf_session_init(&session);
        session.identity = (struct cf_identity){.host = "h", .id = people[i].id, .birth = 1 + (int64_t)i};
        session.uid = people[i].uid;
        cf_session_set_string(&session, CF_FIELD_USER, people[i].user);
        cf_session_set_string(&session, CF_FIELD_NAME, people[i].name);
        cf_registry_seen(fake.registry, &session, CF_FIELDS_ALL);
        session.identity = (struct cf_identity){0};
        cf_session_finish(&session);
    }
    fake.requests = (struct cf_requests){
        .loop = server.loop,
        .registry = fake.registry,
        .explain_session = fake_explain,
        .explain_status = fake_status,
        .metrics = fake_metrics,
        .read = fake_read,
        .stay = fake_stay,
        .shows_life = fake_shows_life,
        .note = fake_note,
        .tell = fake_tell,
        .tell_forget = fake_tell_forget,
        .pause = fake_pause,
        .resume = fake_resume,
        .reload_data = &fake,
        .past_data = &fake,
        .reload = fake_reload,
        .find_past = fake_find_past,
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    server_close();
    cf_registry_destroy(fake.registry);
    return 0;
}

/* What `words` (",\"session\":\"12\"") get from `fd`, on which time passes, for the pace. */
static const char *ask(int fd, const char *verb, const char *words)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "{\"curfew\":1,\"id\":7,\"do\":\"%s\"%s}", verb, words);
    server_pass((struct cf_span){500000});
    return caller_ask(fd, line);
}

#define SESSION(id) ",\"session\":\"" id "\""
#define OK(result)  "\"ok\":true,\"result\":" result
#define GONE        "\"ok\":false,\"code\":\"gone\",\"error\":\"there is no such session, or"

static void test_own(void **state)
{
    (void)state;
    needs_root();
    int ana = caller_dial_as(ANA);
    assert_contains(ask(ana, "why", SESSION("12")), OK("{\"user\":\"secret of ana\"}"));
    assert_int_equal(fake.reads, 1); /* before it speaks */
    assert_contains(ask(ana, "why", SESSION("pts/3")), "secret of ana");
    assert_contains(ask(ana, "why", SESSION("ana")), "give the id of one: 12, 14, 15");
    assert_contains(ask(ana, "why", SESSION("bob")), GONE);
    assert_contains(ask(ana, "why", SESSION("pts/9")), "secret of ana"); /* bob's of that name is not hers */
    assert_contains(ask(ana, "why", SESSION("7")), OK("{\"ended\":\"secret of ana\"}"));
    assert_contains(
        ask(ana, "stay", SESSION("12") ",\"for\":\"30m\""),
        OK("[{\"session\":\"12\",\"gained\":true,\"counts\":true,\"counts_until\":null,\"policies\":[{\"policy\":\"idle\",\"granted\":60,"
           "\"until\":\"1970-01-01T00:01:"));
    assert_contains(ask(ana, "stay", SESSION("12") ",\"for\":\"30m\""),
                    "\"anew\":false,\"spent\":false,\"announced\":null}]}]");
    assert_asked("stay 12 1800;stay 12 1800;");
    assert_contains(ask(ana, "stay", SESSION(":0")), "\"ok\":true");
    assert_asked("stay 14 -1;");
    assert_contains(ask(ana, "stay", ""), "\"session\":\"15\"");
    assert_asked("stay 12 -1;stay 14 -1;stay 15 -1;");
    const char *list = ask(ana, "sessions", "");
    assert_contains(list, "\"id\":\"15\"");
    assert_null(strstr(list, "bob"));
    assert_null(strstr(list, "ghost"));
    close(ana);
}

static void test_administrators(void **state)
{
    (void)state;
    needs_root();
    int root = caller_dial();
    for (size_t i = 0; i < COUNT(people); i++) {
        char words[64], secret[64];
        (void)snprintf(words, sizeof words, ",\"session\":\"%s\"", people[i].id);
        (void)snprintf(secret, sizeof secret, "secret of %s\"", people[i].user);
        assert_contains(ask(root, "why", words), secret);
    }
    assert_contains(ask(root, "why", SESSION("pts/9")), "several sessions have this name");
    assert_contains(ask(root, "stay", SESSION("pts/9")), "several sessions have this name");
    assert_contains(ask(root, "why", SESSION("7")), "secret of ana");
    assert_contains(ask(root, "why", SESSION("8")), GONE);
    assert_contains(ask(root, "stay", SESSION("13")), "\"ok\":true");
    assert_asked("stay 13 -1;");
    assert_contains(ask(root, "stay", ""), "\"ok\":true"); /* its own only */
    assert_asked("stay 1 -1;");
    assert_contains(ask(root, "note", SESSION("13") ",\"what\":\"logoff\",\"text\":\"tsdiscon\""),
                    "\"ok\":true");
    assert_asked("note 13 logoff said by root: tsdiscon;");
    assert_contains(ask(root, "note", SESSION("13") ",\"what\":\"extend\""), "not for a command to note");
    assert_contains(ask(root, "sessions", ""), "ghost");
    assert_contains(ask(root, "status", ""), OK("\"secret of the engine\""));
    assert_contains(ask(root, "metrics", ""), OK("\"secret_of_the_engine 1\\n\""));
    assert_contains(ask(root, "pause", ""), OK("{\"policy\":null,\"until\":null}"));
    assert_contains(ask(root, "pause", ",\"policy\":\"idle\",\"for\":\"2h\""),
                    OK("{\"policy\":\"idle\",\"until\":\"1970-01-01T02:00:"));
    assert_contains(ask(root, "resume", ",\"policy\":\"idle\""), OK("{\"policy\":\"idle\"}"));
    assert_contains(ask(root, "resume", ""), OK("{\"policy\":null}"));
    assert_contains(ask(root, "reload", ""), "\"ok\":true}");
    assert_asked("pause all -1 said by root;pause idle 7200 said by root;resume idle said by root;"
                 "resume all said by root;reload;");
    close(root);
}

/* A reading takes its time; a session may go meanwhile, and so may the engine. */
static void test_readings(void **state)
{
    (void)state;
    needs_root();
    int ana = caller_dial_as(ANA), root = caller_dial();
    fake.read_code = CF_TIMEOUT;
    assert_contains(ask(ana, "why", SESSION("12")),
                    "\"user\":\"secret of ana\",\"idle\":null,\"unread\":true");
    assert_contains(ask(root, "why", SESSION("ghost")), "secret of ghost"); /* a user's name */
    fake.holds_readings = true;
    assert_string_equal(ask(ana, "why", SESSION("12")), "nothing");
    fake.holds_readings = false;
    struct cf_identity identity = cf_registry_get(fake.registry, fake.key)->identity;
    identity = (struct cf_identity){.host = "h", .id = "12", .birth = identity.birth};
    cf_registry_gone(fake.registry, &identity);
    fake.done(fake.data, CF_GONE);
    struct cf_buffer out = {0};
    assert_true(caller_receive(ana, &out) > 0);
    assert_contains(out.data, GONE);
    fake.holds_readings = true;
    assert_string_equal(ask(ana, "why", SESSION("14")), "nothing");
    cf_requests_finish(&fake.requests);
    fake.done(fake.data, CF_GONE);
    cf_buffer_clear(&out);
    assert_true(caller_receive(ana, &out) > 0);
    assert_contains(out.data, "this curfew ends");
    cf_buffer_finish(&out);
    close(root);
    close(ana);
}

/* `stay` goes by a fresh reading of each session, and says whether it counts, and until when. */
static void test_stays(void **state)
{
    (void)state;
    needs_root();
    int ana = caller_dial_as(ANA);
    fake.reads = 0;
    assert_contains(ask(ana, "stay", ""), "\"counts\":true,\"counts_until\":null");
    assert_int_equal(fake.reads, 3);
    assert_asked("stay 12 -1;stay 14 -1;stay 15 -1;");
    fake.vouched.us = cf_loop_now(server.loop).us + cf_minutes(60).us;
    assert_contains(ask(ana, "stay", SESSION("12")), "\"counts\":true,\"counts_until\":\"");
    fake.vouched.us = 1;
    assert_contains(ask(ana, "stay", SESSION("12")), "\"counts\":false,\"counts_until\":null");
    fake.vouched.us = 0;
    assert_asked("stay 12 -1;stay 12 -1;");
    fake.holds_readings = true;
    assert_string_equal(ask(ana, "stay", SESSION("14")), "nothing");
    assert_asked(""); /* not before it is read */
    cf_requests_finish(&fake.requests);
    fake.done(fake.data, CF_GONE);
    struct cf_buffer out = {0};
    assert_true(caller_receive(ana, &out) > 0);
    assert_contains(out.data, "this curfew ends");
    cf_buffer_finish(&out);
    close(ana);
}

static void test_refusals(void **state)
{
    (void)state;
    needs_root();
    int root = caller_dial(), ana = caller_dial_as(ANA), eve = caller_dial_as(EVE);
    assert_contains(ask(ana, "why", ""), "why wants a session");
    assert_contains(ask(ana, "stay", ",\"for\":\"30\""), "\"code\":\"usage\"");
    assert_contains(ask(ana, "stay", ",\"for\":\"-5m\""), "give a time above zero");
    assert_contains(ask(ana, "stay", ",\"for\":\"0s\""), "give a time above zero");
    assert_contains(ask(root, "pause", ",\"for\":\"soon\""), "\"code\":\"usage\"");
    assert_contains(ask(eve, "stay", ""), GONE);
    assert_contains(ask(eve, "sessions", ""), OK("[]"));
    assert_asked("");
    fake.code = CF_REFUSED;
    assert_contains(ask(ana, "stay", SESSION("12")),
                    "\"code\":\"refused\",\"error\":\"it does not want to\"");
    assert_contains(ask(ana, "stay", ""), "\"code\":\"refused\"");
    assert_contains(ask(root, "pause", ""), "\"code\":\"refused\"");
    assert_contains(ask(root, "resume", ""), "\"code\":\"refused\"");
    assert_contains(ask(root, "reload", ""), "\"code\":\"refused\"");
    fake.requests.reload = NULL;
    fake.requests.find_past = NULL;
    assert_contains(ask(root, "reload", ""), "\"code\":\"unsupported\"");
    assert_contains(ask(root, "why", SESSION("7")), GONE);
    close(root);
    close(ana);
    close(eve);
}

/* What a message to bob's session gets, once it is known what came of it. */
static const char *tell(int fd, const char *words, int code, bool delivered)
{
    static char text[512];
    struct cf_buffer out = {0};
    const struct cf_completion completion = {
        .code = code, .message = code ? "it does not want to" : NULL, .delivered = delivered};
    (void)snprintf(text, sizeof text, SESSION("13") ",\"text\":\"hello\"%s", words);
    assert_string_equal(ask(fd, "tell", text), "nothing");
    fake.told(fake.data, &completion);
    assert_true(caller_receive(fd, &out) > 0);
    (void)snprintf(text, sizeof text, "%s", out.data);
    cf_buffer_finish(&out);
    return text;
}

/* A message of an administrator's is journalled once it was shown, and only then. */
static void test_tell(void **state)
{
    (void)state;
    needs_root();
    int root = caller_dial_as(0), ana = caller_dial_as(ANA);
    assert_contains(tell(root, ",\"title\":\"root\",\"for\":\"30s\"", CF_OK, true), "\"ok\":true");
    assert_asked("tell 13 root: hello 30;note 13 tell said by root: hello;");
    assert_contains(tell(root, "", CF_OK, false), "it has no terminal or desktop");
    assert_contains(tell(root, "", CF_TIMEOUT, false), "it does not want to");
    assert_asked("tell 13 -: hello -1;tell 13 -: hello -1;");
    assert_contains(ask(root, "tell", SESSION("13")), "tell wants a text");
    assert_contains(ask(root, "tell", SESSION("99") ",\"text\":\"hello\""), GONE);
    assert_contains(ask(ana, "tell", SESSION("12") ",\"text\":\"hello\""), "denied");
    assert_asked("");

    /* The engine ends before it is known. */
    struct cf_buffer out = {0};
    assert_string_equal(ask(root, "tell", SESSION("13") ",\"text\":\"hello\""), "nothing");
    cf_requests_finish(&fake.requests);
    assert_asked("tell 13 -: hello -1;forget;");
    assert_true(caller_receive(root, &out) > 0);
    assert_contains(out.data, "this curfew ends");
    cf_buffer_finish(&out);
    close(ana);
    close(root);
}

/* Whoever asks for whatever: what is not theirs is answered, to the byte, as what has never been. */
static void test_nobody_learns(void **state)
{
    (void)state;
    needs_root();
    static const uid_t users[] = {ANA, BOB, EVE, 65534};
    static const char *const verbs[] = {"why",     "stay",  "note",   "tell",  "status",
                                        "metrics", "pause", "resume", "reload"};
    for (size_t u = 0; u < COUNT(users); u++) {
        int fd = caller_dial_as(users[u]);
        for (size_t v = 0; v < COUNT(verbs); v++) {
            char nothing[4096], words[64];
            (void)snprintf(nothing, sizeof nothing, "%s", ask(fd, verbs[v], SESSION("999")));
            for (size_t i = 0; i < COUNT(people); i++) {
                bool own = people[i].uid == users[u],
                     named = people[i].name && strcmp(people[i].name, "pts/9");
                if (own)
                    continue;
                (void)snprintf(words, sizeof words, ",\"session\":\"%s\"", people[i].id);
                if (users[u] != BOB || strcmp(people[i].id, "pts/4") != 0)
                    assert_string_equal(ask(fd, verbs[v], words), nothing);
                (void)snprintf(words, sizeof words, ",\"session\":\"%s\"",
                               people[i].name ? people[i].name : "");
                if (named)
                    assert_string_equal(ask(fd, verbs[v], words), nothing);
            }
            if (users[u] != ANA)
                assert_string_equal(ask(fd, verbs[v], SESSION("7")), nothing);
        }
        close(fd);
    }
    assert_asked("");
}

/* Worlds by chance, with what is not ana's marked: nothing of that comes to her, and all to root. */
static json_t *random_value(uint64_t *seed, bool secret)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%s %d", secret ? "MARK" : "own", (int)pick(seed, 1000));
    return json_string(text);
}

static uint64_t world;

static json_t *marked_entries(uint64_t *seed)
{
    json_t *list = json_array();
    for (int64_t count = 1 + pick(seed, 6); count > 0; count--) {
        enum cf_what what = (enum cf_what)pick(seed, CF_WHAT_COUNT);
        bool other = what == CF_WHAT_VETOED || what == CF_WHAT_REFUSED || what == CF_WHAT_FAILED ||
                     what == CF_WHAT_HELD;
        (void)json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s}", "what", cf_what_name(what),
                                                    "reason", random_value(seed, other), "secret",
                                                    random_value(seed, true), "policy", "idle"));
    }
    return list;
}

static json_t *marked_explain(const struct cf_engine *engine, cf_session_key key)
{
    (void)engine, (void)key;
    uint64_t seed = world;
    json_t *policies = json_array();
    for (int64_t count = 1 + pick(&seed, 4); count > 0; count--) {
        json_t *tests = json_array();
        for (int64_t i = pick(&seed, 4); i > 0; i--)
            (void)json_array_append_new(
                tests, json_pack("{s:s, s:b}", "text",
                                 pick(&seed, 2) ? "session MARK's idle (MARK minutes) >= 25 minutes"
                                                : "idle (3 minutes) >= 25 minutes",
                                 "holds", 0));
        (void)json_array_append_new(policies,
                                    json_pack("{s:s, s:s, s:o, s:o, s:o}", "policy", "idle", "file",
                                              "/etc/MARK/idle.lua", "spared", random_value(&seed, true),
                                              "tests", tests, "new", random_value(&seed, true)));
    }
    return json_pack("{s:s, s:o, s:o}", "user", "ana", "new", random_value(&seed, true), "policies",
                     policies);
}

static void marked_past(void *data, const struct cf_past *past, json_t *told, struct cf_control_call *call)
{
    (void)data, (void)past;
    uint64_t seed = world;
    cf_why_past(call, told, json_pack("{s:s, s:o}", "session", "7", "entries", marked_entries(&seed)));
}

static void test_no_marker(void **state)
{
    (void)state;
    needs_root();
    fake.requests.explain_session = marked_explain;
    int ana = caller_dial_as(ANA), root = caller_dial();
    for (world = 1; world <= 200; world++) {
        fake.requests.find_past = world % 5 ? marked_past : NULL;
        fake.read_code = world % 7 ? CF_OK : CF_TIMEOUT;
        const char *told = ask(ana, "why", SESSION("12"));
        assert_contains(told, "\"ok\":true");
        if (strstr(told, "MARK"))
            fail_msg("world %llu: %s", (unsigned long long)world, told);
        if (fake.requests.find_past)
            assert_null(strstr(ask(ana, "why", SESSION("7")), "MARK"));
        assert_contains(ask(root, "why", SESSION("12")), "MARK");
    }
    close(root);
    close(ana);
}

/* A user's words are not in the journal, whatever they are. */
static void test_note_of_user(void **state)
{
    (void)state;
    needs_root();
    int ana = caller_dial_as(ANA);
    assert_contains(ask(ana, "note", SESSION("12") ",\"what\":\"failed\",\"text\":\"forged\""),
                    "\"ok\":true");
    assert_asked("note 12 failed (user);");
    close(ana);
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_own),   test(test_administrators), test(test_readings),
        test(test_stays), test(test_refusals),       test(test_nobody_learns),
        test(test_tell),  test(test_no_marker),      test(test_note_of_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
