/*
 * The processes of a session, by the cgroup of its scope: cgroup v2, or systemd's own hierarchy of version 1.
 * Reads /proc and cgroups, so all of it belongs on a worker thread.
 */
#ifndef CF_LOGIND_SCOPE_H
#define CF_LOGIND_SCOPE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CF_SCOPE_PROCESSES = 4096, /* processes and cgroups looked at in one walk */
    CF_SCOPE_LEVELS = 8        /* of cgroups below the top of one */
};

/* One walk: its answers are whole only while `incomplete` is false. */
struct cf_scope {
    const char *proc;    /* where proc is mounted */
    char root[PATH_MAX]; /* where the cgroups are */
    bool unified;        /* they are of version 2 */
    int64_t leader;      /* the session's; 0: none was found */
    int leading;         /* its folder in proc; -1: not open */
    int cgroup;          /* in it, which tells of that very process as long as it lives; -1: not open */
    char top[PATH_MAX];  /* the session's cgroup */
    size_t looked_at;
    bool incomplete; /* something could not be read, or there was more than the limits */
};

/* False where no such cgroups are mounted. Finish it either way. */
bool cf_scope_init(struct cf_scope *scope, const char *proc);
void cf_scope_finish(struct cf_scope *scope);

/*
 * Finds the cgroup of the unit ("session-3.scope"; NULL: none) by its leader, who may be in one below it;
 * false where they are elsewhere by now. `top` has it then.
 */
bool cf_scope_find(struct cf_scope *scope, int64_t leader, const char *unit);

/* The cgroup of the user's own service manager, beside the session's: all sessions of theirs have one. */
void cf_scope_manager(const struct cf_scope *scope, int64_t uid, char ret_cgroup[PATH_MAX]);

/* Whether that very leader is still there, so that nothing read meanwhile was of a later session. */
bool cf_scope_stands(const struct cf_scope *scope);

/* The folder of a process in proc, to be closed; -1 where it cannot be opened. */
int cf_scope_open_process(const struct cf_scope *scope, int64_t pid);

/* The process's cgroup; empty where it has ended. */
void cf_scope_of(const struct cf_scope *scope, int process, char ret_cgroup[PATH_MAX]);

/* Whether the cgroup is `top`, or below it; not where `top` is empty, one that is not known. */
bool cf_scope_within(const char *cgroup, const char *top);

/* The folder of a cgroup, to be closed; -1 where there is none, or none that can be opened (incomplete). */
int cf_scope_open(struct cf_scope *scope, const char *cgroup);

/* `process` is its folder in proc, through which all that is read is one process's; closed afterwards. */
typedef void cf_scope_visit(void *data, int process, int64_t pid);

/* Visits each process of the cgroup `top`, whose folder is taken over, and of those below it. */
void cf_scope_walk(struct cf_scope *scope, int folder, const char *top, cf_scope_visit *visit, void *data);

/* Counts one more thing looked at; true where it is one too many. */
bool cf_scope_too_many(struct cf_scope *scope);

/* Whether what could not be opened (errno) is no more, which is no error. */
bool cf_scope_has_ended(void);

/*
 * Whether what of a process could not be opened (errno) counts as not read: not where it is no more, nor
 * where the kernel keeps it from its own user, as it does with sshd and with what runs with others' rights.
 */
bool cf_scope_is_missed(int process);

/* Calls `take` for each number of a list (cgroup.procs, children), until it says no. False, and errno, where
 * the list cannot be read to its end. */
bool cf_scope_each_number(int folder, const char *name, bool (*take)(void *data, int64_t number), void *data);

/* Reads what there is, up to size - 1 bytes, and ends it in NUL; the length, 0 where it cannot be read. errno
 * says why it was not read to its end; 0: it was, or there was no more room. */
size_t cf_scope_read_file(int folder, const char *name, char *out, size_t size);

/* The same by one read, for what is whole at once: stat, comm and cgroup of a process, and a small file that
 * is only ever replaced. */
size_t cf_scope_read_record(int folder, const char *name, char *out, size_t size);

#endif
