#include "program/setup/state.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/trust.h"

#include <uv.h>

static int access_to(const char *path, int mode)
{
    uv_fs_t request;
    int status = uv_fs_access(NULL, &request, path, mode, NULL);
    uv_fs_req_cleanup(&request);
    return status;
}

bool cf_state_is_writable(const char *folder)
{
    return access_to(folder, R_OK | W_OK | X_OK) == 0;
}

static bool is_there(const char *path)
{
    uv_fs_t request;
    int status = uv_fs_lstat(NULL, &request, path, NULL);
    uv_fs_req_cleanup(&request);
    return status == 0;
}

static int trust_one(const char *folder, const char *path, struct cf_error *err)
{
    if (!is_there(path))
        return CF_OK;
    int code = cf_trust_file(path, err);
    return code == CF_OK && access_to(path, R_OK | W_OK) == UV_EACCES
               ? cf_error_set(err, CF_REFUSED,
                              _("%s belongs to another user and cannot be written: curfew has run as them "
                                "before; give it back: chown --reference=%s %s"),
                              path, folder, path)
               : code;
}

int cf_state_trust(const char *folder, struct cf_error *err)
{
    static const char *const names[] = {"store.json",     "journal.db",   "journal.db-wal",
                                        "journal.db-shm", "journal.lock", "journal.running"};
    int code = cf_trust_file(folder, err);
    for (size_t i = 0; code == CF_OK && i < sizeof names / sizeof *names; i++) {
        struct cf_buffer path = {0};
        cf_buffer_printf(&path, "%s/%s", folder, names[i]);
        code = trust_one(folder, path.data, err);
        cf_buffer_finish(&path);
    }
    return code;
}
