/*
 * The control server as a state machine: clients of several users come, send requests, parts of them, floods
 * and rubbish, read or do not, and go, while time passes and whoever answers takes their time. Each request
 * is answered once and in order, connections end for a known reason only, nobody sees what is another's, the
 * pace holds, and nothing is left in the end.
 *
 * The endpoint is one of our own, whose callers are whoever the input says. Time stands still but when the
 * input moves it.
 */
#include "control/account.h"
#include "control/requests.h"
#include "control/why.h"
#include "fuzz.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { CLIENTS = 24, OPERATIONS = 300, LENT = 100000, BIG = 16 * 1024, COSTLIEST = 5 };

/* Root, an administrator, two users, and two uids that are lent to a third. */
static const struct cf_peer peers[] = {{.uid = 0, .administrator = true},
                                       {.uid = 900, .administrator = true},
                                       {.uid = 1000},
                                       {.uid = 1001},
                                       {.uid = LENT},
                                       {.uid = LENT + 1}};

struct expected {
    json_int_t id;
    unsigned cost;
};

struct client {
    int fd; /* -1: none */
    unsigned serial;
    const struct cf_peer *peer;
    struct cf_buffer line, got; /* what was sent, and received, since the last line feed */
    struct expected *expected;  /* of the lines sent, an answer each */
    size_t asked, answered;
    bool shut;            /* we send nothing more */
    bool overlong;        /* a line was too long */
    bool parted;          /* the server has said goodbye */
    int64_t dialled, dry; /* when; when it last had read whole answers, and all of them */
};

/* What waits for an answer: a request, a reading of its session, or a look into the journal. */
struct waiting {
    struct cf_control_call *call;
    void (*done)(void *data, int code);
    void *data;
    json_t *told;
    bool looks_back;
    int64_t uid;
};

static struct world {
    struct cf_loop *loop;
    struct cf_control *control;
    struct cf_registry *registry;
    struct cf_requests requests;
    struct sockaddr_un address;
    socklen_t address_length;
    struct client clients[CLIENTS];
    unsigned serials;
    const struct cf_peer **coming; /* in the order in which they dialled */
    size_t come, taken;
    struct waiting *waiting;
    size_t waits;
    unsigned long spent[COUNT(peers)];
    int64_t birth;
} world;

/* ---- The endpoint ---- */

int cf_endpoint_open(const char *path, uv_pipe_t *pipe, struct cf_endpoint **ret_endpoint,
                     struct cf_error *err)
{
    (void)path, (void)err;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    world.address = (struct sockaddr_un){.sun_family = AF_UNIX};
    world.address_length = sizeof world.address;
    fuzz_check(bind(fd, (struct sockaddr *)&world.address, sizeof(sa_family_t)) == 0); /* at any name */
    fuzz_check(getsockname(fd, (struct sockaddr *)&world.address, &world.address_length) == 0);
    fuzz_check(uv_pipe_open(pipe, fd) == 0);
    (void)signal(SIGPIPE, SIG_IGN); /* as the real one does */
    *ret_endpoint = NULL;
    return CF_OK;
}

void cf_endpoint_set_administrators(struct cf_endpoint *endpoint, const int64_t *gids, size_t count)
{
    (void)endpoint, (void)gids, (void)count;
}

void cf_endpoint_close(struct cf_endpoint *endpoint)
{
    (void)endpoint;
}

int cf_endpoint_again(uv_os_fd_t connection)
{
    (void)connection;
    return -1;
}

int cf_endpoint_peer(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *ret_peer)
{
    (void)endpoint;
    uv_os_fd_t fd;
    const int few = 4096; /* so that a long answer waits for its client */
    fuzz_check(uv_fileno((const uv_handle_t *)pipe, &fd) == 0);
    fuzz_check(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &few, sizeof few) == 0);
    fuzz_check(world.taken < world.come);
    *ret_peer = *world.coming[world.taken++];
    return CF_OK;
}

