/*
 * A made-up /proc and cgroup tree in a temporary folder, for tests of what a session's processes tell. The
 * session is session-3.scope, of the test's own user; its leader is sshd, LEADER.
 */
#ifndef CF_TESTS_LOGIND_TREE_H
#define CF_TESTS_LOGIND_TREE_H

#include "../../fixture/folder.h"
#include "../unit.h"

#include <sys/stat.h>
#include <unistd.h>

#define SLICE "/user.slice/user-1.slice"
#define SCOPE SLICE "/session-3.scope"

enum { LEADER = 100 };

extern char root[64], manager[64]; /* the tree; the cgroup of the user's manager */

void path_of(char out[256], const char *name);
void put_bytes(const char *name, const char *mode, const char *bytes, size_t length);
void put(const char *name, const char *text);

/* A file of a process. */
void tell(int pid, const char *file, const char *bytes, size_t length);
void move(int pid, const char *cgroup);
void list(int pid, const char *cgroup);

/* A process of the test's own user that began at its number. */
void run(int pid, const char *cgroup, const char *comm, const char *exe);

/* For cmocka: a session whose leader is sshd. */
int tree_set_up(void **state);
int tree_tear_down(void **state);

#endif
