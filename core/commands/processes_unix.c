#include "commands/processes.h"

#include "base/i18n.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GENTLE_MS = 5000, FORCED_MS = 5000 };

void cf_process_hold(struct cf_process *process, int64_t pid)
{
    process->fd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    process->code = process->fd < 0 ? errno : 0;
}

void cf_process_release(struct cf_process *process)
{
    if (process->fd >= 0)
        (void)close(process->fd);
    process->fd = -1;
}

static int fail(int number, struct cf_error *err)
{
    if (number == ESRCH)
        return CF_OK;
    if (number == EPERM)
        return cf_error_set(err, CF_DENIED,
                            _("access is denied: only administrators may end other users' processes"));
    if (number == ENOSYS)
        return cf_error_set(err, CF_UNSUPPORTED,
                            _("this kernel cannot hold a process while it is looked at"));
    return cf_error_set(err, CF_FAILED, "%s", strerror(number));
}

int cf_process_end(const struct cf_process *process, struct cf_error *err)
{
    static const struct {
        int signal, wait_ms;
    } steps[] = {{SIGTERM, GENTLE_MS}, {SIGKILL, FORCED_MS}};
    if (process->fd < 0)
        return fail(process->code, err);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct pollfd ends = {.fd = process->fd, .events = POLLIN};
        if (syscall(SYS_pidfd_send_signal, process->fd, steps[i].signal, NULL, 0) != 0)
            return fail(errno, err);
        if (poll(&ends, 1, steps[i].wait_ms) > 0)
            return CF_OK;
    }
    return cf_error_set(err, CF_TIMEOUT, _("is still there, though it was made to end"));
}