int cf_endpoint_confirm(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *peer)
{
    (void)endpoint, (void)pipe, (void)peer;
    return CF_OK;
}

/* ---- Whoever answers ---- */

static void wait_for(const struct waiting *one)
{
    world.waiting = cf_grow(world.waiting, world.waits, sizeof *world.waiting);
    world.waiting[world.waits++] = *one;
}

static void handle_later(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)data, (void)words;
    wait_for(&(struct waiting){.call = call});
}

static void handle_echo(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)data;
    const json_t *text = json_object_get(words, "text");
    cf_control_answer(call, json_pack("{s:I, s:O?}", "uid", (json_int_t)cf_control_call_peer(call)->uid,
                                      "text", (json_t *)(uintptr_t)text));
}

static void handle_big(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)data, (void)words;
    static char text[BIG];
    memset(text, 'x', sizeof text - 1);
    cf_control_answer(call, json_string(text));
}

/* What is another's is called "secret-" and their uid; what is an administrator's, that of root. */
static json_t *secret_of(int64_t uid)
{
    char text[32];
    (void)snprintf(text, sizeof text, "secret-%lld", (long long)uid);
    return json_string(text);
}

static json_t *explain(const struct cf_engine *engine, cf_session_key key)
{
    (void)engine;
    int64_t uid = cf_registry_get(world.registry, key)->uid;
    return json_pack("{s:o, s:o, s:[{s:o, s:o}]}", "user", secret_of(uid), "path", secret_of(0), "policies",
                     "policy", secret_of(uid), "error", secret_of(0));
}

static json_t *explain_status(const struct cf_engine *engine)
{
    (void)engine;
    return secret_of(0);
}

static void metrics(const struct cf_engine *engine, struct cf_buffer *out)
{
    (void)engine;
    cf_buffer_puts(out, "secret-0");
}

static void read_session(struct cf_engine *engine, cf_session_key key, void (*done)(void *data, int code),
                         void *data)
{
    (void)engine;
    fuzz_check(cf_registry_get(world.registry, key));
    wait_for(&(struct waiting){.done = done, .data = data});
}

static void find_past(void *data, const struct cf_past *past, json_t *told, struct cf_control_call *call)
{
    (void)data;
    wait_for(&(struct waiting){
        .call = call, .told = told, .looks_back = true, .uid = past->anybodys ? 0 : past->uid});
}

static int stay(struct cf_engine *engine, cf_session_key key, struct cf_span wanted,
                void (*tell)(void *data, const struct cf_stay_told *told), void *data, struct cf_error *err)
{
    (void)engine;
    fuzz_check(cf_registry_get(world.registry, key));
    if (wanted.us % 7 == 1)
        return cf_error_set(err, CF_REFUSED, "it does not want to");
    tell(data, &(struct cf_stay_told){.policy = "idle", .granted = wanted, .left = {CF_UNKNOWN_US}});
    return CF_OK;
}

static bool shows_life(const struct cf_engine *engine, cf_session_key key, struct cf_mono *ret_since,
                       struct cf_mono *ret_until)
{
    (void)engine, (void)ret_since, (void)ret_until;
    return key % 2;
}

static int note(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                struct cf_error *err)
{
    (void)engine, (void)what, (void)err;
    fuzz_check(cf_registry_get(world.registry, key));
    fuzz_check(!text || strncmp(text, "said by ", 8) == 0);
    return CF_OK;
}

static int pause_policy(struct cf_engine *engine, const char *policy, struct cf_span how_long,
                        const char *why, struct cf_error *err)
{
    (void)engine, (void)policy, (void)how_long, (void)why;
    return cf_error_set(err, CF_REFUSED, "it does not want to");
}

static int resume_policy(struct cf_engine *engine, const char *policy, const char *why, struct cf_error *err)
{
    (void)engine, (void)policy, (void)why, (void)err;
    return CF_OK;
}

