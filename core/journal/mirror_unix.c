#include "journal/mirror.h"

#include "base/hash.h"
#include "journal/row.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- Fields ---- */

static void add_field(struct cf_buffer *datagram, const char *name, const char *value)
{
    if (!value)
        return;
    size_t length = strnlen(value, CF_ROW_TEXT);
    cf_buffer_puts(datagram, name);
    if (!memchr(value, '\n', length)) {
        cf_buffer_puts(datagram, "=");
    } else { /* its length, 64 bits, little endian */
        cf_buffer_puts(datagram, "\n");
        for (int shift = 0; shift < 64; shift += 8)
            cf_buffer_add(datagram, &(char){(char)((uint64_t)length >> shift & 0xFF)}, 1);
    }
    cf_buffer_add(datagram, value, length);
    cf_buffer_puts(datagram, "\n");
}

static void add_number(struct cf_buffer *datagram, const char *name, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    if (number > 0)
        add_field(datagram, name, text);
}

/* CURFEW_WHAT=logoff: as in JSON, but for what the log has itself, or in a unit of its own. */
static void add_member(struct cf_buffer *datagram, const char *key, const json_t *value)
{
    static const char *const apart[] = {"at", "birth", "name", "idle"};
    char name[32] = "CURFEW_";
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        if (strcmp(key, apart[i]) == 0)
            return;
    for (; *key && length < sizeof name - 1; key++)
        name[length++] = (char)toupper((unsigned char)*key);
    if (json_is_string(value))
        add_field(datagram, name, json_string_value(value));
    else
        add_number(datagram, name, json_is_true(value) ? 1 : json_integer_value(value));
}

/* One for each kind of entry, by its word (FNV-1a), so that it stays the same as kinds are added. */
static void add_id(struct cf_buffer *datagram, enum cf_what what)
{
    char id[33];
    const char *name = cf_what_name(what);
    uint64_t hash = cf_hash_bytes(CF_HASH_NONE, name, strlen(name));
    (void)snprintf(id, sizeof id, "5d0c6a1fe3b94a72%016llx", (unsigned long long)hash);
    add_field(datagram, "MESSAGE_ID", id);
}

/* Of syslog. */
static const char *const priorities[] = {
    [CF_LOG_ERROR] = "3", [CF_LOG_WARNING] = "4", [CF_LOG_NOTICE] = "5", [CF_LOG_DEBUG] = "6"};

void cf_mirror_compose(const struct cf_entry *entry, struct cf_buffer *datagram)
{
    const char *key;
    json_t *value, *told = cf_entry_json(entry);
    char *message = cf_mirror_message(entry);
    add_field(datagram, "MESSAGE", message);
    free(message);
    add_id(datagram, entry->what);
    add_field(datagram, "PRIORITY", priorities[cf_mirror_level(entry->what)]);
    add_field(datagram, "SYSLOG_IDENTIFIER", "curfew");
    json_object_foreach(told, key, value) add_member(datagram, key, value);
    add_number(datagram, "CURFEW_IDLE_USEC", entry->idle.us);
    json_decref(told);
}

/* ---- The socket ---- */

struct cf_mirror {
    struct cf_journal journal;
    struct sockaddr_un address;
    struct cf_buffer datagram;
    int fd;
};

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct cf_mirror *mirror = data;
    (void)context;
    assert(!kept);
    (void)kept;
    cf_buffer_clear(&mirror->datagram);
    cf_mirror_compose(entry, &mirror->datagram);
    (void)sendto(mirror->fd, mirror->datagram.data, mirror->datagram.length, MSG_DONTWAIT | MSG_NOSIGNAL,
                 (const struct sockaddr *)&mirror->address, sizeof mirror->address);
}

int cf_mirror_create(const char *socket_path, struct cf_mirror **ret_mirror, struct cf_error *err)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return cf_error_set(err, CF_UNSUPPORTED, "no socket for the system's journal: %s", strerror(errno));
    struct cf_mirror *mirror = cf_alloc(sizeof *mirror);
    *mirror = (struct cf_mirror){
        .journal = {.data = mirror, .write = write_entry}, .address = {.sun_family = AF_UNIX}, .fd = fd};
    (void)snprintf(mirror->address.sun_path, sizeof mirror->address.sun_path, "%s",
                   socket_path ? socket_path : "/run/systemd/journal/socket");
    *ret_mirror = mirror;
    return CF_OK;
}

void cf_mirror_destroy(struct cf_mirror *mirror)
{
    if (!mirror)
        return;
    (void)close(mirror->fd);
    cf_buffer_finish(&mirror->datagram);
    free(mirror);
}

const struct cf_journal *cf_mirror_journal(const struct cf_mirror *mirror)
{
    return &mirror->journal;
}
