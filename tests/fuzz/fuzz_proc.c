/*
 * What the kernel says of processes, made up: any bytes in the files of three processes and their cgroup. The
 * answers keep their promises whatever stands there, and are the same when asked again. A terminal is real.
 */
#include "base/template.h"
#include "fuzz.h"
#include "logind/groups.h"
#include "logind/processes.h"
#include "logind/search.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/stat.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SLICE        "/user.slice"
#define UNIT         "session-3.scope"
#define SCOPE        SLICE "/" UNIT

enum { LEADER = 100, LONGEST = 4096 };

static char root[64], proc[80];

/* The input says one of these at a time: "\xFF", which one, and what stands in it. "@" is the terminal's
 * number in stat, and its path in a link. */
static const struct entry {
    const char *path, *usual;
    bool link;
} entries[] = {
    {"proc/100/stat", "100 (sshd) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 9 9", false},
    {"proc/101/stat", "101 (bash) S 100 1 1 @ -1 0 0 0 0 0 0 0 0 0 20 0 1 0 101 9 9", false},
    {"proc/102/stat", "102 (tmux: server) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 102 9 9", false},
    {"proc/100/comm", "sshd\n", false},
    {"proc/101/comm", "bash\n", false},
    {"proc/102/comm", "tmux: server\n", false},
    {"proc/100/cgroup", "0::" SCOPE "\n", false},
    {"proc/101/cgroup", "1:name=systemd:/\n0::" SCOPE "/below\n", false},
    {"proc/102/cgroup", "0::" SLICE "/other.scope\n", false},
    {"proc/100/environ", "", false},
    {"proc/101/environ", "HOME=/\0LANG=pt_BR.UTF-8\0", false},
    {"proc/102/environ", "DISPLAY=\0", false},
    {"proc/100/task/100/children", "101 ", false},
    {"proc/101/task/101/children", "102 ", false},
    {"proc/102/task/102/children", "", false},
    {"cgroup" SCOPE "/cgroup.procs", "100\n", false},
    {"cgroup" SCOPE "/below/cgroup.procs", "101\n", false},
    {"cgroup" SCOPE "/cpu.stat", "usage_usec 1500000\nuser_usec 1\n", false},
    {"cgroup" SLICE "/other.scope/cgroup.procs", "102\n", false},
    {"proc/100/exe", "/usr/sbin/sshd", true},
    {"proc/101/exe", "/usr/bin/bash (deleted)", true},
    {"proc/101/fd/0", "@", true},
    {"proc/101/fd/1", "/dev/pts/0 (deleted)", true},
    {"proc/102/fd/0", "/dev/null", true},
    {"proc/102/fd/2", "socket:[1]", true},
};

static size_t usual_length(const struct entry *entry)
{
    size_t length = strlen(entry->usual);
    return strstr(entry->path, "101/environ") ? sizeof "HOME=/\0LANG=pt_BR.UTF-8" : length;
}

/* ---- The tree ---- */

static void path_of(const char *name, char out[256])
{
    fuzz_check(snprintf(out, 256, "%s/%s", root, name) < 256);
}

static void make_folders(const char *name)
{
    char path[256];
    path_of(name, path);
    for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')); *at++ = '/') {
        *at = '\0';
        (void)mkdir(path, 0755);
    }
}

