#include "journal/running.h"

#include "base/text.h"

#include <fcntl.h>
#include <uv.h>

static void make_path(const char *folder, struct cf_buffer *path)
{
    cf_buffer_printf(path, "%s/journal.running", folder);
}

/* It outlives a loss of power as the journal's rows do. */
static void sync_folder(const char *folder)
{
    uv_fs_t request;
    uv_file fd = uv_fs_open(NULL, &request, folder, O_RDONLY, 0, NULL);
    uv_fs_req_cleanup(&request);
    if (fd < 0)
        return;
    (void)uv_fs_fsync(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
    (void)uv_fs_close(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
}

bool cf_running_begin(const char *folder)
{
    uv_fs_t request;
    struct cf_buffer path = {0};
    make_path(folder, &path);
    uv_file fd = uv_fs_open(NULL, &request, path.data, O_WRONLY | O_CREAT | O_EXCL, 0600, NULL);
    uv_fs_req_cleanup(&request);
    if (fd >= 0) {
        (void)uv_fs_close(NULL, &request, fd, NULL);
        uv_fs_req_cleanup(&request);
        sync_folder(folder);
    }
    cf_buffer_finish(&path);
    return fd == UV_EEXIST;
}

void cf_running_end(const char *folder)
{
    uv_fs_t request;
    struct cf_buffer path = {0};
    make_path(folder, &path);
    (void)uv_fs_unlink(NULL, &request, path.data, NULL);
    uv_fs_req_cleanup(&request);
    cf_buffer_finish(&path);
}
