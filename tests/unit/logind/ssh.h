/*
 * An ssh session in a made-up /proc, with a shell on a real pseudo-terminal: its leader, sshd's other
 * process, and the shell. What is found of it goes to `sources`.
 */
#ifndef CF_TESTS_LOGIND_SSH_H
#define CF_TESTS_LOGIND_SSH_H

#include "tree.h"

#include "logind/search.h"

#include <fcntl.h>
#include <pty.h>

enum { SSHD = 101, SHELL = 102, SERVER = 201, PANE = 202 };
enum { EARLY = 1000000, LATE = 2000000 };

#define TOLD(text) text, sizeof text

extern struct cf_sources sources;

struct line {
    int master, slave;
    unsigned device;
    char path[64];
};

void open_line(struct line *line, time_t input, time_t output);
void close_line(struct line *line);
void give_stat(int pid, int parent, unsigned device, int threads, const char *comm);

/* A process as `run`, with a parent and a terminal (0: none), one thread, and no children yet. */
void start(int pid, int parent, unsigned device, const char *cgroup, const char *comm);

/* The standard files of a process. */
void set_file(int pid, int fd, const char *to);
void give_birth(int pid, int thread, int child);
void look(const struct cf_search_of *session);
struct cf_search_of plain(void);

/* Looks at the session and compares: the last input's second, or "unknown". */
void expect_input(int64_t second);
const struct cf_source *source(const struct line *line);

/* An ssh session: its leader, sshd's other process, and a shell on a terminal. */
extern struct line shell;

int set_up_ssh(void **state);
int tear_down_ssh(void **state);

#endif
