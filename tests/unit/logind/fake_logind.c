#include "fake_logind.h"

struct fake fake;

/* ---- What it says ---- */

struct fake_session *fake_session(const char *id)
{
    for (size_t i = 0; i < fake.count; i++)
        if (strcmp(fake.sessions[i].id, id) == 0)
            return &fake.sessions[i];
    return NULL;
}

static void fake_list(sd_bus_message *reply, bool fuller)
{
    (void)sd_bus_message_open_container(reply, 'a', fuller ? "(sussussbto)" : "(susso)");
    for (size_t i = 0; i < fake.count; i++) {
        const struct fake_session *session = &fake.sessions[i];
        if (fuller)
            (void)sd_bus_message_append(reply, "(sussussbto)", session->id, session->uid, session->user, "",
                                        session->leader, session->class_, session->tty ? session->tty : "", 0,
                                        UINT64_C(0), "/o");
        else
            (void)sd_bus_message_append(reply, "(susso)", session->id, session->uid, session->user, "", "/o");
    }
    (void)sd_bus_message_close_container(reply);
}

/* Each once. */
static void fake_list_users(sd_bus_message *reply)
{
    (void)sd_bus_message_open_container(reply, 'a', "(uso)");
    for (size_t i = 0; i < fake.count; i++) {
        size_t first = 0;
        while (strcmp(fake.sessions[first].user, fake.sessions[i].user) != 0)
            first++;
        if (first == i)
            (void)sd_bus_message_append(reply, "(uso)", fake.sessions[i].uid, fake.sessions[i].user, "/o");
    }
    (void)sd_bus_message_close_container(reply);
}

