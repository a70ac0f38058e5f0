#include "time/folder_watch.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define SETTLE ((struct cf_span){200000}) /* an upgrade changes many files, one after the other */

struct folder {
    uv_fs_event_t event; /* frees this when it is closed */
    char *path;
};

struct cf_folder_watch {
    struct cf_loop *loop;
    cf_folder_list *list;
    void (*changed)(void *owner);
    void *owner;
    struct cf_timer settled;
    struct folder *folders[CF_FOLDERS];
    int count;
};

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    (void)name, (void)events, (void)status;
    struct cf_folder_watch *watch = event->data;
    if (!cf_timer_is_set(&watch->settled))
        cf_timer_set(watch->loop, &watch->settled, cf_mono_add(cf_loop_now(watch->loop), SETTLE));
}

static void on_closed(uv_handle_t *handle)
{
    struct folder *folder = (struct folder *)handle;
    free(folder->path);
    free(folder);
}

static void add_folder(void *data, const char *path)
{
    struct cf_folder_watch *watch = data;
    for (int i = 0; i < watch->count; i++)
        if (strcmp(watch->folders[i]->path, path) == 0)
            return;
    if (watch->count == CF_FOLDERS)
        return;
    struct folder *folder = cf_alloc(sizeof *folder);
    folder->path = cf_strdup(path);
    folder->event.data = watch;
    (void)uv_fs_event_init(cf_loop_uv(watch->loop), &folder->event);
    uv_unref((uv_handle_t *)&folder->event);
    if (uv_fs_event_start(&folder->event, on_event, path, 0) == 0)
        watch->folders[watch->count++] = folder;
    else
        uv_close((uv_handle_t *)&folder->event, on_closed);
}

static void close_folders(struct cf_folder_watch *watch)
{
    while (watch->count > 0)
        uv_close((uv_handle_t *)&watch->folders[--watch->count]->event, on_closed);
}

/* The folders anew: links may lead elsewhere now, and a folder may be another of the same name. */
static void on_settled(struct cf_timer *timer)
{
    struct cf_folder_watch *watch = timer->data;
    close_folders(watch);
    watch->list(watch->owner, add_folder, watch);
    watch->changed(watch->owner);
    cf_folder_watch_update(watch);
}

struct cf_folder_watch *cf_folder_watch_create(struct cf_loop *loop, cf_folder_list *list,
                                               void (*changed)(void *owner), void *owner)
{
    struct cf_folder_watch *watch = cf_alloc(sizeof *watch);
    *watch = (struct cf_folder_watch){.loop = loop, .list = list, .changed = changed, .owner = owner};
    watch->settled = (struct cf_timer){.fire = on_settled, .data = watch};
    cf_folder_watch_update(watch);
    return watch;
}

void cf_folder_watch_update(struct cf_folder_watch *watch)
{
    watch->list(watch->owner, add_folder, watch);
}

void cf_folder_watch_destroy(struct cf_folder_watch *watch)
{
    if (!watch)
        return;
    cf_timer_stop(watch->loop, &watch->settled);
    close_folders(watch);
    free(watch);
}

/* Without the last part. */
static void tell_parent(const char *path, cf_folder_fn *tell, void *data)
{
    char *copy = cf_strdup(path), *slash = strrchr(copy, '/');
    if (slash)
        slash[slash == copy] = '\0';
    tell(data, slash ? copy : ".");
    free(copy);
}

void cf_folder_of_file(const char *path, cf_folder_fn *tell, void *data)
{
    uv_fs_t request;
    tell_parent(path, tell, data);
    if (uv_fs_realpath(NULL, &request, path, NULL) == 0)
        tell_parent(request.ptr, tell, data);
    uv_fs_req_cleanup(&request);
}
