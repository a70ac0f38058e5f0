#include "logind/search.h"

#include "base/memory.h"
#include "base/text.h"
#include "logind/display.h"
#include "logind/scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct process {
    int64_t pid, parent;
    int64_t threads;
    int64_t began;   /* in ticks since the host's start */
    unsigned device; /* its controlling terminal's; 0: none */
    bool users;      /* it is the user's own */
};

struct search {
    struct cf_scope *scope;
    const struct cf_search_of *session;
    struct cf_sources *found;
    struct process *processes;
    size_t count, threads;
    size_t compositors;
    char **tops; /* cgroups of which every process counts; the session's first */
    size_t top_count;
};

/* ---- One process ---- */

static void add_path(struct search *search, const char *path, bool served)
{
    struct cf_source terminal = {.served = served}, *there = cf_sources_by_path(search->found, path);
    (void)snprintf(terminal.path, sizeof terminal.path, "%s", path);
    if (there) {
        there->served = there->served && served;
        return;
    }
    if (!cf_terminal_times(path, &terminal.times))
        return;
    terminal.own = terminal.times.uid == search->session->uid;
    cf_sources_add(search->found, &terminal);
}

static bool is_terminal_name(const char *path)
{
    static const char *const kinds[] = {"/dev/pts/", "/dev/tty", "/dev/hvc"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(path, kinds[i], strlen(kinds[i])) == 0 && path[strlen(kinds[i])])
            return true;
    return false;
}

/*
 * By the link's words, which ask no file system: one of a server that does not answer would hold us up. Where
 * no process has it as its controlling terminal, too, nobody knows who looks at it: as if it were served.
 */
static void add_standard_files(struct search *search, int process)
{
    for (int fd = 0; fd < 3; fd++) {
        char name[16], path[CF_TERMINAL_PATH];
        (void)snprintf(name, sizeof name, "fd/%d", fd);
        ssize_t length = readlinkat(process, name, path, sizeof path - 1);
        if (length < 0 && cf_scope_is_missed(process))
            search->found->incomplete = true;
        if (length <= 0 || (size_t)length == sizeof path - 1)
            continue;
        path[length] = '\0';
        if (is_terminal_name(path)) /* or was: "/dev/pts/3 (deleted)" is not there */
            add_path(search, path, true);
    }
}

/*
 * Fields 3, 4, 7, 20 and 22 of stat, proc(5). The name in field 2 may hold anything, so count from its end.
 * False, and errno, where they cannot be read; also where it has ended, and only its parent has not asked
 * yet.
 */
static bool read_stat(int process, struct process *out)
{
    enum { STATE = 3, PARENT = 4, DEVICE = 7, THREADS = 20, BEGAN = 22 };
    char text[1024];
    if (cf_scope_read_record(process, "stat", text, sizeof text) == 0)
        return false;
    int64_t values[BEGAN + 1] = {0};
    char *at = strrchr(text, ')');
    bool told = at && at[1] == ' ' && at[2];
    if (told)
        values[STATE] = (unsigned char)at[2], at += 3;
    for (int field = PARENT; told && field <= BEGAN; field++) {
        char *before = at;
        values[field] = strtoll(before, &at, 10);
        told = *before == ' ' && at > before + 1;
    }
    if (!told) {
        errno = EBADMSG;
        return false;
    }
    if (values[STATE] == 'Z') {
        errno = ESRCH;
        return false;
    }
    out->parent = values[PARENT];
    out->threads = values[THREADS];
    out->began = values[BEGAN];
    out->device = (unsigned)values[DEVICE];
    return true;
}

/* ---- Children that are elsewhere ---- */

static bool is_within_tops(const struct search *search, const char *cgroup)
{
    for (size_t i = 0; i < search->top_count; i++)
        if (cf_scope_within(cgroup, search->tops[i]))
            return true;
    return false;
}

static void add_top(struct search *search, const char *cgroup)
{
    search->tops = cf_grow(search->tops, search->top_count, sizeof *search->tops);
    search->tops[search->top_count++] = cf_strdup(cgroup);
}

/* Cuts a cgroup to the scope that it is in; false where it is in none. */
static bool cut_to_scope(char *cgroup)
{
    static const char suffix[] = ".scope";
    char *last = NULL;
    for (char *at = cgroup; (at = strstr(at, suffix)); at++)
        if (at[sizeof suffix - 1] == '/' || at[sizeof suffix - 1] == '\0')
            last = at;
    if (last)
        last[sizeof suffix - 1] = '\0';
    return last != NULL;
}

static void visit(void *data, int process, int64_t pid);

/*
 * Service managers put what programs start into scopes of its own (tmux's panes on newer systems): then every
 * process there counts. Not so what is a session by itself.
 */
