#include "crowd.h"

#include "../../fixture/folder.h"
#include "../unit.h"

#include "base/memory.h"
#include "control/client.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_UID = 3000 };

struct crowd crowd;

/* ---- The engine's side: a session each, with a secret ---- */

static json_t *explain(const struct cf_engine *engine, cf_session_key key)
{
    (void)engine;
    return json_pack("{s:s+}", "told", "secret-", cf_registry_get(crowd.registry, key)->identity.id);
}

static bool shows_life(const struct cf_engine *engine, cf_session_key key, struct cf_mono *ret_since,
                       struct cf_mono *ret_until)
{
    (void)engine, (void)key, (void)ret_since, (void)ret_until;
    return true;
}

static int stay(struct cf_engine *engine, cf_session_key key, struct cf_span wanted,
                void (*tell)(void *data, const struct cf_stay_told *told), void *data, struct cf_error *err)
{
    (void)engine, (void)key, (void)err;
    tell(data, &(struct cf_stay_told){.policy = "idle", .granted = wanted, .left = {CF_UNKNOWN_US}});
    return CF_OK;
}

static void read_now(struct cf_engine *engine, cf_session_key key, void (*done)(void *data, int code),
                     void *data)
{
    (void)engine, (void)key;
    done(data, CF_OK);
}

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)data, (void)change, (void)key, (void)fields;
}

static void open_sessions(void)
{
    crowd.registry = cf_registry_create(cf_loop_clock(crowd.loop), on_change, NULL);
    for (int i = 0; i < CROWD_USERS; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%d", FIRST_UID + i);
        struct cf_session session;
        cf_session_init(&session);
        session.identity = (struct cf_identity){.host = "h", .id = id, .birth = 1 + i};
        session.uid = FIRST_UID + i;
        cf_registry_seen(crowd.registry, &session, CF_FIELDS_ALL);
    }
    crowd.requests = (struct cf_requests){.loop = crowd.loop,
                                          .registry = crowd.registry,
                                          .explain_session = explain,
                                          .read = read_now,
                                          .stay = stay,
                                          .shows_life = shows_life};
}

/* ---- The honest ---- */

/* Whether somebody else's secret is in it. */
static bool is_leak(const char *text, int uid)
{
    for (const char *secret = text; (secret = strstr(secret, "secret-")); secret++)
        if (atoi(secret + strlen("secret-")) != uid)
            return true;
    return false;
}

static void ask(int uid, const char *verb, int session, int expected, struct crowd_report *report)
{
    char id[16];
    json_t *result = NULL;
    struct cf_error err = {0};
    (void)snprintf(id, sizeof id, "%d", session);
    int code =
        cf_control_ask(crowd.path, CF_MINUTE, verb, (const char *[]){"session", id, NULL}, &result, &err);
    char *text = json_dumps(result, JSON_ENCODE_ANY);
    report->served += code == expected;
    report->wrong += code != expected;
    report->leaked += (text && is_leak(text, uid)) || is_leak(err.text, uid);
    if (code != expected)
        (void)fprintf(stderr, "uid %d: %s %s: %d instead of %d: %s\n", uid, verb, id, code, expected,
                      err.text);
    free(text);
    json_decref(result);
}

struct honest {
    uv_thread_t thread;
    int uid;
    struct crowd_report report;
};

static void be_honest(void *data)
{
    struct honest *client = data;
    for (int i = 0; i < crowd.rounds; i++) {
        int uid = client->uid, other = FIRST_UID + (uid - FIRST_UID + 1 + i) % CROWD_USERS;
        ask(uid, "why", uid, CF_OK, &client->report);
        ask(uid, "why", other == uid ? 1 : other, CF_GONE, &client->report);
        ask(uid, "stay", uid, CF_OK, &client->report);
        ask(uid, "status", uid, CF_DENIED, &client->report);
    }
}

static struct crowd_report honest_user(int uid)
{
    struct honest clients[CROWD_EACH] = {0};
    struct crowd_report sum = {0};
    for (int i = 0; i < CROWD_EACH; i++) {
        clients[i].uid = uid;
        if (uv_thread_create(&clients[i].thread, be_honest, &clients[i]) != 0)
            abort();
    }
    for (int i = 0; i < CROWD_EACH; i++) {
        (void)uv_thread_join(&clients[i].thread);
        sum.served += clients[i].report.served;
        sum.wrong += clients[i].report.wrong;
        sum.leaked += clients[i].report.leaked;
    }
    return sum;
}

/* ---- The hostile ---- */

static int dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)strcpy(address.sun_path, crowd.path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    (void)connect(fd, (const struct sockaddr *)&address, sizeof address); /* its queue may be full */
    return fd;
}

static void attack(int *fd, int uid, uint64_t *seed, struct crowd_report *report)
{
    static char bytes[128 * 1024];
    char seen[8192 + 1];
    size_t length = 0;
    int other = FIRST_UID + (int)pick(seed, CROWD_USERS);
    switch (pick(seed, 8)) {
    case 0: /* oversized */ memset(bytes, 'x', length = sizeof bytes); break;
    case 1: /* half-sent */ length = (size_t)snprintf(bytes, sizeof bytes, "{\"curfew\":1,\"id\":"); break;
    case 2: /* malformed */
        for (length = 0; length < 300; length++)
            bytes[length] = (char)chance(seed);
        bytes[length++] = '\n';
        break;
    case 3: /* far too deep */
        memset(bytes, '[', length = 60000);
        bytes[length++] = '\n';
        break;
    case 4: /* a flood, for what is not theirs */
        for (int i = 0; i < 1000; i++)
            length +=
                (size_t)snprintf(bytes + length, sizeof bytes - length,
                                 "{\"curfew\":1,\"id\":%d,\"do\":\"why\",\"session\":\"%d\"}\n", i, other);
        break;
    case 5: /* comes and goes */
        for (int i = 0; i < 30; i++)
            close(dial());
        break;
    case 6: /* anew */
        close(*fd);
        *fd = dial();
        break;
    default: { /* looks at what it got */
        ssize_t got = recv(*fd, seen, sizeof seen - 1, 0);
        seen[got > 0 ? got : 0] = '\0';
        report->leaked += is_leak(seen, uid);
        report->served += got > 0;
    }
    }
    ssize_t sent = send(*fd, bytes, length, MSG_NOSIGNAL);
    report->sent += sent > 0 ? (unsigned long)sent : 0;
}