/* One of those that wait, by the input's word. */
static void answer(size_t which, unsigned how)
{
    struct cf_error err;
    struct waiting one = world.waiting[which];
    world.waiting[which] = world.waiting[--world.waits];
    if (one.done) {
        one.done(one.data, how % 2 ? CF_TIMEOUT : CF_OK);
    } else if (one.looks_back) {
        json_t *known = how % 2
                            ? json_pack("{s:[{s:s, s:o}, {s:s, s:o}]}", "entries", "what", "failed", "reason",
                                        secret_of(0), "what", "logoff", "reason", secret_of(one.uid))
                            : NULL;
        cf_why_past(one.call, one.told, known);
    } else if (how % 2) {
        (void)cf_error_set(&err, CF_FAILED, "it is not to be");
        cf_control_refuse(one.call, &err);
    } else {
        cf_control_answer(one.call, how % 4 ? json_string("at last") : NULL);
    }
}

static const char *const no_words[] = {NULL}, *const text_word[] = {"text", NULL};
static struct cf_control_verb verbs[32] = {
    {"echo", true, text_word, handle_echo, 1},
    {"later", true, no_words, handle_later, 1},
    {"big", true, no_words, handle_big, 3},
    {"root", false, no_words, handle_echo, 1},
};

/* ---- Time ---- */

static int64_t now(void)
{
    return cf_loop_now(world.loop).us;
}

static void turn(void)
{
    (void)uv_run(cf_loop_uv(world.loop), UV_RUN_NOWAIT);
}

/* What is ready comes before what is due later, as on a host that keeps up. */
static void pass(int64_t us)
{
    while (us > 0) {
        int64_t step = us < CF_SECOND.us ? us : CF_SECOND.us;
        for (int i = 0; i < 4; i++)
            turn();
        cf_loop_run_until(world.loop, (struct cf_mono){now() + step});
        us -= step;
    }
    turn();
}

/* ---- What clients are told ---- */

/* Whether every number after `word` is the one. */
static bool names_only(const char *text, const char *word, long long number)
{
    for (const char *at = text; (at = strstr(at, word));) {
        at += strlen(word);
        if (strtoll(at, NULL, 10) != number)
            return false;
    }
    return true;
}

static bool is_goodbye(const char *sentence)
{
    static const char *const goodbyes[] = {
        "the rest of the request did not come in time", "a request is a line of at most 64 KiB",
        "you have too many connections", "you have most of the engine's connections",
        "the engine is busy with others"};
    for (size_t i = 0; sentence && i < COUNT(goodbyes); i++)
        if (strncmp(sentence, goodbyes[i], strlen(goodbyes[i])) == 0)
            return true;
    return false;
}

static void check_answer(struct client *client, const char *line, size_t length)
{
    json_t *answer = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *ok = json_object_get(answer, "ok"), *id = json_object_get(answer, "id");
    const char *sentence = json_string_value(json_object_get(answer, "error"));
    fuzz_check(json_integer_value(json_object_get(answer, "curfew")) == CF_CONTROL_VERSION);
    fuzz_check(json_is_boolean(ok) && id && !client->parted);
    fuzz_check(json_is_true(ok) != (sentence && sentence[0]));
    if (is_goodbye(sentence)) {
        bool turned_away = strstr(sentence, "too many") || strstr(sentence, "busy");
        bool made_room = strstr(sentence, "most of");
        fuzz_check(json_is_null(id));
        fuzz_check(made_room || client->answered == (turned_away ? 0 : client->asked));
        client->parted = true;
    } else {
        fuzz_check(client->answered < client->asked);
        const struct expected *expected = &client->expected[client->answered++];
        fuzz_check(expected->id < 0 ? json_is_null(id) : json_integer_value(id) == expected->id);
        world.spent[client->peer - peers] += expected->cost;
    }
    fuzz_check(names_only(line, "of-", client->serial));
    fuzz_check(client->peer->administrator || names_only(line, "secret-", (long long)client->peer->uid));
    json_decref(answer);
}