static void follow_child(struct search *search, int64_t pid, int64_t parent)
{
    char cgroup[PATH_MAX] = "";
    struct process child = {0};
    int process = cf_scope_open_process(search->scope, pid);
    if (process >= 0)
        cf_scope_of(search->scope, process, cgroup);
    if (!cgroup[0]) {
        search->found->incomplete |= !cf_scope_has_ended();
    } else if (!is_within_tops(search, cgroup)) {
        bool in_scope = cut_to_scope(cgroup);
        if (in_scope && strncmp(cf_path_file(cgroup), "session-", 8) == 0)
            ; /* another session's */
        else if (!read_stat(process, &child))
            search->found->incomplete |= !cf_scope_has_ended();
        else if (child.parent != parent)
            search->found->incomplete = true; /* it was given to somebody else meanwhile */
        else if (in_scope)
            add_top(search, cgroup);
        else if (!cf_scope_too_many(search->scope))
            visit(search, process, pid);
    }
    if (process >= 0)
        (void)close(process);
}

struct children {
    struct search *search;
    int64_t parent;
};

static bool take_child(void *data, int64_t pid)
{
    const struct children *children = data;
    follow_child(children->search, pid, children->parent);
    return true;
}

/* Those of one thread; `name` is their list's. False where there were threads enough. */
static bool follow_children_of(struct search *search, int folder, const char *name, int64_t pid)
{
    struct children children = {search, pid};
    if (++search->threads > CF_SEARCH_THREADS) {
        search->found->incomplete = true;
        return false;
    }
    if (!cf_scope_each_number(folder, name, take_child, &children))
        search->found->incomplete |= !cf_scope_has_ended();
    return true;
}

static void follow_children(struct search *search, int process, const struct process *of)
{
    char name[NAME_MAX + 16];
    if (of->threads == 1) { /* whose number is the process's */
        (void)snprintf(name, sizeof name, "task/%lld/children", (long long)of->pid);
        (void)follow_children_of(search, process, name, of->pid);
        return;
    }
    int folder = openat(process, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *threads = folder < 0 ? NULL : fdopendir(folder);
    for (struct dirent *thread; threads && (thread = readdir(threads));) {
        if (thread->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/children", thread->d_name);
        if (!follow_children_of(search, folder, name, of->pid))
            break;
    }
    if (threads)
        (void)closedir(threads);
    else
        search->found->incomplete |= !cf_scope_has_ended();
}

/* At a seat one compositor is its own, and so is an X server that is not apart. */
static void look_for_second(struct search *search, int process)
{
    enum cf_display_server served = cf_display_served(process);
    search->compositors += served == CF_DISPLAY_COMPOSITOR || served == CF_DISPLAY_MANAGER;
    search->found->second |=
        served == CF_DISPLAY_APART || (search->session->seated && search->compositors > 1);
}

static void visit(void *data, int process, int64_t pid)
{
    struct search *search = data;
    struct process entry = {.pid = pid};
    struct stat st;
    if (!read_stat(process, &entry) || fstat(process, &st) != 0) {
        search->found->incomplete |= !cf_scope_has_ended();
        return;
    }
    entry.users = (int64_t)st.st_uid == search->session->uid;
    search->processes = cf_grow(search->processes, search->count, sizeof *search->processes);
    search->processes[search->count++] = entry;
    const struct cf_search_of *session = search->session;
    if (entry.users && session->own.server)
        search->found->second |= cf_display_is_another(process, pid, session->own.server);
    else if (entry.users && session->seated)
        look_for_second(search, process);
    if (entry.users && (!session->graphical || session->own.number[0])) {
        if (session->displays)
            search->found->display |=
                cf_display_is_used(process, pid, &session->own, &search->found->incomplete);
        add_standard_files(search, process);
    }
    follow_children(search, process, &entry);
}

/* ---- What ends with the user's last session ---- */

static void visit_managed(void *data, int process, int64_t pid)
{
    (void)pid;
    look_for_second(data, process);
}

/* Their service manager stays whoever logs off: loginctl(1), enable-linger. */
static bool lingers(const struct cf_search_of *session)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "/var/lib/systemd/linger/%s", session->user ? session->user : "");
    return session->user && access(path, F_OK) == 0;
}

/* Whether the user may serve an X display: whoever does has a socket, as the session's own processes see it.
 */
