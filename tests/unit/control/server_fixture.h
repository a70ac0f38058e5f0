/*
 * A control server at a place of its own, and who calls it. Its loop is in virtual time, which stands still
 * but when the test moves it; what comes and goes by sockets, or by Windows' pipes, is real.
 */
#ifndef CF_TESTS_CONTROL_SERVER_FIXTURE_H
#define CF_TESTS_CONTROL_SERVER_FIXTURE_H

#include "../unit.h"

#include "control/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef _WIN32
#include "../../fixture/folder.h"
#include "../../fixture/root.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#endif

extern struct server_fixture {
    struct cf_loop *loop;
    struct cf_control *control;
    char path[108]; /* in the test's own folder, where a path is a file's */
} server;

/* `subuids`: the file of users' ranges; NULL: the system's. */
void server_open(const struct cf_control_verb *verbs, void *data, const char *subuids);
void server_close(void);
void server_make_place(void); /* before, for whoever has files to put there */

/* What is ready happens; time stands still. The same, and that much time passes. */
void server_turn(void);
void server_pass(struct cf_span span);

/* ---- Callers, who do not wait ---- */

enum { CALLER_GONE = -1, CALLER_NOT_YET = -1, CALLER_CLOSED = -1, CALLER_NOTHING = 0 };

/* A caller's number is their socket, where there are sockets. */
int caller_dial(void);
void caller_hang_up(int caller);

/* How many bytes went out: 0 where there is no room now, CALLER_GONE where nobody is there. */
int caller_try_send(int caller, const char *bytes, size_t length);

/* How many bytes came: 0 where the other end has closed, CALLER_NOT_YET where there are none. */
int caller_try_receive(int caller, char *bytes, size_t room);

/* All of it, in turns. Whoever was sent away sees that when they read. */
void caller_send(int caller, const char *bytes, size_t length);

/* One line into *out, or CALLER_CLOSED, or CALLER_NOTHING where none comes while time stands still. */
int caller_receive(int caller, struct cf_buffer *out);

/* Sends a line and returns the answer, or "closed" or "nothing"; borrowed until the next call. */
const char *caller_ask(int caller, const char *line);

/* The server parts with the caller, saying so. */
void caller_assert_sent_away(int caller, const char *why);

#ifdef _WIN32
void *caller_pipe(int caller); /* a HANDLE */
#else
int caller_dial_as(uid_t uid); /* as root alone */
#endif

#endif
