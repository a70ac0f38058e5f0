/*
 * A rig for tests of the server: it listens at a place of its own, on a loop in virtual time, which stands
 * still but when the test moves it; what comes and goes by sockets, or by Windows' pipes, is real.
 */
#ifndef CF_TESTS_CONTROL_RIG_H
#define CF_TESTS_CONTROL_RIG_H

#include "../unit.h"

#include "control/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rig {
    struct cf_loop *loop;
    struct cf_control *control;
    char folder[64], path[80]; /* the first is "" where a path is no file's */
} rig;

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

#ifdef _WIN32
#include "caller_windows.h"
#else
#include "caller_unix.h"
#endif

static inline void rig_open_with(const struct cf_control_verb *verbs, void *data, const char *subuids)
{
    struct cf_error err = {0};
    rig_make_place(rig.folder, rig.path, sizeof rig.path);
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
    cf_control_destroy(rig.control);
    cf_loop_run(rig.loop);
    cf_loop_destroy(rig.loop);
    rig_remove_place(rig.folder, rig.path);
    rig = (struct rig){0};
}

/* Whoever was sent away sees that when they read. */
static inline void rig_send(int caller, const char *bytes, size_t length)
{
    while (length > 0) {
        int sent = rig_try_send(caller, bytes, length);
        if (sent == RIG_GONE)
            return;
        bytes += sent;
        length -= (size_t)sent;
        rig_turn();
    }
}

enum { RIG_CLOSED = -1, RIG_NOTHING = 0 };

/* One line into *out, or RIG_CLOSED, or RIG_NOTHING where none comes while time stands still. */
static inline int rig_receive(int caller, struct cf_buffer *out)
{
    cf_buffer_clear(out);
    for (int idle = 0; idle < 20;) {
        char c;
        int length = rig_try_receive(caller, &c, 1);
        if (length == 1) {
            cf_buffer_add(out, &c, 1);
            idle = 0;
            if (c == '\n')
                return (int)out->length;
        } else if (length == 0) {
            return RIG_CLOSED;
        } else {
            rig_turn();
            idle++;
        }
    }
    return RIG_NOTHING;
}

/* Sends a line and returns the answer, borrowed until the next call. */
static inline const char *rig_ask(int caller, const char *line)
{
    static struct cf_buffer out;
    rig_send(caller, line, strlen(line));
    rig_send(caller, "\n", 1);
    int got = rig_receive(caller, &out);
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

/* The server parts with the caller, saying so. */
static inline void rig_assert_sent_away(int caller, const char *why)
{
    struct cf_buffer line = {0};
    assert_true(rig_receive(caller, &line) > 0);
    assert_contains(line.data, why);
    assert_int_equal(rig_receive(caller, &line), RIG_CLOSED);
    cf_buffer_finish(&line);
}

#endif
