#include "logind/clients.h"

#include "base/text.h"
#include "logind/scope.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

bool cf_clients_may_tell(const struct cf_properties *properties, struct cf_clients_of *ret_of)
{
    const char *display = properties->display;
    struct cf_clients_of of = {.leader = properties->leader,
                               .uid = properties->uid,
                               .xrdps = cf_text_equal(properties->service, "xrdp-sesman")};
    /* a display of its own on this machine */
    bool numbered = display && display[0] == ':' && display[1] &&
                    !display[1 + strspn(display + 1, "0123456789")] &&
                    strlen(display + 1) < sizeof of.display;
    if (!cf_text_equal(properties->type, "x11") || properties->seat || !numbered)
        return false;
    (void)snprintf(of.display, sizeof of.display, "%s", display + 1);
    *ret_of = of;
    return true;
}

/* A file as the session's processes see it. */
static void path_seen(const struct cf_clients_of *of, const char *path, char ret_path[CF_SOCKET_PATH + 32])
{
    (void)snprintf(ret_path, CF_SOCKET_PATH + 32, "/proc/%" PRId64 "/root%s", of->leader, path);
}

/* ---- xrdp's Xorg: xrdp is connected to a socket of it for as long as a client is there ---- */

/* Since 0.10 each user has a folder of their own. */
static const char *const folders[] = {"/run/xrdp/sockdir/%" PRId64, "/run/xrdp/sockdir", "/tmp/.xrdp"};

/* Whoever has a mount namespace of their own may bind any name, so the file must be there, and the user's. */
static bool is_users(const struct cf_clients_of *of, const char *path)
{
    char seen[CF_SOCKET_PATH + 32];
    struct stat st;
    path_seen(of, path, seen);
    return stat(seen, &st) == 0 && S_ISSOCK(st.st_mode) && (int64_t)st.st_uid == of->uid;
}

/* xrdp's channel server makes and removes its socket with each client, whatever the X server; its folder
 * tells. */
static void look_at_channels(const struct cf_sockets *sockets, const struct cf_clients_of *of,
                             struct cf_clients *clients)
{
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char folder[CF_SOCKET_PATH], path[CF_SOCKET_PATH];
        (void)snprintf(folder, sizeof folder, folders[i], of->uid);
        (void)snprintf(path, sizeof path, "%.64s/xrdp_chansrv_socket_%.9s", folder, of->display);
        clients->generation = cf_sockets_listening(sockets, path);
        (void)snprintf(path, sizeof path, "%.64s/xrdp_display_%.9s", folder, of->display);
        bool own = cf_sockets_listening(sockets, path) && is_users(of, path);
        if (own)
            clients->connected = cf_tri_of(cf_sockets_connected(sockets, path));
        if (own || clients->generation) {
            memcpy(clients->told_by, folder, sizeof folder);
            return;
        }
    }
}

/* ---- Of VNC's and x2go's: clients are connected to the X server itself ---- */

/* The X server of the display, by the lock that each takes; it must be the session's own. 0: there is none.
 */
static int64_t find_server(const struct cf_clients_of *of, char ret_name[64])
{
    char path[CF_SOCKET_PATH], seen[CF_SOCKET_PATH + 32], text[32], own[PATH_MAX] = "", its[PATH_MAX] = "";
    struct cf_scope scope;
    struct stat st;
    long long pid;
    (void)snprintf(path, sizeof path, "/tmp/.X%s-lock", of->display);
    path_seen(of, path, seen);
    if (!cf_scope_read_record(AT_FDCWD, seen, text, sizeof text) || sscanf(text, " %lld", &pid) != 1 ||
        !cf_scope_init(&scope, "/proc"))
        return 0;
    int leader = cf_scope_open_process(&scope, of->leader), process = cf_scope_open_process(&scope, pid);
    if (leader >= 0 && process >= 0) {
        cf_scope_of(&scope, leader, own);
        cf_scope_of(&scope, process, its);
    }
    bool found = cf_scope_within(its, own) && fstat(process, &st) == 0 && (int64_t)st.st_uid == of->uid &&
                 cf_scope_read_record(process, "comm", ret_name, 64) > 0;
    ret_name[found ? strcspn(ret_name, "\n") : 0] = '\0';
    if (leader >= 0)
        (void)close(leader);
    if (process >= 0)
        (void)close(process);
    return found ? pid : 0;
}