static void fake_describe(sd_bus_message *reply, struct fake_session *session)
{
    session->reads++;
    (void)sd_bus_message_open_container(reply, 'a', "{sv}");
    const struct {
        const char *name, *text;
    } texts[] = {{"Id", session->id},        {"Name", session->user},       {"Class", session->class_},
                 {"Type", session->type},    {"TTY", session->tty},         {"State", session->state},
                 {"Scope", "session.scope"}, {"Service", session->service}, {"Display", session->display}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        (void)sd_bus_message_append(reply, "{sv}", texts[i].name, "s", texts[i].text ? texts[i].text : "");
    (void)sd_bus_message_append(reply, "{sv}", "User", "(uo)", session->uid, "/o");
    (void)sd_bus_message_append(reply, "{sv}", "Leader", "u", session->leader);
    struct timespec wall;
    (void)clock_gettime(CLOCK_REALTIME, &wall);
    uint64_t age = uv_hrtime() / 1000 - session->born,
             now = (uint64_t)wall.tv_sec * 1000000 + (uint64_t)wall.tv_nsec / 1000;
    (void)sd_bus_message_append(reply, "{sv}", "TimestampMonotonic", "t", session->born);
    (void)sd_bus_message_append(reply, "{sv}", "Timestamp", "t", now - age);
    (void)sd_bus_message_append(reply, "{sv}", "Active", "b", 1);
    if (session->pidfd)
        (void)sd_bus_message_append(reply, "{sv}", "LeaderPIDFDId", "t", session->pidfd);
    if (session->cannot)
        (void)sd_bus_message_append(reply, "{sv}", session->cannot, "b", 0);
    (void)sd_bus_message_close_container(reply);
}

/* The error that it answers with; NULL: none. */
static const char *fake_refusal(const char *member)
{
    if (strcmp(member, "ListSessionsEx") == 0 && !fake.fuller)
        return fake.refusal ? fake.refusal : SD_BUS_ERROR_UNKNOWN_METHOD;
    return NULL;
}

static struct fake_session *fake_session_meant(sd_bus_message *call)
{
    char *id = NULL;
    (void)sd_bus_path_decode(sd_bus_message_get_path(call), FAKE_SESSIONS, &id);
    struct fake_session *session = id ? fake_session(id) : NULL;
    free(id);
    return session;
}

static bool fake_say(sd_bus_message *call, const char *member, sd_bus_message *reply)
{
    if (strcmp(member, "ListSessionsEx") == 0 || strcmp(member, "ListSessions") == 0) {
        fake.listings++;
        fake_list(reply, strcmp(member, "ListSessionsEx") == 0);
    } else if (strcmp(member, "ListUsers") == 0) {
        fake_list_users(reply);
    } else if (strcmp(member, "ListInhibitors") == 0) {
        (void)sd_bus_message_append(reply, "a(ssssuu)", 1, "idle", "mpv", "a film", "block", UINT32_C(1001),
                                    UINT32_C(1));
    } else if (strcmp(member, "LockSession") == 0) {
        fake.locks++;
    } else if (strcmp(member, "GetAll") == 0) {
        if (!fake_session_meant(call))
            return false;
        fake_describe(reply, fake_session_meant(call));
    }
    return true;
}

static void fake_answer(sd_bus_message *call)
{
    const char *member = sd_bus_message_get_member(call), *refusal = fake_refusal(member);
    bool of_bus = strcmp(sd_bus_message_get_destination(call), "org.freedesktop.DBus") == 0;
    sd_bus_message *reply = NULL;
    if (fake.slow && strcmp(member, "GetAll") == 0 && fake_session_meant(call) == fake_session(fake.slow)) {
        fake.held = sd_bus_message_ref(call);
        return;
    }
    fake.calls += !of_bus;
    fake.bus_calls += of_bus;
    if (!refusal) {
        (void)sd_bus_message_new_method_return(call, &reply);
        if (strcmp(member, "Hello") == 0)
            (void)sd_bus_message_append(reply, "s", ":1.7");
        else if (strcmp(member, "GetNameOwner") == 0)
            (void)sd_bus_message_append(reply, "s", FAKE_OWNER);
        else if (!of_bus && !fake_say(call, member, reply))
            refusal = SD_BUS_ERROR_UNKNOWN_OBJECT;
    }
    if (refusal) {
        sd_bus_message_unref(reply);
        const sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(refusal, "what?");
        (void)sd_bus_message_new_method_error(call, &reply, &error);
    }
    (void)sd_bus_message_set_sender(reply, of_bus ? "org.freedesktop.DBus" : FAKE_OWNER);
    (void)sd_bus_send(fake.bus, reply, NULL);
    sd_bus_message_unref(reply);
}

void fake_release(void)
{
    fake.slow = NULL;
    fake_answer(fake.held);
    fake.held = sd_bus_message_unref(fake.held);
}

void fake_turn_once(void)
{
    sd_bus_message *message = NULL;
    (void)uv_run(cf_loop_uv(fake.loop), UV_RUN_NOWAIT);
    while (sd_bus_process(fake.bus, &message) > 0) {
        if (message && sd_bus_message_is_method_call(message, NULL, NULL))
            fake_answer(message);
        message = sd_bus_message_unref(message);
    }
}

void fake_turn(const bool *over)
{
    for (unsigned i = 0; !*over; i++) {
        assert_true(i < 10000000);
        fake_turn_once();
    }
}

/* ---- What it is told ---- */

static void fake_on_listing(void *data, bool done)
{
    (void)data;
    fake.listed = done;
    fake.seen = done ? fake.seen : 0;
}

static void fake_on_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    (void)data, (void)fields;
    fake.seen++;
    fake.told = true;
    fake.birth = session->identity.birth;
    fake.disconnected = session->disconnected;
    fake.disconnected_since = session->disconnected_since;
}

static void fake_on_gone(void *data, const struct cf_identity *identity)
{
    (void)data, (void)identity;
}

static void fake_on_answered(void *data, uint64_t notice, bool yes)
{
    (void)data, (void)notice, (void)yes;
}

static void fake_on_reachable(void *data, const struct cf_error *err)
{
    (void)data;
    assert_null(err);
}

static void fake_on_completed(void *data, const struct cf_completion *completion)
{
    (void)data;
    fake.completed = true;
    fake.completion = *completion;
    fake.inhibited = completion->session ? completion->session->inhibited : CF_TRI_UNKNOWN;
    const char *name = completion->session ? completion->session->name : NULL;
    (void)snprintf(fake.name, sizeof fake.name, "%s", name ? name : "");
    (void)snprintf(fake.message, sizeof fake.message, "%s", completion->message ? completion->message : "");
}

