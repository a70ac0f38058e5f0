/*
 * lister [FOLDER]: the least that a listing of sessions with their idle times takes. Asks logind for all of
 * them and for the properties of each, 64 at once, or reads these from logind's files in FOLDER; looks at the
 * terminals that control the processes of each scope, one after the other; prints a line each. It trusts
 * whatever it reads, and so may tell that somebody who types is idle: it is a floor to measure by, no program
 * to use.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#define LOGIN1 "org.freedesktop.login1"

enum { SESSIONS = 10000, AT_ONCE = 64, FIELD = 64 };

struct session {
    char id[FIELD], user[FIELD], type[FIELD], state[FIELD], host[FIELD];
    char path[256];
    uint64_t logon;
    uint32_t leader;
    time_t input;
};

static struct session sessions[SESSIONS];
static size_t count, sent, answered;

static void die(const char *what, int code)
{
    fprintf(stderr, "lister: %s: %s\n", what, strerror(-code));
    exit(1);
}

static void read_text(sd_bus_message *reply, char out[FIELD])
{
    const char *text = "";
    (void)sd_bus_message_read(reply, "v", "s", &text);
    (void)snprintf(out, FIELD, "%s", text);
}

static void read_property(sd_bus_message *reply, struct session *session)
{
    const char *name;
    if (sd_bus_message_read(reply, "s", &name) < 0)
        return;
    if (strcmp(name, "Type") == 0)
        read_text(reply, session->type);
    else if (strcmp(name, "State") == 0)
        read_text(reply, session->state);
    else if (strcmp(name, "RemoteHost") == 0)
        read_text(reply, session->host);
    else if (strcmp(name, "Timestamp") == 0)
        (void)sd_bus_message_read(reply, "v", "t", &session->logon);
    else if (strcmp(name, "Leader") == 0)
        (void)sd_bus_message_read(reply, "v", "u", &session->leader);
    else
        (void)sd_bus_message_skip(reply, "v");
}

static int on_properties(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    (void)ret_error;
    answered++;
    if (sd_bus_message_enter_container(reply, 'a', "{sv}") < 0)
        return 0;
    while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
        read_property(reply, data);
        (void)sd_bus_message_exit_container(reply);
    }
    return 0;
}

static void list_sessions(sd_bus *bus)
{
    sd_bus_message *reply = NULL;
    const char *id, *user, *seat, *path;
    uint32_t uid;
    int code = sd_bus_call_method(bus, LOGIN1, "/org/freedesktop/login1", LOGIN1 ".Manager", "ListSessions",
                                  NULL, &reply, "");
    if (code < 0 || sd_bus_message_enter_container(reply, 'a', "(susso)") < 0)
        die("ListSessions", code);
    while (count < SESSIONS && sd_bus_message_read(reply, "(susso)", &id, &uid, &user, &seat, &path) > 0) {
        struct session *session = &sessions[count++];
        (void)snprintf(session->id, sizeof session->id, "%s", id);
        (void)snprintf(session->user, sizeof session->user, "%s", user);
        (void)snprintf(session->path, sizeof session->path, "%s", path);
    }
    sd_bus_message_unref(reply);
}

static void ask_for_properties(sd_bus *bus)
{
    int code;
    while (answered < count) {
        for (; sent < count && sent - answered < AT_ONCE; sent++)
            (void)sd_bus_call_method_async(bus, NULL, LOGIN1, sessions[sent].path,
                                           "org.freedesktop.DBus.Properties", "GetAll", on_properties,
                                           &sessions[sent], "s", LOGIN1 ".Session");
        code = sd_bus_process(bus, NULL);
        if (code == 0)
            code = sd_bus_wait(bus, UINT64_MAX);
        if (code < 0)
            die("the system bus", code);
    }
}

static bool read_file(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, out, size - 1);
    if (fd >= 0)
        (void)close(fd);
    out[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static void take_line(struct session *session, const char *key, const char *value)
{
    char *text = strcmp(key, "TYPE") == 0          ? session->type
                 : strcmp(key, "STATE") == 0       ? session->state
                 : strcmp(key, "REMOTE_HOST") == 0 ? session->host
                                                   : NULL;
    if (text)
        (void)snprintf(text, FIELD, "%s", value);
    else if (strcmp(key, "REALTIME") == 0)
        session->logon = strtoull(value, NULL, 10);
    else if (strcmp(key, "LEADER") == 0)
        session->leader = (uint32_t)strtoul(value, NULL, 10);
}

static void read_properties(const char *folder)
{
    char path[256], text[4096];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, sessions[i].id);
        if (!read_file(path, text, sizeof text))
            continue;
        for (char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
            char *value = strchr(at, '=');
            *end = '\0';
            if (!value || value > end)
                continue;
            *value = '\0';
            take_line(&sessions[i], at, value + 1);
        }
    }
}

static void look_at_process(struct session *session, long pid)
{
    char path[64], text[1024];
    int device = 0;
    struct stat st;
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    if (!read_file(path, text, sizeof text))
        return;
    const char *after = strrchr(text, ')');
    if (!after || sscanf(after + 1, " %*c %*d %*d %*d %d", &device) != 1 || !device)
        return;
    (void)snprintf(path, sizeof path, "/dev/pts/%u",
                   (major((unsigned)device) - 136) * 256 + minor((unsigned)device));
    if (stat(path, &st) == 0 && st.st_atime > session->input)
        session->input = st.st_atime;
}

static void look_at_terminals(struct session *session)
{
    char path[2048], text[1024], processes[4096];
    (void)snprintf(path, sizeof path, "/proc/%u/cgroup", session->leader);
    const char *cgroup = read_file(path, text, sizeof text) ? strstr(text, "0::") : NULL;
    if (!cgroup)
        return;
    (void)snprintf(path, sizeof path, "/sys/fs/cgroup%.*s/cgroup.procs", (int)strcspn(cgroup + 3, "\n"),
                   cgroup + 3);
    if (!read_file(path, processes, sizeof processes))
        return;
    for (char *at = processes, *end; *at; at = end + (*end == '\n')) {
        long pid = strtol(at, &end, 10);
        if (end == at)
            break;
        look_at_process(session, pid);
    }
}

int main(int argc, char **argv)
{
    sd_bus *bus = NULL;
    int code = sd_bus_open_system(&bus);
    if (code < 0)
        die("the system bus", code);
    list_sessions(bus);
    if (argc > 1)
        read_properties(argv[1]);
    else
        ask_for_properties(bus);
    for (size_t i = 0; i < count; i++) {
        const struct session *session = &sessions[i];
        look_at_terminals(&sessions[i]);
        time_t logon = (time_t)(session->logon / 1000000);
        char since[32];
        struct tm broken;
        (void)strftime(since, sizeof since, "%F %H:%M", localtime_r(&logon, &broken));
        printf("%-6s %-8s %-8s %-16s %-8s %6lld %s\n", session->id, session->user, session->type,
               session->host, session->state, (long long)(time(NULL) - session->input), since);
    }
    sd_bus_flush_close_unref(bus);
    return 0;
}
