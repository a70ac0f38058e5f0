#include "engine/records/store_file.h"

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cf_store_file {
    struct cf_loop *loop;
    char *path, *fresh; /* fresh: the name of the file while it is written */
    json_t *(*content)(void *data);
    void *data;
    struct cf_timer timer;
    uv_work_t work;
    char *text; /* being written */
    char *last; /* to be written once that is done; while closing */
    int status; /* of the last writing: 0, or libuv's code */
    bool changed, busy, closing;
};

/* ---- Reading ---- */

static bool is_deeper(const json_t *value, int most)
{
    const char *name;
    size_t index;
    json_t *item;
    if (most < 0)
        return true;
    json_array_foreach(value, index, item) if (is_deeper(item, most - 1)) return true;
    json_object_foreach((json_t *)(uintptr_t)value, name, item) if (is_deeper(item, most - 1)) return true;
    return false;
}

static bool is_ours(const json_t *policies)
{
    const char *name;
    json_t *values;
    json_object_foreach((json_t *)(uintptr_t)policies, name, values)
    {
        if (!json_is_object(values) || is_deeper(values, CF_STORE_DEPTH))
            return false;
    }
    return json_is_object(policies);
}

int cf_store_file_read(const char *path, json_t **ret_policies, struct cf_error *err)
{
    char *bytes = NULL;
    size_t size = 0;
    int code = cf_file_read_own(path, CF_STORE_FILE, &bytes, &size, err);
    if (code == CF_UNAVAILABLE)
        *ret_policies = json_object();
    if (code != CF_OK)
        return code == CF_UNAVAILABLE ? CF_OK : code;
    json_error_t error;
    json_t *all = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    free(bytes);
    json_t *policies = json_object_get(all, "policies");
    if (!all)
        code = cf_error_set(err, CF_FAILED, "%s:%d: is no JSON: %s; mend it, or move it away to begin again",
                            path, error.line, error.text);
    else if (json_integer_value(json_object_get(all, "version")) != CF_STORE_VERSION || !is_ours(policies))
        code = cf_error_set(err, CF_FAILED,
                            "%s: is not a store that this curfew knows; move it away to begin again", path);
    else
        *ret_policies = json_incref(policies);
    json_decref(all);
    return code;
}

/* ---- Writing, on a worker thread ---- */

static int write_text(uv_file fd, const char *text)
{
    uv_fs_t request;
    for (size_t length = strlen(text), done = 0; done < length;) {
        uv_buf_t rest = uv_buf_init((char *)(uintptr_t)text + done, (unsigned)(length - done));
        int written = uv_fs_write(NULL, &request, fd, &rest, 1, -1, NULL);
        uv_fs_req_cleanup(&request);
        if (written <= 0)
            return written ? written : UV_EIO;
        done += (size_t)written;
    }
    int status = uv_fs_fsync(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
    return status;
}

static int replace(const struct cf_store_file *file)
{
    uv_fs_t request;
    (void)uv_fs_unlink(NULL, &request, file->fresh, NULL); /* of a life that was killed, or a link */
    uv_fs_req_cleanup(&request);
    uv_file fd = uv_fs_open(NULL, &request, file->fresh, O_WRONLY | O_CREAT | O_EXCL, 0600, NULL);
    uv_fs_req_cleanup(&request);
    if (fd < 0)
        return fd;
    int status = write_text(fd, file->text);
    int closed = uv_fs_close(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
    if (status == 0)
        status = closed;
    if (status == 0) {
        status = uv_fs_rename(NULL, &request, file->fresh, file->path, NULL);
        uv_fs_req_cleanup(&request);
    }
    return status;
}

static void work(uv_work_t *request)
{
    struct cf_store_file *file = request->data;
    file->status = replace(file);
}

/* ---- Deciding when, on the loop's thread ---- */

static char *take_text(struct cf_store_file *file)
{
    json_t *all = json_pack("{s:i, s:o}", "version", CF_STORE_VERSION, "policies", file->content(file->data));
    char *text = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(all);
    file->changed = false;
    return text;
}

static void set_timer(struct cf_store_file *file, struct cf_span delay)
{
    cf_timer_set(file->loop, &file->timer, cf_mono_add(cf_loop_now(file->loop), delay));
}

static void end_writing(struct cf_store_file *file)
{
    free(file->text);
    file->text = NULL;
    if (file->status == 0)
        return;
    cf_log(CF_LOG_ERROR, "what policies keep cannot be written to %s: %s", file->path,
           uv_strerror(file->status));
    file->changed = true;
}

/* Writes `last` (NULL: nothing) in this very call, and is gone. */
static void finish(struct cf_store_file *file, char *last)
{
    file->text = last;
    if (last) {
        file->status = replace(file);
        end_writing(file);
    }
    free(file->path);
    free(file->fresh);
    free(file);
}

static void worked(uv_work_t *request, int status)
{
    (void)status;
    struct cf_store_file *file = request->data;
    file->busy = false;
    end_writing(file);
    if (file->closing)
        finish(file, file->last);
    else if (file->changed)
        set_timer(file, file->status ? CF_STORE_RETRY : CF_STORE_DELAY);
}

static void on_timer(struct cf_timer *timer)
{
    struct cf_store_file *file = timer->data;
    file->text = take_text(file);
    file->busy = true;
    (void)uv_queue_work(cf_loop_uv(file->loop), &file->work, work, worked);
}

void cf_store_file_changed(struct cf_store_file *file)
{
    if (!file->changed && !file->busy)
        set_timer(file, CF_STORE_DELAY);
    file->changed = true;
}

struct cf_store_file *cf_store_file_create(struct cf_loop *loop, const char *path,
                                           json_t *(*content)(void *data), void *data)
{
    struct cf_store_file *file = cf_alloc(sizeof *file);
    struct cf_buffer fresh = {0};
    cf_buffer_printf(&fresh, "%s.new", path);
    *file = (struct cf_store_file){.loop = loop,
                                   .path = cf_strdup(path),
                                   .fresh = fresh.data,
                                   .content = content,
                                   .data = data,
                                   .timer = {.fire = on_timer, .data = file},
                                   .work = {.data = file}};
    return file;
}

void cf_store_file_destroy(struct cf_store_file *file)
{
    if (!file)
        return;
    cf_timer_stop(file->loop, &file->timer);
    char *last = file->changed ? take_text(file) : NULL;
    if (!file->busy) {
        finish(file, last);
        return;
    }
    file->closing = true;
    file->last = last;
}