/* ---- One after the other ---- */

void fake_connect(struct cf_logind_setup setup)
{
    static const struct cf_backend_sink sink = {.listing = fake_on_listing,
                                                .seen = fake_on_seen,
                                                .gone = fake_on_gone,
                                                .answered = fake_on_answered,
                                                .reachable = fake_on_reachable,
                                                .completed = fake_on_completed};
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    socklen_t size = sizeof place;
    char address[128];
    struct cf_error err;
    fake.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fake.listener, (struct sockaddr *)&place, sizeof(sa_family_t)), 0);
    assert_int_equal(listen(fake.listener, 1), 0);
    assert_int_equal(getsockname(fake.listener, (struct sockaddr *)&place, &size), 0);
    (void)snprintf(address, sizeof address, "unix:abstract=%.*s", (int)(size - sizeof(sa_family_t) - 1),
                   place.sun_path + 1);
    setup.address = address;
    assert_int_equal(cf_loop_create(&fake.loop, &err), CF_OK);
    assert_int_equal(cf_logind_ops.open(fake.loop, &sink, &setup, &fake.backend, &err), CF_OK);
    int line = accept4(fake.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    assert_true(line >= 0);
    assert_true(sd_bus_new(&fake.bus) >= 0 && sd_bus_set_fd(fake.bus, line, line) >= 0);
    assert_true(sd_bus_set_server(fake.bus, 1, (sd_id128_t){0}) >= 0 && sd_bus_start(fake.bus) >= 0);
}

void fake_open(struct cf_logind_setup setup)
{
    fake_connect(setup);
    fake_turn(&fake.listed);
}

static uint64_t fake_boot(void)
{
    unsigned a, b, c;
    FILE *boot = fopen("/proc/sys/kernel/random/boot_id", "re");
    assert_int_equal(fscanf(boot, "%8x-%4x-%4x", &a, &b, &c), 3);
    (void)fclose(boot);
    return (uint64_t)a << 32 | (uint64_t)b << 16 | c;
}

static struct cf_request fake_request(enum cf_action_kind action, const char *id, int64_t birth)
{
    return (struct cf_request){
        .id = 1,
        .action = action,
        .deadline = cf_mono_add(cf_loop_now(fake.loop), CF_MINUTE),
        .session = {.host = cf_logind_ops.host(fake.backend), .id = id, .boot = fake_boot(), .birth = birth},
        .quiet_since = CF_MONO_UNKNOWN};
}

void fake_submit(enum cf_action_kind action, const char *id, int64_t birth, uint64_t fields,
                 struct cf_mono as_of)
{
    struct cf_request request = fake_request(action, id, birth);
    request.fields = fields;
    request.as_of = as_of;
    fake.completed = false;
    cf_logind_ops.submit(fake.backend, &request);
}

void fake_warn(const char *id, int64_t birth, const char *text)
{
    struct cf_request request = fake_request(CF_ACTION_WARN, id, birth);
    request.text = text;
    fake.completed = false;
    cf_logind_ops.submit(fake.backend, &request);
    fake_turn(&fake.completed);
}

void fake_refuse_logons(const char *text)
{
    struct cf_request request = fake_request(CF_ACTION_REFUSE_LOGONS, NULL, 0);
    request.text = text;
    request.on = true;
    fake.completed = false;
    cf_logind_ops.submit(fake.backend, &request);
}

void fake_ask(enum cf_action_kind action, const char *id, int64_t birth, uint64_t fields,
              struct cf_mono as_of)
{
    fake_submit(action, id, birth, fields, as_of);
    fake_turn(&fake.completed);
}

void fake_close(void)
{
    cf_logind_ops.close(fake.backend);
    sd_bus_close_unref(fake.bus);
    (void)close(fake.listener);
    cf_loop_run(fake.loop);
    cf_loop_destroy(fake.loop);
    fake = (struct fake){0};
}
