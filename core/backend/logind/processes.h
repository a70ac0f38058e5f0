/*
 * What a session's processes tell: their programs, how much processor time they used, the language of their
 * user. Its processes are those of its scope, and those of its user's own service manager, in which desktops
 * start programs and which ends with the user's last session. Reads /proc and cgroup v2, so all of it belongs
 * on a worker thread.
 */
#ifndef CF_LOGIND_PROCESSES_H
#define CF_LOGIND_PROCESSES_H

#include "session/session.h"

#define CF_PROCESSES_FIELDS                                                                                  \
    (CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU) | CF_FIELD_BIT(CF_FIELD_LANGUAGE))

/*
 * The programs of a session as they were read last. Nothing begins, ends or becomes another program without
 * processor time; so they are still the same while that of the cgroups is, which takes one file to see.
 */
struct cf_programs {
    char **names;    /* sorted, each once, ends in NULL; NULL: not known */
    int64_t used[2]; /* µs, by the time they were looked for: the scope's, and the service manager's */
};

void cf_programs_finish(struct cf_programs *programs);

/*
 * Sets those of CF_PROCESSES_FIELDS that `fields` names in the record of a session, of which leader and uid
 * are known; `unit` is its scope ("session-3.scope"; NULL: none), `proc` where proc is mounted.
 *
 * Programs: of each process its name as ps(1) shows it, which is a script's own, and its executable's file
 * name, which is not cut after 15 letters; sorted, each once. Processor time: cpu.stat of the cgroups, which
 * counts ended processes too. Language: what LC_ALL, LC_MESSAGES or LANG said to the user's eldest process
 * that was told any, as "pt_BR".
 *
 * All three stay unknown where there is no cgroup v2 and where the leader is not in the scope, before or
 * after; programs also where there are more than can be looked at. `last`: what was read of this session
 * before, all zero at first; it is brought up to date.
 */
void cf_processes_read(struct cf_session *record, uint64_t fields, const char *unit, const char *proc,
                       struct cf_programs *last);

/*
 * The processes in the scope of a session with this leader, "4711 bash" each, ends in NULL; the caller frees
 * them with cf_groups_free(). NULL where they cannot be told, as above. Those of the user's service manager
 * are not among them: they are no single session's.
 */
char **cf_processes_list(int64_t leader, const char *unit, const char *proc);

#endif