static void hang_up(struct client *client)
{
    (void)close(client->fd);
    cf_buffer_finish(&client->line);
    cf_buffer_finish(&client->got);
    free(client->expected);
    *client = (struct client){.fd = -1};
}

/* The server has ended the connection. It says goodbye only as far as there is room for that. */
static void check_end(const struct client *client)
{
    int64_t unheard = now() - client->dry, age = now() - client->dialled;
    bool half = client->overlong || (client->line.length > 0 && age >= CF_CONTROL_HALF.us);
    bool unread = unheard >= CF_CONTROL_UNREAD.us;
    fuzz_check(client->answered == client->asked || unread || client->parted);
    unread |= half && unheard > 0;
    fuzz_check(client->got.length == 0 || unread);
    fuzz_check(client->shut || unread || client->parted || age >= CF_CONTROL_IDLE.us);
}

/* Reads so much of what has come; whoever is sent away hangs up. */
static void hear(struct client *client, size_t most)
{
    static char bytes[64 * 1024];
    while (most > 0) {
        ssize_t length = recv(client->fd, bytes, most < sizeof bytes ? most : sizeof bytes, 0);
        if (length < 0 && errno == EAGAIN) {
            if (client->got.length == 0) /* the limit is one for a whole answer */
                client->dry = now();
            return;
        }
        if (length <= 0) {
            check_end(client);
            hang_up(client);
            return;
        }
        most -= (size_t)length;
        for (char *at = bytes, *end = bytes + length; at < end;) {
            char *feed = memchr(at, '\n', (size_t)(end - at)), *next = feed ? feed + 1 : end;
            cf_buffer_add(&client->got, at, (size_t)(next - at));
            if (feed) {
                check_answer(client, client->got.data, client->got.length);
                cf_buffer_clear(&client->got);
            }
            at = next;
        }
    }
}

/* ---- What clients do ---- */

static void dial(struct client *client, const struct cf_peer *peer)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(fd, (struct sockaddr *)&world.address, world.address_length) != 0) {
        fuzz_check(errno == EAGAIN); /* too many who are not accepted yet */
        (void)close(fd);
        return;
    }
    world.coming = cf_grow(world.coming, world.come, sizeof *world.coming);
    world.coming[world.come++] = peer;
    *client =
        (struct client){.fd = fd, .serial = ++world.serials, .peer = peer, .dialled = now(), .dry = now()};
}

/* What is to be answered to the line, and what that costs. */
static void expect(struct client *client)
{
    struct cf_control_request request;
    struct cf_error err;
    struct expected expected = {.cost = 1};
    if (cf_control_request_read(client->line.data, client->line.length, &request, &err) == CF_OK)
        for (const struct cf_control_verb *verb = verbs; verb->name; verb++)
            if (strcmp(verb->name, request.verb) == 0 && json_object_size(request.words) == 0)
                expected.cost = verb->cost;
    expected.id = request.id;
    cf_control_request_finish(&request);
    client->expected = cf_grow(client->expected, client->asked, sizeof *client->expected);
    client->expected[client->asked++] = expected;
}

/* As much as the socket takes. */
static void say(struct client *client, const char *bytes, size_t length)
{
    ssize_t sent = client->shut ? -1 : send(client->fd, bytes, length, MSG_NOSIGNAL);
    for (ssize_t i = 0; i < sent && !client->overlong; i++) {
        cf_buffer_add(&client->line, &bytes[i], 1);
        client->overlong = client->line.length >= CF_CONTROL_LINE &&
                           (bytes[i] != '\n' || client->line.length > CF_CONTROL_LINE);
        if (bytes[i] == '\n' && !client->overlong) {
            expect(client);
            cf_buffer_clear(&client->line);
        }
    }
}