static bool may_serve(const struct search *search, int64_t member)
{
    enum { FEW = 16 };
    char path[PATH_MAX];
    struct stat st;
    size_t seen = 0;
    (void)snprintf(path, sizeof path, "%s/%lld/root/tmp/.X11-unix", search->scope->proc, (long long)member);
    DIR *sockets = opendir(path);
    bool may = !sockets && errno != ENOENT;
    for (struct dirent *socket; sockets && !may && (socket = readdir(sockets));)
        may = socket->d_name[0] != '.' &&
              (++seen > FEW || (fstatat(dirfd(sockets), socket->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                                (int64_t)st.st_uid == search->session->uid));
    if (sockets)
        (void)closedir(sockets);
    return may;
}

static void search_managed(struct search *search, int64_t member)
{
    char manager[PATH_MAX];
    struct cf_scope *scope = search->scope;
    if ((!search->session->seated && !may_serve(search, member)) || lingers(search->session))
        return;
    cf_scope_manager(scope, search->session->uid, manager);
    int folder = cf_scope_open(scope, manager);
    if (folder >= 0)
        cf_scope_walk(scope, folder, manager, visit_managed, search);
}

/* ---- Who serves whom ---- */

static int compare_pids(const void *a, const void *b)
{
    const struct process *first = a, *second = b;
    return (first->pid > second->pid) - (first->pid < second->pid);
}

static const struct process *parent_of(const struct search *search, const struct process *process)
{
    const struct process key = {.pid = process->parent};
    return search->count ? bsearch(&key, search->processes, search->count, sizeof key, compare_pids) : NULL;
}

/* Whether it is the leader, or below it with nothing on a terminal in between: sshd, before there is a shell.
 */
static bool is_of_logon(const struct search *search, const struct process *at)
{
    size_t steps = 0; /* numbers are reused, so that what was read at different moments may be a circle */
    while (at && !at->device && at->pid != search->session->leader && steps++ < search->count)
        at = parent_of(search, at);
    return at && !at->device && at->pid == search->session->leader;
}

/* A server of terminals has none itself, and its child has. So has what logs the user on. */
static bool is_served(const struct search *search, const struct process *process)
{
    const struct process *at = process;
    size_t steps = 0;
    while (at && at->device && at->pid != search->session->leader && steps++ < search->count)
        at = parent_of(search, at);
    return at && !at->device && !is_of_logon(search, at);
}

/*
 * What sshd runs without a terminal beside its shells: an editor's server, at which somebody may be at work,
 * or a copy. The leader's own children may be helpers of whatever logged the user on.
 */
static bool is_channel(const struct search *search, const struct process *process)
{
    const struct process *parent = process->users && !process->device ? parent_of(search, process) : NULL;
    return parent && parent->pid != search->session->leader && is_of_logon(search, parent);
}

static void add_controlled(struct search *search, const char *path, bool served, int64_t began)
{
    add_path(search, path, served);
    struct cf_source *terminal = cf_sources_by_path(search->found, path);
    if (terminal && (terminal->eldest == 0 || began < terminal->eldest))
        terminal->eldest = began;
}

static void add_controlling_terminals(struct search *search)
{
    if (search->count)
        qsort(search->processes, search->count, sizeof *search->processes, compare_pids);
    const struct process key = {.pid = search->session->leader};
    const struct process *leading =
        search->count ? bsearch(&key, search->processes, search->count, sizeof key, compare_pids) : NULL;
    unsigned leader = leading ? leading->device : 0;
    for (size_t i = 0; i < search->count; i++) {
        const struct process *process = &search->processes[i];
        char path[CF_TERMINAL_PATH];
        search->found->channel |= is_channel(search, process);
        if (!process->device)
            continue;
        bool served = is_served(search, process);
        search->found->server |= served;
        if (!served && search->session->graphical && process->device == leader)
            continue; /* it was begun there, and nobody looks at it */
        if (cf_terminal_numbered(process->device, path))
            add_controlled(search, path, served, process->began);
        else
            search->found->incomplete = true;
    }
}

/* ---- A session ---- */

static void search_session(struct search *search)
{
    struct cf_scope *scope = search->scope;
    int64_t member = search->session->member ? search->session->member : search->session->leader;
    if (cf_scope_find(scope, member, search->session->unit))
        add_top(search, scope->top);
    for (size_t i = 0; i < search->top_count; i++) {
        char *cgroup = search->tops[i];
        int folder = cf_scope_open(scope, cgroup);
        if (folder >= 0)
            cf_scope_walk(scope, folder, cgroup, visit, search);
    }
    if (search->top_count && (search->session->displays || search->session->own.server))
        search_managed(search, member);
    search->found->incomplete |= !cf_scope_stands(scope);
}

/* The one that logind names, where it is the user's. */
static void add_named_terminal(struct search *search)
{
    const struct cf_search_of *session = search->session;
    struct cf_source terminal = {.own = true};
    if (session->tty && !session->graphical && cf_terminal_named(session->tty, terminal.path) &&
        cf_terminal_times(terminal.path, &terminal.times) && terminal.times.uid == session->uid)
        cf_sources_add(search->found, &terminal);
}

void cf_search_sources(struct cf_sources *sources, const struct cf_search_of *session, const char *proc)
{
    struct cf_scope scope; /* not zeroed, for it has two long paths */
    struct search search = {.scope = &scope, .session = session, .found = sources};
    sources->graphical = session->graphical;
    add_named_terminal(&search);
    if (cf_scope_init(&scope, proc))
        search_session(&search);
    else
        sources->incomplete = true;
    add_controlling_terminals(&search);
    sources->incomplete |= scope.incomplete;
    cf_scope_finish(&scope);
    for (size_t i = 0; i < search.top_count; i++)
        free(search.tops[i]);
    free(search.tops);
    free(search.processes);
}

void cf_search_elsewhere(struct cf_sources *sources, const struct cf_search_of *session, const char *proc)
{
    struct cf_sources others = {0};
    cf_search_sources(&others, session, proc);
    for (size_t i = 0; i < others.count; i++) {
        others.terminals[i].elsewhere = true;
        cf_sources_add(sources, &others.terminals[i]);
    }
    sources->incomplete |= others.incomplete;
    sources->display |= others.display;
    sources->second |= others.second;
    cf_sources_finish(&others);
}
