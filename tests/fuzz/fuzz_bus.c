/*
 * The back end `logind` at a bus that says anything: we are the other end, and whoever is asked, and answer,
 * refuse, lie, or tell unasked, as the input says. No session is ended but the one that was asked for and is
 * still that one; requests are completed once; the sink hears of listings in turn, and of one life of a
 * session at a time.
 */
#include "fuzz.h"
#include "logind/logind.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LOGIN1       "org.freedesktop.login1"
#define OWNER        ":1.1"

enum { OPERATIONS = 120, SESSIONS = 4, REQUESTS = 64 };

struct input {
    const uint8_t *at, *end;
};

struct request {
    int64_t birth;
    size_t session;
    enum cf_action_kind action;
    bool pending;
    bool confirmed; /* the bus has told since that the session is this one */
};

static struct world {
    struct input input;
    struct cf_loop *loop;
    struct cf_backend *backend;
    sd_bus *bus; /* our end; NULL: none has come */
    bool listing, torn;
    int64_t births[SESSIONS]; /* as the sink knows them */
    bool seen[SESSIONS];      /* in this listing */
    struct request requests[REQUESTS];
    size_t count, pending;
} world;

static const char *const ids[SESSIONS] = {"1", "c2", "_3", "a b"};

static unsigned next(void)
{
    return world.input.at < world.input.end ? *world.input.at++ : 0;
}

static size_t session_of(const char *id)
{
    for (size_t i = 0; i < SESSIONS; i++)
        if (strcmp(ids[i], id) == 0)
            return i;
    return SESSIONS;
}

/* ---- What the bus says ---- */

/* Text as the input has it, made UTF-8, for a bus carries no other. */
static const char *word(void)
{
    static char text[16];
    size_t length = next() % sizeof text;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)(next() % 127);
    text[length] = '\0';
    return text;
}

static void add_variant(sd_bus_message *message, const char *name, const char *signature, int64_t number)
{
    switch (signature[0]) {
    case 's': (void)sd_bus_message_append(message, "{sv}", name, "s", word()); break;
    case 'b': (void)sd_bus_message_append(message, "{sv}", name, "b", (int)(number & 1)); break;
    case 'u': (void)sd_bus_message_append(message, "{sv}", name, "u", (uint32_t)number); break;
    case 't': (void)sd_bus_message_append(message, "{sv}", name, "t", (uint64_t)number); break;
    case 'a': (void)sd_bus_message_append(message, "{sv}", name, "as", 2, "x", "y"); break;
    default:
        if (signature[1] == 'u')
            (void)sd_bus_message_append(message, "{sv}", name, "(uo)", (uint32_t)number, "/o");
        else
            (void)sd_bus_message_append(message, "{sv}", name, "(so)", word(), "/o");
    }
}

/* a{sv}: properties of a session, of the types they have or of others, none, some or all, perhaps twice.
 * Returns when it says the session began; 0: it does not. */
static int64_t add_properties(sd_bus_message *message, size_t session)
{
    static const char *const names[][2] = {
        {"Id", "s"},       {"Name", "s"},    {"User", "(uo)"},  {"Timestamp", "t"},     {"Seat", "(so)"},
        {"TTY", "s"},      {"Display", "s"}, {"Remote", "b"},   {"RemoteHost", "s"},    {"Service", "s"},
        {"Desktop", "s"},  {"Leader", "u"},  {"Type", "s"},     {"Class", "s"},         {"Active", "b"},
        {"State", "s"},    {"Scope", "s"},   {"IdleHint", "b"}, {"IdleSinceHint", "t"}, {"LockedHint", "b"},
        {"Unknown", "as"},
    };
    static const char *const signatures[] = {"s", "b", "u", "t", "as", "(uo)", "(so)"};
    (void)sd_bus_message_open_container(message, 'a', "{sv}");
    /* By the first one in 32, it is not told when the session began. */
    int64_t birth = next() % 32 ? (int64_t)(session + 1) * 1000 + next() % 2 : 0;
    if (birth)
        (void)sd_bus_message_append(message, "{sv}", "TimestampMonotonic", "t", (uint64_t)birth);
    for (unsigned count = next() % 24; count > 0; count--) {
        unsigned which = next(), how = next();
        const char *const *name = names[which % COUNT(names)];
        add_variant(message, name[0], how < 224 ? name[1] : signatures[how % COUNT(signatures)],
                    how % 3 ? (int64_t)next() : -(int64_t)next());
    }
    (void)sd_bus_message_close_container(message);
    return birth;
}

