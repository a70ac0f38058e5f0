#include "logind/display.h"

#include "logind/scope.h"
#include "session/session.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
    ENVIRONMENT = 16 * 1024, /* read at once */
    LONGEST = 40,            /* of a string that can name an own display */
};

/* X servers' names begin with a capital X; what is not listed is one that no screen of the machine's shows.
 */
static enum cf_display_server server_named(const char *name)
{
    static const struct {
        const char *name;
        enum cf_display_server server;
    } known[] = {
        {"Xorg", CF_DISPLAY_OF_SEAT},        {"X", CF_DISPLAY_OF_SEAT},
        {"Xwayland", CF_DISPLAY_WITHIN},     {"Xephyr", CF_DISPLAY_WITHIN},
        {"Xnest", CF_DISPLAY_WITHIN},        {"Xsession", CF_DISPLAY_NONE},
        {"nxagent", CF_DISPLAY_APART},       {"x2goagent", CF_DISPLAY_APART},
        {"gnome-shell", CF_DISPLAY_MANAGER}, {"mutter", CF_DISPLAY_MANAGER},
        {"weston", CF_DISPLAY_COMPOSITOR},   {"sway", CF_DISPLAY_COMPOSITOR},
        {"cage", CF_DISPLAY_COMPOSITOR},     {"kwin_wayland", CF_DISPLAY_COMPOSITOR},
        {"labwc", CF_DISPLAY_COMPOSITOR},    {"niri", CF_DISPLAY_COMPOSITOR},
        {"wayfire", CF_DISPLAY_COMPOSITOR},  {"Hyprland", CF_DISPLAY_COMPOSITOR},
        {"river", CF_DISPLAY_COMPOSITOR},    {"cosmic-comp", CF_DISPLAY_COMPOSITOR},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i].name) == 0)
            return known[i].server;
    const char *after = name + 1;
    if (name[0] != 'X')
        return CF_DISPLAY_NONE;
    after += strspn(after, "abcdefghijklmnopqrstuvwxyz");
    bool is_one = !*after || strncmp(after, "-for-Xpra", strlen("-for-Xpra")) == 0;
    return is_one ? CF_DISPLAY_APART : CF_DISPLAY_NONE;
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

void cf_display_number(const char *name, char ret_number[CF_DISPLAY_NUMBER])
{
    struct display_name read;
    size_t length = name && read_name(name, &read) && !read.host_length ? read.number_length : 0;
    length = length < CF_DISPLAY_NUMBER ? length : 0;
    if (length)
        memcpy(ret_number, read.number, length);
    ret_number[length] = '\0';
}

/* DISPLAY=…, or WAYLAND_DISPLAY=…, and not empty; the value, or NULL. */
static const char *value_of_display(const char *text, size_t length)
{
    static const char *const names[] = {"DISPLAY=", "WAYLAND_DISPLAY="};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t width = strlen(names[i]);
        if (length > width && memcmp(text, names[i], width) == 0 && text[width])
            return text + width;
    }
    return NULL;
}

/* Of a string of which `length` is there: whether it names another display than the own; unknown: not yet. */
static enum cf_tri names_another(const char *text, size_t length, const struct cf_display_own *own)
{
    char number[CF_DISPLAY_NUMBER];
    const char *value = value_of_display(text, length);
    if (!value || !own->number[0] || text[0] == 'W')
        return cf_tri_of(value != NULL);
    if (!memchr(text, '\0', length))
        return length < LONGEST ? CF_TRI_UNKNOWN : CF_TRI_YES;
    cf_display_number(value, number);
    return cf_tri_of(strcmp(number, own->number) != 0);
}

/* Whether one of the environment's strings names another; it is read piece by piece, as it may be long. */
static bool environment_names_display(int process, const struct cf_display_own *own, bool *missed)
{
    char text[ENVIRONMENT + LONGEST];
    size_t kept = 0;
    enum cf_tri found = CF_TRI_NO;
    bool begins = true; /* text does, a string */
    int fd = openat(process, "environ", O_RDONLY | O_CLOEXEC);
    ssize_t step = fd < 0 ? -1 : 1;
    while (found != CF_TRI_YES && fd >= 0 && (step = read(fd, text + kept, ENVIRONMENT)) > 0) {
        size_t length = kept + (size_t)step;
        found = CF_TRI_NO;
        for (size_t at = 0; at < length && found != CF_TRI_YES; at++) {
            enum cf_tri another =
                (at > 0 ? text[at - 1] : !begins) ? CF_TRI_NO : names_another(text + at, length - at, own);
            found = another == CF_TRI_NO ? found : another;
        }
        kept = length < LONGEST ? length : LONGEST;
        begins = length == kept ? begins : text[length - kept - 1] == '\0';
        memmove(text, text + length - kept, kept);
    }
    if (step < 0 && cf_scope_is_missed(process))
        *missed = true;
    if (fd >= 0)
        (void)close(fd);
    return found != CF_TRI_NO; /* one that is cut off is another */
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

enum cf_display_server cf_display_served(int process)
{
    char name[64];
    if (cf_scope_read_record(process, "comm", name, sizeof name) == 0)
        return CF_DISPLAY_NONE;
    name[strcspn(name, "\n")] = '\0';
    return server_named(name);
}

bool cf_display_is_another(int process, int64_t pid, int64_t server)
{
    enum cf_display_server served = pid == server ? CF_DISPLAY_NONE : cf_display_served(process);
    return served != CF_DISPLAY_NONE && served != CF_DISPLAY_MANAGER;
}

bool cf_display_is_used(int process, int64_t pid, const struct cf_display_own *own, bool *missed)
{
    bool owned = own->number[0] != '\0';
    if (owned && pid == own->server)
        return false;
    enum cf_display_server served = cf_display_served(process);
    return (served != CF_DISPLAY_NONE && !(owned && served == CF_DISPLAY_MANAGER)) ||
           environment_names_display(process, own, missed);
}