static bool is_vncs(const char *name)
{
    static const char *const names[] = {"Xtigervnc", "Xvnc", "Xtightvnc", "Xvnc4", "Xvnc-core"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_nx(const char *name)
{
    return strcmp(name, "x2goagent") == 0 || strcmp(name, "nxagent") == 0;
}

/* To watch what is on a file server would have the loop wait for it. */
static bool is_local(const char *path)
{
    static const unsigned long away[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
                                         AFS_SUPER_MAGIC, AFS_FS_MAGIC,    CEPH_SUPER_MAGIC, CODA_SUPER_MAGIC,
                                         V9FS_MAGIC,      FUSE_SUPER_MAGIC};
    struct statfs on;
    bool local = statfs(path, &on) == 0;
    for (size_t i = 0; i < sizeof away / sizeof away[0]; i++)
        local = local && (unsigned long)on.f_type != away[i];
    return local;
}

/* It writes into its log when clients come and go. Through its descriptor, the file is reached wherever it
 * is. */
static void find_log(int64_t process, char ret_path[CF_SOCKET_PATH])
{
    struct stat st;
    (void)snprintf(ret_path, CF_SOCKET_PATH, "/proc/%" PRId64 "/fd/2", process);
    if (stat(ret_path, &st) != 0 || !S_ISREG(st.st_mode) || !is_local(ret_path))
        ret_path[0] = '\0';
}

/* One that listens nowhere has its only client in another way; x2go's does so while it is suspended. */
static void look_at_server(const struct cf_socket_ends *ends, int64_t process, const struct cf_clients_of *of,
                           struct cf_clients *clients)
{
    struct cf_socket_end has;
    if (!cf_socket_ends_of(ends, process, &has) || !(has.listens || has.connected || of->nx))
        return;
    clients->connected = cf_tri_of(has.connected);
    clients->told_from = !of->xrdps && !of->nx; /* whose clients come by way of xrdp, or of ssh */
    memcpy(clients->from, has.from, sizeof clients->from);
    if (!clients->told_by[0])
        find_log(process, clients->told_by);
}

/* ---- One session ---- */

static bool is_old(struct cf_mono read_for, struct cf_mono asked)
{
    return !cf_mono_known(read_for) || read_for.us < asked.us;
}

struct cf_clients cf_clients_look(struct cf_client_sockets *sockets, const struct cf_clients_of *of,
                                  struct cf_mono asked)
{
    struct cf_clients clients = {0};
    char name[64];
    if (of->xrdps) {
        if (is_old(sockets->named_for, asked)) {
            cf_sockets_read(&sockets->named, of->leader, "/xrdp_");
            sockets->named_for = asked;
        }
        look_at_channels(&sockets->named, of, &clients);
    }
    clients.server = find_server(of, name);
    clients.nx = clients.server && of->nx && is_nx(name);
    bool tells = clients.server && (of->nx ? clients.nx : is_vncs(name));
    if (clients.connected != CF_TRI_UNKNOWN || !tells)
        return clients;
    if (is_old(sockets->ends_for, asked)) {
        sockets->ends_whole = cf_socket_ends_read(&sockets->ends, of->leader);
        sockets->ends_for = asked;
    }
    if (sockets->ends_whole)
        look_at_server(&sockets->ends, clients.server, of, &clients);
    return clients;
}

void cf_client_sockets_finish(struct cf_client_sockets *sockets)
{
    cf_sockets_finish(&sockets->named);
    cf_socket_ends_finish(&sockets->ends);
}