static void add_listing(sd_bus_message *message)
{
    (void)sd_bus_message_open_container(message, 'a', "(susso)");
    for (unsigned count = next() % 6; count > 0; count--) {
        unsigned which = next();
        (void)sd_bus_message_append(message, "(susso)", ids[which % SESSIONS], (uint32_t)which, word(), "",
                                    "/o");
    }
    (void)sd_bus_message_close_container(message);
}

/* Something of another type than whoever asked wants. */
static void add_anything(sd_bus_message *message)
{
    switch (next() % 6) {
    case 0: break;
    case 1: (void)sd_bus_message_append(message, "u", next()); break;
    case 2: (void)sd_bus_message_append(message, "a{sv}", 1, "Id", "u", next()); break;
    case 3: (void)sd_bus_message_append(message, "a(susso)", 1, "1", next(), "", "", "/o"); break;
    case 4: (void)sd_bus_message_append(message, "s", word()); break;
    default: (void)sd_bus_message_append(message, "a{ss}", 1, "Id", "x");
    }
}

static void send_off(sd_bus_message *message, const char *sender)
{
    (void)sd_bus_message_set_sender(message, sender);
    (void)sd_bus_send(world.bus, message, NULL);
    sd_bus_message_unref(message);
}

static void refuse(sd_bus_message *call)
{
    static const char *const names[] = {"org.freedesktop.login1.NoSuchSession", SD_BUS_ERROR_ACCESS_DENIED,
                                        SD_BUS_ERROR_NO_REPLY, "com.example.Failed"};
    sd_bus_message *reply = NULL;
    const sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(names[next() % COUNT(names)], "it does not want to");
    if (sd_bus_message_new_method_error(call, &reply, &error) >= 0)
        send_off(reply, OWNER);
}

static void confirm(size_t session, int64_t birth)
{
    for (size_t i = 0; i < world.count; i++)
        if (world.requests[i].session == session && world.requests[i].birth == birth)
            world.requests[i].confirmed = birth != 0;
}

/* What is ended is what was asked for, and has since been seen to be that very one. */
static void check_act(const char *id, bool kill)
{
    bool asked = false;
    for (size_t i = 0; i < world.count; i++) {
        const struct request *request = &world.requests[i];
        bool acts = kill ? request->action == CF_ACTION_LOGOFF_FORCED
                         : request->action != CF_ACTION_REFRESH && request->action != CF_ACTION_LIST;
        asked |= request->pending && request->confirmed && acts && request->session == session_of(id);
    }
    fuzz_check(asked);
}

static void answer(sd_bus_message *call)
{
    const char *member = sd_bus_message_get_member(call), *id = NULL, *sender = OWNER;
    sd_bus_message *reply = NULL;
    bool act = strcmp(member, "TerminateSession") == 0 || strcmp(member, "LockSession") == 0 ||
               strcmp(member, "KillSession") == 0;
    if (act && sd_bus_message_read(call, "s", &id) >= 0)
        check_act(id, strcmp(member, "KillSession") == 0);
    bool hello = strcmp(member, "Hello") == 0, match = strcmp(member, "AddMatch") == 0;
    unsigned how = hello || match ? 255 : next();
    if (how < 16) {
        refuse(call);
        return;
    }
    if (how < 24 || sd_bus_message_new_method_return(call, &reply) < 0)
        return; /* no answer at all */
    if (hello)
        (void)sd_bus_message_append(reply, "s", ":1.7");
    else if (how < 32)
        add_anything(reply);
    else if (strcmp(member, "GetNameOwner") == 0)
        (void)sd_bus_message_append(reply, "s", OWNER);
    else if (strcmp(member, "ListSessions") == 0)
        add_listing(reply);
    else if (strcmp(member, "GetAll") == 0) {
        char *name = NULL;
        (void)sd_bus_path_decode(sd_bus_message_get_path(call), "/org/freedesktop/login1/session", &name);
        size_t session = name ? session_of(name) : SESSIONS;
        fuzz_check(session < SESSIONS);
        confirm(session, add_properties(reply, session));
        free(name);
    }
    if (hello || match || strcmp(member, "GetNameOwner") == 0)
        sender = "org.freedesktop.DBus";
    send_off(reply, sender);
}

