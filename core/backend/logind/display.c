#include "logind/display.h"

#include "logind/scope.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { ENVIRONMENT = 16 * 1024 /* read at once */ };

/* X servers' names begin with a capital X; others that make a display of their own: */
static bool is_display_server(const char *name)
{
    static const char *const others[] = {"nxagent", "x2goagent",   "weston",       "sway",
                                         "cage",    "gnome-shell", "kwin_wayland", "labwc"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(name, others[i]) == 0)
            return true;
    return name[0] == 'X' && name[1 + strspn(name + 1, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

/* Whether one of the environment's strings is NAME=something; it is read piece by piece, as it may be long.
 */
static bool environment_names_display(int process, bool *missed)
{
    static const char *const names[] = {"DISPLAY=", "WAYLAND_DISPLAY="};
    enum { LONGEST = 17 }; /* of these, and a letter of the value */
    char text[ENVIRONMENT + LONGEST];
    size_t kept = 0;
    bool found = false, begins = true; /* begins: text does, a string */
    int fd = openat(process, "environ", O_RDONLY | O_CLOEXEC);
    ssize_t step = fd < 0 ? -1 : 1;
    while (!found && fd >= 0 && (step = read(fd, text + kept, ENVIRONMENT)) > 0) {
        size_t length = kept + (size_t)step;
        for (size_t at = 0; at < length && !found; at++) {
            if (at > 0 ? text[at - 1] : !begins)
                continue;
            for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                size_t width = strlen(names[i]);
                found |= length - at > width && memcmp(text + at, names[i], width) == 0 && text[at + width];
            }
        }
        kept = length < LONGEST ? length : LONGEST;
        begins = length == kept ? begins : text[length - kept - 1] == '\0';
        memmove(text, text + length - kept, kept);
    }
    if (step < 0 && cf_scope_is_missed(process))
        *missed = true;
    if (fd >= 0)
        (void)close(fd);
    return found;
}

/* "HOST:DISPLAY.SCREEN" (X(7)): the same where host and display are; "unix" is this machine, as no host is.
 */
struct display_name {
    const char *host, *number;
    size_t host_length, number_length;
};

static bool read_name(const char *text, struct display_name *ret_name)
{
    const char *colon = strrchr(text, ':');
    if (!colon)
        return false;
    *ret_name = (struct display_name){.host = text,
                                      .number = colon + 1,
                                      .host_length = (size_t)(colon - text),
                                      .number_length = strspn(colon + 1, "0123456789")};
    if (ret_name->host_length == 4 && memcmp(text, "unix", 4) == 0)
        ret_name->host_length = 0;
    return ret_name->number_length > 0;
}

bool cf_display_may_be(const char *own, const char *given)
{
    struct display_name a, b;
    if (!given || (!own && given[0]))
        return true;
    return own && read_name(own, &a) && read_name(given, &b) && a.host_length == b.host_length &&
           memcmp(a.host, b.host, a.host_length) == 0 && a.number_length == b.number_length &&
           memcmp(a.number, b.number, a.number_length) == 0;
}

bool cf_display_is_used(int process, bool *missed)
{
    char name[64];
    if (cf_scope_read_record(process, "comm", name, sizeof name) > 0) {
        name[strcspn(name, "\n")] = '\0';
        if (is_display_server(name))
            return true;
    }
    return environment_names_display(process, missed);
}
