#include "logind/state_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "logind/scope.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096 /* bytes of a file, of which a terminal's session takes about 400 */ };

enum kind { TEXT, NUMBER, FLAG };

/* KEY=VALUE, as in systemd 245 to 261. What is needed is written of every session on a terminal. */
static const struct line {
    const char *key;
    enum kind kind;
    bool needed;
    size_t offset;
} lines[] = {
    {"UID", NUMBER, true, offsetof(struct cf_properties, uid)},
    {"USER", TEXT, true, offsetof(struct cf_properties, name)},
    {"ACTIVE", FLAG, true, offsetof(struct cf_properties, active)},
    {"STATE", TEXT, true, offsetof(struct cf_properties, state)},
    {"REMOTE", FLAG, true, offsetof(struct cf_properties, remote)},
    {"TYPE", TEXT, true, offsetof(struct cf_properties, type)},
    {"CLASS", TEXT, true, offsetof(struct cf_properties, class_)},
    {"SCOPE", TEXT, true, offsetof(struct cf_properties, scope)},
    {"SEAT", TEXT, false, offsetof(struct cf_properties, seat)},
    {"TTY", TEXT, false, offsetof(struct cf_properties, tty)},
    {"DISPLAY", TEXT, false, offsetof(struct cf_properties, display)},
    {"REMOTE_HOST", TEXT, false, offsetof(struct cf_properties, remote_host)},
    {"SERVICE", TEXT, false, offsetof(struct cf_properties, service)},
    {"DESKTOP", TEXT, false, offsetof(struct cf_properties, desktop)},
    {"LEADER", NUMBER, true, offsetof(struct cf_properties, leader)},
    {"LEADER_PIDFDID", NUMBER, false, offsetof(struct cf_properties, leader_pidfd)},
    {"REALTIME", NUMBER, true, offsetof(struct cf_properties, logon)},
    {"MONOTONIC", NUMBER, true, offsetof(struct cf_properties, logon_awake)},
};

enum { COUNT = sizeof lines / sizeof lines[0] };

/* All of the file, which ends in a line feed; false where it cannot be had. */
static bool read_whole(const char *folder, const char *id, char out[MOST])
{
    char path[PATH_MAX];
    if (!*id || *id == '.' || strchr(id, '/') ||
        snprintf(path, sizeof path, "%s/%s", folder, id) >= (int)sizeof path)
        return false;
    size_t length = cf_scope_read_record(AT_FDCWD, path, out, MOST);
    return length > 0 && length < MOST - 1 && out[length - 1] == '\n' && strlen(out) == length;
}

static const struct line *line_by_key(const char *key)
{
    for (size_t i = 0; i < COUNT; i++)
        if (lines[i].key[0] == key[0] && strcmp(lines[i].key, key) == 0)
            return &lines[i];
    return NULL;
}

/* Quoted and escaped values are left to systemd's own reading. */
static bool is_plain(const char *value)
{
    const char *at = value;
    while (*at > ' ' && *at <= '~')
        at++;
    return at > value && !*at && !strpbrk(value, "\\\"'`$");
}

static bool take_number(const char *value, int64_t *ret)
{
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || digits > 18 || value[digits])
        return false;
    *ret = strtoll(value, NULL, 10);
    return true;
}

static bool take_value(const struct line *line, const char *value, void *to)
{
    switch (line->kind) {
    case TEXT: cf_replace(to, value); return true;
    case NUMBER: return take_number(value, to);
    default:
        *(enum cf_tri *)to = cf_tri_of(*value == '1');
        return (*value == '0' || *value == '1') && !value[1];
    }
}

/* Each key once; what is not known here tells of what nobody asks for. False where one that is needed is not
 * there. */
static bool take_lines(struct cf_properties *properties, char *text)
{
    unsigned seen = 0, needed = 0;
    for (char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
        char *equals = strchr(at, '=');
        *end = '\0';
        if (*at == '#')
            continue;
        if (!equals || equals > end)
            return false;
        *equals = '\0';
        const struct line *line = line_by_key(at);
        if (!line)
            continue;
        unsigned bit = 1U << (line - lines);
        if (seen & bit || !is_plain(equals + 1) ||
            !take_value(line, equals + 1, (char *)properties + line->offset))
            return false;
        seen |= bit;
    }
    for (size_t i = 0; i < COUNT; i++)
        needed |= lines[i].needed ? 1U << i : 0;
    return (seen & needed) == needed;
}

int cf_state_file_take(struct cf_properties *properties, char *text)
{
    if (!take_lines(properties, text) || properties->logon_awake <= 0 || strcmp(properties->type, "tty") != 0)
        return CF_FAILED;
    return CF_OK;
}

int cf_state_file_read(struct cf_properties *properties, const char *folder, const char *id)
{
    char text[MOST];
    int code = read_whole(folder, id, text) ? cf_state_file_take(properties, text) : CF_FAILED;
    if (code == CF_OK)
        properties->id = cf_strdup(id);
    return code;
}
