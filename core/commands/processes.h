/* Ending a process of this machine, and no other: its number alone may be another's a moment later. */
#ifndef CF_COMMANDS_PROCESSES_H
#define CF_COMMANDS_PROCESSES_H

#include "base/error.h"

#include <stdint.h>

struct cf_process {
    int fd;       /* Linux: of the process itself, pidfd_open(2); negative: it is not held */
    void *handle; /* Windows: the same; NULL */
    int code;     /* why not, as errno, or Windows' error */
};

/* Holds the process that has this number now; release it. */
void cf_process_hold(struct cf_process *process, int64_t pid);
void cf_process_release(struct cf_process *process);

/* Asks it to end, where the system can, and after a few seconds makes it; waits until it has. 0 also where it
 * had ended. CF_DENIED, CF_TIMEOUT, CF_UNSUPPORTED, CF_FAILED. */
int cf_process_end(const struct cf_process *process, struct cf_error *err);

#endif
