#include "program/setup/test_files.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static int find_at(struct cf_test_files *files, const char *path, int depth, struct cf_error *err);

static int add_path(struct cf_test_files *files, const char *path, struct cf_error *err)
{
    if (files->count == CF_TEST_FILES)
        return cf_error_set(err, CF_USAGE, _("more than %d files of tests; name fewer folders"),
                            CF_TEST_FILES);
    files->paths = cf_grow(files->paths, files->count, sizeof *files->paths);
    files->paths[files->count++] = cf_strdup(path);
    return CF_OK;
}

static int find_entry(struct cf_test_files *files, const char *folder, const uv_dirent_t *entry, int depth,
                      struct cf_error *err)
{
    bool below = entry->type == UV_DIRENT_DIR && entry->name[0] != '.';
    if (!below && !(entry->type != UV_DIRENT_DIR && cf_text_matches("*_test.lua", entry->name)))
        return CF_OK;
    struct cf_buffer path = {0};
    size_t length = strlen(folder);
    cf_buffer_printf(&path, "%s%s%s", folder, length && folder[length - 1] == '/' ? "" : "/", entry->name);
    int code = below ? find_at(files, path.data, depth + 1, err) : add_path(files, path.data, err);
    cf_buffer_finish(&path);
    return code;
}

static int find_below(struct cf_test_files *files, const char *path, int depth, struct cf_error *err)
{
    if (depth > CF_TEST_DEPTH)
        return CF_OK;
    uv_fs_t request;
    uv_dirent_t entry;
    int code = CF_OK, found = uv_fs_scandir(NULL, &request, path, 0, NULL);
    if (found < 0)
        code = cf_error_set(err, CF_USAGE, _("cannot read the folder %s: %s"), path, uv_strerror(found));
    while (code == CF_OK && uv_fs_scandir_next(&request, &entry) == 0)
        code = find_entry(files, path, &entry, depth, err);
    uv_fs_req_cleanup(&request);
    return code;
}

static int find_at(struct cf_test_files *files, const char *path, int depth, struct cf_error *err)
{
    uv_fs_t request;
    int code = uv_fs_stat(NULL, &request, path, NULL);
    bool folder = code == 0 && (request.statbuf.st_mode & S_IFMT) == S_IFDIR;
    uv_fs_req_cleanup(&request);
    if (code)
        return cf_error_set(err, CF_USAGE, _("cannot find %s: %s"), path, uv_strerror(code));
    return folder ? find_below(files, path, depth, err) : add_path(files, path, err);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int cf_test_files_find(const char *const *paths, size_t count, struct cf_test_files *ret_files,
                       struct cf_error *err)
{
    struct cf_test_files files = {0};
    int code = CF_OK;
    for (size_t i = 0; i < count && code == CF_OK; i++) {
        size_t before = files.count;
        code = find_at(&files, paths[i], 0, err);
        if (files.count > before) /* systems list folders in orders of their own */
            qsort(files.paths + before, files.count - before, sizeof *files.paths, compare_paths);
    }
    if (code == CF_OK && files.count == 0)
        code = cf_error_set(err, CF_USAGE, _("no file *_test.lua in %s or below"), paths[0]);
    if (code)
        cf_test_files_finish(&files);
    else
        *ret_files = files;
    return code;
}

void cf_test_files_finish(struct cf_test_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    *files = (struct cf_test_files){0};
}
