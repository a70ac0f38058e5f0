#include "ssh.h"

struct cf_sources sources;
struct line shell;

void open_line(struct line *line, time_t input, time_t output)
{
    struct stat st;
    assert_int_equal(openpty(&line->master, &line->slave, line->path, NULL, NULL), 0);
    assert_int_equal(fstat(line->slave, &st), 0);
    line->device = (unsigned)st.st_rdev;
    assert_int_equal(futimens(line->slave, (struct timespec[]){{input, 0}, {output, 0}}), 0);
}

void close_line(struct line *line)
{
    (void)close(line->master);
    (void)close(line->slave);
}

void give_stat(int pid, int parent, unsigned device, int threads, const char *comm)
{
    char text[256];
    int length = snprintf(text, sizeof text, "%d (%s) S %d 1 1 %d -1 0 0 0 0 0 0 0 0 0 20 0 %d 0 %d 9", pid,
                          comm, parent, (int)device, threads, pid);
    tell(pid, "stat", text, (size_t)length);
}

void start(int pid, int parent, unsigned device, const char *cgroup, const char *comm)
{
    char text[256];
    run(pid, cgroup, comm, NULL);
    give_stat(pid, parent, device, 1, comm);
    tell(pid, "environ", "HOME=/", 7);
    (void)snprintf(text, sizeof text, "task/%d/children", pid);
    tell(pid, text, "", 0);
    (void)snprintf(text, sizeof text, "proc/%d/fd/3", pid);
    put(text, "");
}

void set_file(int pid, int fd, const char *to)
{
    char name[64], path[256];
    (void)snprintf(name, sizeof name, "proc/%d/fd/%d", pid, fd);
    path_of(path, name);
    assert_int_equal(symlink(to, path), 0);
}

void give_birth(int pid, int thread, int child)
{
    char name[64], text[16];
    (void)snprintf(name, sizeof name, "proc/%d/task/%d/children", pid, thread);
    put_bytes(name, "ae", text, (size_t)snprintf(text, sizeof text, "%d ", child));
}

void look(const struct cf_search_of *session)
{
    char proc[256];
    path_of(proc, "proc");
    cf_sources_finish(&sources);
    cf_search_sources(&sources, session, proc);
}

struct cf_search_of plain(void)
{
    return (struct cf_search_of){
        .leader = LEADER, .uid = getuid(), .unit = "session-3.scope", .displays = true};
}

void expect_input(int64_t second)
{
    const struct cf_search_of session = plain();
    look(&session);
    int64_t expected = second < 0 ? CF_UNKNOWN_US : cf_terminal_latest(second).us;
    assert_true(cf_sources_input(&sources).us == expected);
}

const struct cf_source *source(const struct line *line)
{
    for (size_t i = 0; i < sources.count; i++)
        if (strcmp(sources.terminals[i].path, line->path) == 0)
            return &sources.terminals[i];
    return NULL;
}

int set_up_ssh(void **state)
{
    if (tree_set_up(state) != 0)
        return -1;
    open_line(&shell, EARLY, EARLY);
    char path[256];
    path_of(path, "cgroup" SCOPE "/cgroup.procs");
    (void)remove(path);
    start(LEADER, 1, 0, SCOPE, "sshd");
    start(SSHD, LEADER, 0, SCOPE, "sshd");
    start(SHELL, SSHD, shell.device, SCOPE, "bash");
    give_birth(LEADER, LEADER, SSHD);
    give_birth(SSHD, SSHD, SHELL);
    return 0;
}

int tear_down_ssh(void **state)
{
    cf_sources_finish(&sources);
    close_line(&shell);
    return tree_tear_down(state);
}