static void tell(void)
{
    static const char *const members[] = {"SessionNew", "SessionRemoved", "PrepareForSleep"};
    sd_bus_message *signal = NULL;
    unsigned what = next(), session = next() % SESSIONS;
    const char *sender = what < 240 ? OWNER : ":1.66"; /* who is nobody to listen to */
    char *path = NULL;
    (void)sd_bus_path_encode("/org/freedesktop/login1/session", ids[session], &path);
    int code = 0;
    switch (what % 5) {
    case 0:
    case 1:
        code = sd_bus_message_new_signal(world.bus, &signal, "/org/freedesktop/login1", LOGIN1 ".Manager",
                                         members[what % 5]);
        (void)sd_bus_message_append(signal, "so", ids[session], path);
        break;
    case 2:
        code = sd_bus_message_new_signal(world.bus, &signal, "/org/freedesktop/login1", LOGIN1 ".Manager",
                                         members[2]);
        (void)sd_bus_message_append(signal, "b", (int)(next() & 1));
        break;
    case 3:
        code = sd_bus_message_new_signal(world.bus, &signal, path, "org.freedesktop.DBus.Properties",
                                         "PropertiesChanged");
        (void)sd_bus_message_append(signal, "s", LOGIN1 ".Session");
        (void)add_properties(signal, session);
        (void)sd_bus_message_append(signal, "as", next() % 3, "State", "Active");
        break;
    default:
        sender = what < 240 ? "org.freedesktop.DBus" : sender;
        code = sd_bus_message_new_signal(world.bus, &signal, "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                         "NameOwnerChanged");
        (void)sd_bus_message_append(signal, "sss", LOGIN1, OWNER, next() % 2 ? OWNER : "");
    }
    free(path);
    if (code >= 0)
        send_off(signal, sender);
}

/* ---- The sink ---- */

static void on_listing(void *data, bool done)
{
    (void)data;
    fuzz_check(world.listing == done || !done); /* an end has a beginning; one that broke off has none */
    world.listing = !done;
    for (size_t i = 0; i < SESSIONS; i++) {
        if (done && !world.seen[i])
            world.births[i] = 0;
        world.seen[i] = false;
    }
}

static void on_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    (void)data, (void)fields;
    size_t which = session_of(session->identity.id);
    fuzz_check(which < SESSIONS && session->identity.birth >= 0);
    world.seen[which] = true;
    if (!session->identity.birth)
        return;
    fuzz_check(!world.births[which] || world.births[which] == session->identity.birth);
    world.births[which] = session->identity.birth;
}

static void on_gone(void *data, const struct cf_identity *identity)
{
    (void)data;
    size_t which = session_of(identity->id);
    fuzz_check(which < SESSIONS);
    world.births[which] = 0;
}

static void on_answered(void *data, uint64_t notice, bool yes)
{
    (void)data, (void)notice, (void)yes;
    fuzz_check(false); /* it has no way to ask */
}

static void on_reachable(void *data, const struct cf_error *err)
{
    (void)data;
    fuzz_check(!err || (err->code < 0 && err->text[0]));
}

static void on_completed(void *data, const struct cf_completion *completion)
{
    (void)data;
    fuzz_check(completion->id < world.count && world.requests[completion->id].pending);
    fuzz_check(completion->code == CF_OK || (completion->code < 0 && completion->message));
    world.requests[completion->id].pending = false;
    world.pending--;
}

/* ---- Both ends ---- */