static void ask(struct client *client, unsigned which, size_t most)
{
    static const char *const requests[] = {
        "{\"curfew\":1,\"id\":%u,\"do\":\"echo\",\"text\":\"of-%u\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"later\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"why\",\"session\":\"1000\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"sessions\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"stay\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"why\",\"session\":\"1001\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"big\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"why\",\"session\":\"pts/1\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"status\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"note\",\"session\":\"1000\",\"what\":\"logoff\",\"text\":\"x\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"stay\",\"session\":\"1001\",\"for\":\"1h\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"metrics\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"pause\",\"for\":\"1h\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"resume\"}\n",
        "{\"curfew\":2,\"id\":%u,\"do\":\"echo\"}\n",
        "{\"curfew\":1,\"id\":%u,\"do\":\"reload\"}\n",
    };
    char line[160];
    int length = snprintf(line, sizeof line, requests[which % COUNT(requests)], (unsigned)client->asked,
                          client->serial);
    say(client, line, most < (size_t)length ? most : (size_t)length);
}

/* ---- The host ---- */

/* A session each of three users, two of which have one name: comes if it is not there, and else goes. */
static void toggle(unsigned which)
{
    char id[16];
    int64_t uid = which % 3 == 2 ? LENT : 1000 + which % 3;
    (void)snprintf(id, sizeof id, "%lld", (long long)uid);
    struct cf_identity identity = {.host = "h", .id = id, .birth = world.birth};
    for (cf_session_key key = 0; (key = cf_registry_next(world.registry, key));) {
        const struct cf_session *session = cf_registry_get(world.registry, key);
        if (session->uid == uid) {
            identity.birth = session->identity.birth;
            cf_registry_gone(world.registry, &identity);
            return;
        }
    }
    struct cf_session session;
    cf_session_init(&session);
    identity.birth = ++world.birth;
    session.identity = identity;
    session.uid = uid;
    session.name = which % 3 == 2 ? "pts/2" : "pts/1";
    session.user = id; /* and whose uid looks like another's id is still somebody else */
    cf_registry_seen(world.registry, &session, CF_FIELDS_ALL);
}

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)data, (void)change, (void)key, (void)fields;
}

static void open_world(bool journal)
{
    struct cf_error err;
    size_t own = 0;
    while (verbs[own].handle != handle_echo || strcmp(verbs[own].name, "root") != 0)
        own++;
    for (size_t i = 0; cf_requests_verbs[i].name; i++)
        verbs[own + 1 + i] = cf_requests_verbs[i];
    fuzz_check(cf_loop_create_virtual((struct cf_instant){0}, 0, &world.loop, &err) == CF_OK);
    world.registry = cf_registry_create(cf_loop_clock(world.loop), on_change, NULL);
    world.requests = (struct cf_requests){.loop = world.loop,
                                          .registry = world.registry,
                                          .explain_session = explain,
                                          .explain_status = explain_status,
                                          .metrics = metrics,
                                          .read = read_session,
                                          .stay = stay,
                                          .shows_life = shows_life,
                                          .note = note,
                                          .pause = pause_policy,
                                          .resume = resume_policy,
                                          .find_past = journal ? find_past : NULL};
    for (unsigned i = 0; i < 3; i++)
        toggle(i);
    static const char lent[] = "lodger:100000:65536\n";
    const struct cf_control_setup setup = {.loop = world.loop,
                                           .path = "",
                                           .verbs = verbs,
                                           .data = &world.requests,
                                           .subuids = fuzz_file(lent, sizeof lent - 1)};
    fuzz_check(cf_control_create(&setup, &world.control, &err) == CF_OK);
    for (size_t i = 0; i < CLIENTS; i++)
        world.clients[i] = (struct client){.fd = -1};
}

