/*
 * sessions COUNT USER…: logs the users on in turn, as PAM's module does: a process on a terminal of its own
 * leads each session, which is an X11 one where $DISPLAY is set. Says how long that took, in seconds, and
 * keeps them until it is killed. Where $TYPES is set, somebody types a line a second at each terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 50 };

static int failed;
static size_t under_way, master_count;
static int masters[10000];

static void die(const char *what, int code)
{
    fprintf(stderr, "sessions: %s: %s\n", what, strerror(code));
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A process that reads from a new terminal of the user's. */
static pid_t start_leader(uid_t uid, char *terminal, size_t size)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
        ptsname_r(master, terminal, size) != 0 || chown(terminal, uid, (gid_t)-1) != 0)
        die("a terminal", errno);
    pid_t child = fork();
    if (child < 0)
        die("a process", errno);
    if (child > 0) {
        masters[master_count++] = master;
        return child;
    }
    char line[64];
    int own = setsid() < 0 ? -1 : open(terminal, O_RDWR); /* which makes it the controlling one */
    while (own >= 0 && read(own, line, sizeof line) >= 0)
        ;
    _exit(1);
}

/* The line whose closing would end the session stays open in the reply, which is never freed. */
static int on_created(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    (void)data, (void)ret_error;
    const sd_bus_error *error = sd_bus_message_get_error(reply);
    if (error && failed++ == 0)
        fprintf(stderr, "sessions: %s\n", error->message);
    sd_bus_message_ref(reply);
    under_way--;
    return 0;
}

static void wait_for(sd_bus *bus, size_t most)
{
    while (under_way > most) {
        int code = sd_bus_process(bus, NULL);
        if (code == 0)
            code = sd_bus_wait(bus, UINT64_MAX);
        if (code < 0)
            die("the system bus", -code);
    }
}

static void type_everywhere(void)
{
    char shown[64];
    for (size_t i = 0; i < master_count; i++) {
        if (write(masters[i], "a\n", 2) != 2)
            die("typing", errno);
        while (read(masters[i], shown, sizeof shown) == sizeof shown) /* what the terminal echoes */
            ;
    }
}

int main(int argc, char **argv)
{
    static const struct rlimit files = {10000, 10000};
    int count = argc > 2 ? atoi(argv[1]) : 0;
    if (count < 1 || (size_t)count > sizeof masters / sizeof masters[0]) {
        fputs("usage: sessions COUNT USER…\n", stderr);
        return 2;
    }
    const char *display = getenv("DISPLAY");
    double begin = now();
    sd_bus *bus = NULL;
    int code = sd_bus_open_system(&bus);
    if (code < 0 || setrlimit(RLIMIT_NOFILE, &files) != 0)
        die("the system bus", code < 0 ? -code : errno);
    for (int i = 0; i < count; i++) {
        const struct passwd *user = getpwnam(argv[2 + i % (argc - 2)]);
        char terminal[32];
        if (!user)
            die(argv[2 + i % (argc - 2)], ENOENT);
        pid_t leader = start_leader(user->pw_uid, terminal, sizeof terminal);
        code = sd_bus_call_method_async(
            bus, NULL, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
            "CreateSession", on_created, NULL, "uusssssussbssa(sv)", (uint32_t)user->pw_uid, (uint32_t)leader,
            "bench", display ? "x11" : "tty", "user", "", "", UINT32_C(0),
            display ? "" : terminal + strlen("/dev/"), display ? display : "", 1, "", "desk.example", 0);
        if (code < 0)
            die("CreateSession", -code);
        under_way++;
        wait_for(bus, AT_ONCE - 1);
    }
    wait_for(bus, 0);
    if (failed)
        return 1;
    printf("%.1f\n", now() - begin);
    fflush(stdout);
    while (getenv("TYPES")) {
        type_everywhere();
        (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    for (;;)
        pause();
}
