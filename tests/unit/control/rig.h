/*
 * A rig for tests of the server: it listens in a folder of its own, on a loop in virtual time, which stands
 * still but when the test moves it; what comes and goes by sockets is real. As root, one may dial as anybody.
 */
#ifndef CF_TESTS_CONTROL_RIG_H
#define CF_TESTS_CONTROL_RIG_H

#include "../unit.h"

#include "control/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct rig {
    struct cf_loop *loop;
    struct cf_control *control;
    char folder[64], path[80];
} rig;

static inline void rig_open_with(const struct cf_control_verb *verbs, void *data, const char *subuids)
{
    struct cf_error err = {0};
    (void)strcpy(rig.folder, "/tmp/curfew-control-XXXXXX");
    assert_non_null(mkdtemp(rig.folder));
    assert_int_equal(chmod(rig.folder, 0755), 0);
    (void)snprintf(rig.path, sizeof rig.path, "%s/control", rig.folder);
    if (!rig.loop)
        assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &rig.loop, &err), CF_OK);
    const struct cf_control_setup setup = {
        .loop = rig.loop, .path = rig.path, .verbs = verbs, .data = data, .subuids = subuids};
    if (cf_control_create(&setup, &rig.control, &err) != CF_OK)
        fail_msg("%s", err.text);
}

static inline void rig_open(const struct cf_control_verb *verbs, void *data)
{
    rig_open_with(verbs, data, NULL);
}

static inline void rig_close(void)
{
    char lock[96];
    (void)snprintf(lock, sizeof lock, "%s.lock", rig.path);
    cf_control_destroy(rig.control);
    cf_loop_run(rig.loop);
    cf_loop_destroy(rig.loop);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(rmdir(rig.folder), 0);
    rig = (struct rig){0};
}

/* What is ready happens; time stands still. */
static inline void rig_turn(void)
{
    (void)uv_run(cf_loop_uv(rig.loop), UV_RUN_NOWAIT);
}

static inline void rig_pass(struct cf_span span)
{
    rig_turn();
    cf_loop_run_until(rig.loop, cf_mono_add(cf_loop_now(rig.loop), span));
    rig_turn();
}

static inline int rig_dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)strcpy(address.sun_path, rig.path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    rig_pass((struct cf_span){1000}); /* accepting has its pace */
    return fd;
}

/* SO_PEERCRED is the effective user's at the time of the call. */
static inline int rig_dial_as(uid_t uid)
{
    assert_int_equal(seteuid(uid), 0);
    int fd = rig_dial();
    assert_int_equal(seteuid(0), 0);
    return fd;
}

static inline bool rig_is_root(void)
{
    if (geteuid() == 0)
        return true;
    print_message("skipped: several users need root\n");
    return false;
}

static inline void rig_send(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno != EAGAIN) {
            return; /* whoever was sent away sees that when they read */
        }
        rig_turn();
    }
}

enum { RIG_CLOSED = -1, RIG_NOTHING = 0 };

/* One line into *out, or RIG_CLOSED, or RIG_NOTHING where none comes while time stands still. */
static inline int rig_receive(int fd, struct cf_buffer *out)
{
    cf_buffer_clear(out);
    for (int idle = 0; idle < 20;) {
        char c;
        ssize_t length = recv(fd, &c, 1, 0);
        if (length == 1) {
            cf_buffer_add(out, &c, 1);
            idle = 0;
            if (c == '\n')
                return (int)out->length;
        } else if (length == 0 || errno == ECONNRESET) {
            return RIG_CLOSED;
        } else {
            rig_turn();
            idle++;
        }
    }
    return RIG_NOTHING;
}

/* Sends a line and returns the answer, borrowed until the next call. */
static inline const char *rig_ask(int fd, const char *line)
{
    static struct cf_buffer out;
    rig_send(fd, line, strlen(line));
    rig_send(fd, "\n", 1);
    int got = rig_receive(fd, &out);
    static char text[4096];
    (void)snprintf(text, sizeof text, "%s", got > 0 ? out.data : got == RIG_CLOSED ? "closed" : "nothing");
    cf_buffer_finish(&out);
    return text;
}

#define assert_contains(text, piece)                                                                         \
    do {                                                                                                     \
        const char *told_ = (text);                                                                          \
        if (!strstr(told_, piece))                                                                           \
            fail_msg("%s is not in: %s", piece, told_);                                                      \
    } while (0)

#endif