static int listener(char out[64])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t size = sizeof address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    fuzz_check(bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)) == 0 && listen(fd, 4) == 0);
    fuzz_check(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    (void)snprintf(out, 64, "unix:abstract=%.*s", (int)(size - sizeof(sa_family_t) - 1),
                   address.sun_path + 1);
    return fd;
}

static void accept_bus(int fd)
{
    sd_id128_t id = {0};
    int line = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (line < 0)
        return;
    sd_bus_close_unref(world.bus);
    fuzz_check(sd_bus_new(&world.bus) >= 0 && sd_bus_set_fd(world.bus, line, line) >= 0);
    fuzz_check(sd_bus_set_server(world.bus, 1, id) >= 0 && sd_bus_start(world.bus) >= 0);
}

static void process(void)
{
    sd_bus_message *message = NULL;
    while (world.bus && !world.torn && sd_bus_process(world.bus, &message) > 0) {
        if (message && sd_bus_message_is_method_call(message, NULL, NULL))
            answer(message);
        message = sd_bus_message_unref(message);
    }
}

static void turn(void)
{
    for (int i = 0; i < 3; i++) {
        (void)uv_run(cf_loop_uv(world.loop), UV_RUN_NOWAIT);
        process();
    }
}

static void submit(void)
{
    static const enum cf_action_kind actions[] = {CF_ACTION_LOGOFF, CF_ACTION_LOGOFF_FORCED, CF_ACTION_LOCK,
                                                  CF_ACTION_REFRESH, CF_ACTION_LIST};
    unsigned what = next(), which = next() % SESSIONS;
    if (world.count == REQUESTS)
        return;
    struct request *request = &world.requests[world.count];
    *request = (struct request){.action = actions[what % COUNT(actions)],
                                .session = which,
                                .birth = what < 128 ? world.births[which] : (int64_t)next() * 10,
                                .pending = true};
    world.pending++;
    const struct cf_request asked = {
        .id = world.count++,
        .action = request->action,
        .deadline = cf_mono_add(cf_loop_now(world.loop), CF_MINUTE),
        .session = {.host = cf_backend_ops_of(world.backend)->host(world.backend),
                    .id = ids[which],
                    .birth = request->birth},
        .fields = CF_FIELD_BIT(CF_FIELD_LOCKED),
        .quiet_since = CF_MONO_UNKNOWN,
    };
    struct cf_request whole = asked;
    unsigned a, b, c;
    FILE *boot = fopen("/proc/sys/kernel/random/boot_id", "re");
    fuzz_check(boot && fscanf(boot, "%8x-%4x-%4x", &a, &b, &c) == 3);
    (void)fclose(boot);
    whole.session.boot = (uint64_t)a << 32 | (uint64_t)b << 16 | c;
    cf_backend_ops_of(world.backend)->submit(world.backend, &whole);
}

static void operate(void)
{
    switch (next() % 8) {
    case 0:
    case 1: tell(); break;
    case 2:
    case 3: submit(); break;
    case 4: process(); break;
    case 5: (void)uv_run(cf_loop_uv(world.loop), UV_RUN_NOWAIT); break;
    default: turn();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cf_backend_sink sink = {.listing = on_listing,
                                                .seen = on_seen,
                                                .gone = on_gone,
                                                .answered = on_answered,
                                                .reachable = on_reachable,
                                                .completed = on_completed};
    struct cf_error err;
    char address[64];
    int fd = listener(address);
    const struct cf_logind_setup setup = {.address = address};
    world = (struct world){.input = {data, data + size}};
    fuzz_check(cf_loop_create(&world.loop, &err) == CF_OK);
    fuzz_check(cf_logind_ops.open(world.loop, &sink, &setup, &world.backend, &err) == CF_OK);
    accept_bus(fd);
    turn();
    for (int i = 0; i < OPERATIONS && world.input.at < world.input.end; i++)
        operate();
    for (int i = 0; i < 4; i++)
        turn();
    cf_logind_ops.close(world.backend);
    world.torn = true;
    sd_bus_close_unref(world.bus);
    (void)close(fd);
    cf_loop_destroy(world.loop);
    return 0;
}