/* So much a user may have been served by now, the last of each connection being paid for afterwards. */
static void check_pace(void)
{
    unsigned long seconds = (unsigned long)(now() / CF_SECOND.us) + 1, all = 0, lent = 0;
    unsigned long own = CF_CONTROL_BURST + seconds * CF_CONTROL_PACE + CF_CONTROL_CLIENTS_EACH * COSTLIEST;
    for (size_t i = 0; i < COUNT(peers); i++) {
        if (peers[i].administrator)
            continue;
        fuzz_check(world.spent[i] <= own);
        all += world.spent[i];
        lent += peers[i].uid >= LENT ? world.spent[i] : 0;
    }
    fuzz_check(lent <= own);
    fuzz_check(all <= (seconds + 1) * CF_CONTROL_PACE_ALL + CLIENTS * COSTLIEST);
}

/* Whoever is still there and listens gets all their answers. */
static void settle(void)
{
    enum { ROUNDS = 5000 };
    bool all = false;
    for (int round = 0; round < ROUNDS && !all; round++) {
        all = true;
        while (world.waits > 0)
            answer(0, (unsigned)round);
        pass(CF_SECOND.us);
        for (size_t i = 0; i < CLIENTS; i++) {
            struct client *client = &world.clients[i];
            if (client->fd >= 0)
                hear(client, SIZE_MAX);
            all &= client->fd < 0 || client->answered == client->asked;
        }
    }
    fuzz_check(all);
}

static void close_world(void)
{
    for (size_t i = 0; i < CLIENTS; i++)
        if (world.clients[i].fd >= 0)
            hang_up(&world.clients[i]);
    cf_requests_finish(&world.requests);
    cf_control_destroy(world.control);
    while (world.waits > 0)
        answer(0, 0);
    cf_loop_run(world.loop);
    cf_loop_destroy(world.loop);
    cf_registry_destroy(world.registry);
    free(world.coming);
    free(world.waiting);
    world = (struct world){0};
}

/* ---- The input ---- */

struct input {
    const uint8_t *at, *end;
};

static unsigned next(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static void operate(struct input *input)
{
    unsigned what = next(input), which = next(input), how = next(input);
    struct client *client = &world.clients[which % CLIENTS];
    static char spaces[CF_CONTROL_LINE];
    switch (what % 16) {
    case 0: turn(); return;
    case 1: pass(how * INT64_C(1000)); return;
    case 2: pass(how * CF_SECOND.us / 4); return;
    case 3: toggle(how); return;
    case 4:
        if (world.waits > 0)
            answer(which % world.waits, how);
        return;
    default: break;
    }
    if (client->fd < 0) {
        dial(client, &peers[how % COUNT(peers)]);
        return;
    }
    switch (what % 16) {
    case 5: hang_up(client); break;
    case 6: client->shut = shutdown(client->fd, SHUT_WR) == 0; break;
    case 7: hear(client, how); break;
    case 8: ask(client, how, how / 2); break; /* a part */
    case 9:                                   /* any bytes */
    case 10: {
        size_t length = (size_t)(input->end - input->at);
        length = how < length ? how : length;
        /* Only what another was told can be a secret. */
        if (!memmem(input->at, length, "of-", 3) && !memmem(input->at, length, "secret-", 7))
            say(client, (const char *)input->at, length);
        input->at += length;
        break;
    }
    case 11:
        for (unsigned i = 0; i < 40; i++)
            ask(client, how, SIZE_MAX);
        break;
    case 12:
        memset(spaces, ' ', sizeof spaces);
        say(client, spaces, sizeof spaces - how % 4);
        break;
    case 13: hear(client, SIZE_MAX); break;
    default: ask(client, how, SIZE_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, data + size};
    unsigned how = next(&input);
    int lowest = dup(STDERR_FILENO), again;
    (void)close(lowest);
    open_world(how & 1);
    for (int i = 0; i < OPERATIONS && input.at < input.end; i++)
        operate(&input);
    if (how & 2)
        settle();
    check_pace();
    close_world();
    again = dup(STDERR_FILENO); /* no file was left open */
    (void)close(again);
    fuzz_check(again == lowest);
    return 0;
}