/* Once all is over, calmly, for what is another's: so that each has seen an answer, whatever luck it had
 * before. The server may still be busy with its former connections, and close this one, too. */
static void ask_last(int uid, struct crowd_report *report)
{
    char line[128], seen[8192 + 1];
    int other = uid == FIRST_UID ? uid + 1 : uid - 1;
    int length =
        snprintf(line, sizeof line, "{\"curfew\":1,\"id\":1,\"do\":\"why\",\"session\":\"%d\"}\n", other);
    for (ssize_t got = 0; got <= 0;) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        (void)strcpy(address.sun_path, crowd.path);
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
            send(fd, line, (size_t)length, MSG_NOSIGNAL) == length)
            got = recv(fd, seen, sizeof seen - 1, 0);
        seen[got > 0 ? got : 0] = '\0';
        close(fd);
    }
    report->leaked += is_leak(seen, uid);
    report->served++;
}

static struct crowd_report hostile_user(int uid)
{
    struct crowd_report report = {.hostile = true};
    uint64_t seed = (uint64_t)uid;
    int fds[CROWD_EACH];
    struct pollfd stop = {.fd = crowd.stop[0], .events = POLLIN};
    for (int i = 0; i < CROWD_EACH; i++)
        fds[i] = dial();
    while (poll(&stop, 1, 0) == 0)
        attack(&fds[pick(&seed, CROWD_EACH)], uid, &seed, &report);
    for (int i = 0; i < CROWD_EACH; i++)
        close(fds[i]);
    ask_last(uid, &report);
    return report;
}

/* ---- All together ---- */

static void live(int user)
{
    int uid = FIRST_UID + user;
    char byte;
    close(crowd.go[1]);
    close(crowd.stop[1]);
    close(crowd.reports[0]);
    if (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 ||
        setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid) != 0)
        _exit(1);
    (void)!read(crowd.go[0], &byte, 1);
    struct crowd_report report = user % 2 ? hostile_user(uid) : honest_user(uid);
    _exit(write(crowd.reports[1], &report, sizeof report) == sizeof report ? 0 : 1);
}

static void on_report(uv_poll_t *poll, int status, int events)
{
    (void)poll, (void)status, (void)events;
    struct crowd_report report;
    if (read(crowd.reports[0], &report, sizeof report) == sizeof report) {
        struct crowd_report *sum = report.hostile ? &crowd.hostile : &crowd.honest;
        sum->served += report.served;
        sum->wrong += report.wrong;
        sum->leaked += report.leaked;
        sum->sent += report.sent;
        crowd.left--;
        if (!report.hostile && --crowd.honest_left == 0)
            close(crowd.stop[1]);
    } else {
        crowd.left = 0; /* somebody died */
    }
    if (crowd.left == 0)
        cf_loop_stop(crowd.loop);
}

int crowd_open(int rounds, struct cf_error *err)
{
    folder_make();
    (void)snprintf(crowd.path, sizeof crowd.path, "%s", folder_path("control"));
    if (chmod(folder_path(""), 0755) != 0 || pipe(crowd.go) != 0 || pipe(crowd.stop) != 0 ||
        pipe(crowd.reports) != 0)
        return cf_error_set(err, CF_FAILED, "%s: %s", crowd.path, strerror(errno));
    crowd.rounds = rounds;
    crowd.left = CROWD_USERS;
    crowd.honest_left = CROWD_USERS / 2;
    for (int user = 0; user < CROWD_USERS; user++) {
        crowd.children[user] = fork();
        if (crowd.children[user] == 0)
            live(user);
    }
    close(crowd.reports[1]);
    int code = cf_loop_create(&crowd.loop, err);
    if (code)
        return code;
    open_sessions();
    const struct cf_control_setup setup = {
        .loop = crowd.loop, .path = crowd.path, .verbs = cf_requests_verbs, .data = &crowd.requests};
    code = cf_control_create(&setup, &crowd.control, err);
    (void)uv_poll_init(cf_loop_uv(crowd.loop), &crowd.poll, crowd.reports[0]);
    (void)uv_poll_start(&crowd.poll, UV_READABLE | UV_DISCONNECT, on_report);
    return code;
}

void crowd_run(void)
{
    close(crowd.go[1]);
    cf_loop_run(crowd.loop);
}

int crowd_close(void)
{
    int well = 0;
    for (int user = 0; user < CROWD_USERS; user++) {
        int status = -1;
        (void)waitpid(crowd.children[user], &status, 0);
        well += status == 0;
    }
    uv_close((uv_handle_t *)&crowd.poll, NULL);
    cf_control_destroy(crowd.control);
    cf_loop_destroy(crowd.loop);
    cf_registry_destroy(crowd.registry);
    folder_drop();
    return well;
}