static void put_file(const char *name, const char *bytes, size_t length)
{
    char path[256];
    path_of(name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    fuzz_check(fd >= 0 && write(fd, bytes, length) == (ssize_t)length && close(fd) == 0);
}

static void put_link(const char *name, const char *to)
{
    char path[256];
    path_of(name, path);
    (void)unlink(path);
    if (*to)
        fuzz_check(symlink(to, path) == 0);
}

static char terminal[64];
static unsigned device;

static void put(const struct entry *entry, const char *bytes, size_t length)
{
    char text[LONGEST + 64];
    size_t out = 0;
    for (size_t i = 0; i < length && out < LONGEST; i++) {
        if (bytes[i] == '@')
            out += (size_t)(entry->link ? snprintf(text + out, 64, "%s", terminal)
                                        : snprintf(text + out, 64, "%d", (int)device));
        else if (bytes[i] == '.' && out > 0 && text[out - 1] == '.')
            text[out++] = '_'; /* not out of this tree, into whatever this machine has */
        else
            text[out++] = bytes[i];
    }
    text[out] = '\0';
    if (entry->link)
        put_link(entry->path, text);
    else
        put_file(entry->path, text, out);
}

static void remove_tree(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    (void)!system(command);
}

static void make_tree(void)
{
    char mounts[256];
    int master, slave;
    struct stat st;
    (void)snprintf(root, sizeof root, "%s/cf-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    fuzz_check(mkdtemp(root));
    (void)atexit(remove_tree);
    (void)snprintf(proc, sizeof proc, "%s/proc", root);
    fuzz_check(openpty(&master, &slave, terminal, NULL, NULL) == 0 && fstat(slave, &st) == 0);
    device = (unsigned)st.st_rdev;
    for (size_t i = 0; i < COUNT(entries); i++)
        make_folders(entries[i].path);
    make_folders("proc/self/mounts");
    int length = snprintf(mounts, sizeof mounts, "c %s/cgroup cgroup2 rw 0 0\n", root);
    put_file("proc/self/mounts", mounts, (size_t)length);
}

static void fill_tree(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < COUNT(entries); i++)
        put(&entries[i], entries[i].usual, usual_length(&entries[i]));
    const uint8_t *at = size ? memchr(data, 0xFF, size) : NULL, *end = data + size;
    while (at && at + 1 < end) {
        const struct entry *entry = &entries[at[1] % COUNT(entries)];
        const uint8_t *bytes = at + 2;
        at = bytes < end ? memchr(bytes, 0xFF, (size_t)(end - bytes)) : NULL;
        put(entry, (const char *)bytes, (size_t)((at ? at : end) - bytes));
    }
}

/* ---- What is asked ---- */

static void check_sources(const struct cf_search_of *session)
{
    struct cf_sources first = {0}, again = {0};
    cf_search_sources(&first, session, proc);
    cf_search_sources(&again, session, proc);
    fuzz_check(first.count == again.count && first.count <= CF_SOURCES_TERMINALS);
    fuzz_check(first.incomplete == again.incomplete && first.display == again.display);
    for (size_t i = 0; i < first.count; i++) {
        const struct cf_source *source = &first.terminals[i];
        fuzz_check(memchr(source->path, '\0', sizeof source->path));
        fuzz_check(strncmp(source->path, "/dev/", 5) == 0 && !strstr(source->path, "/."));
        fuzz_check(strcmp(source->path, again.terminals[i].path) == 0);
        fuzz_check(!source->own || source->times.uid == session->uid);
        for (size_t j = 0; j < i; j++)
            fuzz_check(strcmp(source->path, first.terminals[j].path) != 0);
    }
    /* Unknown is never idle. */
    struct cf_instant input = cf_sources_input(&first);
    fuzz_check(input.us == CF_UNKNOWN_US || (!first.incomplete && !first.display && !first.channel));
    fuzz_check(input.us == CF_UNKNOWN_US || first.count > 0);
    fuzz_check(cf_sources_output(&first).us == CF_UNKNOWN_US || !first.incomplete);
    cf_sources_finish(&first);
    cf_sources_finish(&again);
}

static void check_list(char **list)
{
    for (size_t i = 0; list && list[i]; i++) {
        char *end;
        (void)strtoll(list[i], &end, 10);
        fuzz_check(end > list[i] && *end == ' ' && !strchr(list[i], '\n'));
    }
    cf_groups_free(list);
}

static void check_record(void)
{
    struct cf_session record;
    cf_session_init(&record);
    record.leader = LEADER;
    record.uid = getuid();
    struct cf_programs programs = {0};
    cf_processes_read(&record, CF_PROCESSES_FIELDS, UNIT, proc, &programs);
    cf_programs_finish(&programs);
    for (size_t i = 0; record.programs && record.programs[i]; i++)
        fuzz_check(i == 0 || strcmp(record.programs[i - 1], record.programs[i]) < 0);
    fuzz_check(!record.language || cf_language_is(record.language));
    fuzz_check(record.cpu == CF_NUMBER_UNKNOWN || record.cpu >= 0);
    cf_session_finish(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!root[0])
        make_tree();
    fill_tree(data, size);
    const struct cf_search_of session = {
        .leader = LEADER, .uid = getuid(), .unit = UNIT, .displays = true, .graphical = size % 8 == 7};
    check_sources(&session);
    check_record();
    check_list(cf_processes_list(LEADER, UNIT, proc));
    return 0;
}
