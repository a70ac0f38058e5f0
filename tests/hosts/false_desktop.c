/*
 * What the agent asks of a desktop, on the user's own bus: false_desktop NOTE. Whether something keeps the
 * desktop from going idle is whether the file NOTE.film is there; milliseconds without input are in
 * NOTE.idle; SIGUSR1 is input.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

static const char *note;
static volatile sig_atomic_t typed;
static unsigned watch; /* 0: nobody is told of input */

static int is_inhibited(sd_bus_message *call, void *data, sd_bus_error *ret_error)
{
    (void)data, (void)ret_error;
    char path[256];
    (void)snprintf(path, sizeof path, "%s.film", note);
    return sd_bus_reply_method_return(call, "b", access(path, F_OK) == 0);
}

/* As of when the file was written. */
static int get_idle_time(sd_bus_message *call, void *data, sd_bus_error *ret_error)
{
    (void)data, (void)ret_error;
    char path[256];
    unsigned long long idle = 0;
    struct stat st;
    struct timespec now;
    (void)snprintf(path, sizeof path, "%s.idle", note);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%llu", &idle) == 1 && fstat(fileno(file), &st) == 0 &&
        clock_gettime(CLOCK_REALTIME, &now) == 0)
        idle += (unsigned long long)((now.tv_sec - st.st_mtim.tv_sec) * 1000 +
                                     (now.tv_nsec - st.st_mtim.tv_nsec) / 1000000);
    if (file)
        (void)fclose(file);
    return sd_bus_reply_method_return(call, "t", (uint64_t)idle);
}

static int add_active_watch(sd_bus_message *call, void *data, sd_bus_error *ret_error)
{
    (void)data, (void)ret_error;
    return sd_bus_reply_method_return(call, "u", ++watch);
}

static int remove_watch(sd_bus_message *call, void *data, sd_bus_error *ret_error)
{
    (void)data, (void)ret_error;
    return sd_bus_reply_method_return(call, NULL);
}

static const sd_bus_vtable session_manager[] = {
    SD_BUS_VTABLE_START(0), SD_BUS_METHOD("IsInhibited", "u", "b", is_inhibited, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END};

static const sd_bus_vtable idle_monitor[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetIdletime", NULL, "t", get_idle_time, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("AddUserActiveWatch", NULL, "u", add_active_watch, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RemoveWatch", "u", NULL, remove_watch, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("WatchFired", "u", 0),
    SD_BUS_VTABLE_END};

static void on_signal(int number)
{
    (void)number;
    typed = 1;
}

#define MANAGER      "org.gnome.SessionManager"
#define MONITOR      "org.gnome.Mutter.IdleMonitor"
#define MONITOR_PATH "/org/gnome/Mutter/IdleMonitor/Core"

int main(int count, char **words)
{
    sd_bus *bus = NULL;
    if (count < 2 || sd_bus_open_user(&bus) < 0)
        return 1;
    note = words[1];
    const struct sigaction act = {.sa_handler = on_signal};
    (void)sigaction(SIGUSR1, &act, NULL);
    if (sd_bus_add_object_vtable(bus, NULL, "/org/gnome/SessionManager", MANAGER, session_manager, NULL) <
            0 ||
        sd_bus_add_object_vtable(bus, NULL, MONITOR_PATH, MONITOR, idle_monitor, NULL) < 0 ||
        sd_bus_request_name(bus, MANAGER, 0) < 0 || sd_bus_request_name(bus, MONITOR, 0) < 0)
        return 1;
    (void)puts("at work");
    (void)fflush(stdout);
    for (;;) {
        while (sd_bus_process(bus, NULL) > 0)
            continue;
        if (typed && watch) {
            (void)sd_bus_emit_signal(bus, MONITOR_PATH, MONITOR, "WatchFired", "u", watch);
            typed = 0;
        }
        if (sd_bus_wait(bus, UINT64_MAX) < 0 && !typed)
            return 1;
    }
}
