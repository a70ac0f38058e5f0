#include "program/setup/names.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#ifndef _WIN32
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#endif

struct name {
    char *where, *name, *nearest; /* nearest: one that the host has, or NULL */
    bool group;
    enum cf_name_found found;
};

/* Shared with the thread; goes with the last of the two. */
struct job {
    struct name *names;
    size_t count;
    cf_name_look_up *look_up;
    uv_mutex_t mutex;
    uv_cond_t over;
    uv_async_t *ready; /* NULL: nobody waits on a loop */
    unsigned holders;
    bool done;
};

struct cf_names {
    struct job *job;
    uv_async_t ready;
    cf_names_tell *tell;
    void *data;
};

/* ---- The host ------------------------------------------------------------------------------------------ */

#ifdef _WIN32
enum cf_name_found cf_name_on_host(const char *name, bool group)
{
    (void)name, (void)group;
    return CF_NAME_UNKNOWN;
}

static void try_local(struct cf_near *nearest, bool group, char **ret_near)
{
    (void)nearest, (void)group, (void)ret_near;
}
#else
enum { RECORD = 1 << 16 }; /* bytes of one record: a group may have many members */

enum cf_name_found cf_name_on_host(const char *name, bool group)
{
    char *room = cf_alloc(RECORD);
    struct passwd user, *found_user = NULL;
    struct group record, *found_group = NULL;
    int code = group ? getgrnam_r(name, &record, room, RECORD, &found_group)
                     : getpwnam_r(name, &user, room, RECORD, &found_user);
    free(room);
    if (found_user || found_group || code == ERANGE)
        return CF_NAME_FOUND;
    return code == 0 || code == ENOENT ? CF_NAME_MISSING : CF_NAME_UNKNOWN;
}

/* The names in the host's own files: a directory need not list all of its. */
static void try_local(struct cf_near *nearest, bool group, char **ret_near)
{
    FILE *file = fopen(group ? "/etc/group" : "/etc/passwd", "r");
    char line[4096];
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, ":\n")] = '\0';
        const char *before = nearest->word;
        cf_near_try(nearest, line);
        if (nearest->word == before)
            continue;
        free(*ret_near);
        *ret_near = cf_strdup(line);
        nearest->word = *ret_near;
    }
    if (file)
        (void)fclose(file);
}
#endif

/* In small letters, or one that is nearly the same. */
static char *find_near(const struct job *job, const struct name *name)
{
    char *nearest = cf_strdup(name->name);
    for (char *at = nearest; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    if (strcmp(nearest, name->name) != 0 && job->look_up(nearest, name->group) == CF_NAME_FOUND)
        return nearest;
    free(nearest);
    nearest = NULL;
    if (job->look_up == cf_name_on_host)
        try_local(&(struct cf_near){.wanted = name->name}, name->group, &nearest);
    return nearest;
}

/* ---- Which names --------------------------------------------------------------------------------------- */

struct collecting {
    struct job *job;
    const char *where;
};

static void add(struct job *job, const char *where, const char *name, bool group)
{
    struct cf_buffer place = {0};
    cf_buffer_puts(&place, where);
    job->names = cf_grow(job->names, job->count, sizeof *job->names);
    job->names[job->count++] = (struct name){.where = place.data, .name = cf_strdup(name), .group = group};
}

static void collect_text(void *data, enum cf_field field, const char *text)
{
    const struct collecting *collecting = data;
    char where[256];
    if ((field != CF_FIELD_USER && field != CF_FIELD_GROUPS) || strpbrk(text, "*?"))
        return;
    bool group = field == CF_FIELD_GROUPS;
    (void)snprintf(where, sizeof where, "%s.%s", collecting->where, group ? "groups" : "users");
    add(collecting->job, where, text, group);
}

static void collect(struct job *job, const char *policy, const char *word, const struct cf_selector *selector)
{
    char where[256];
    (void)snprintf(where, sizeof where, "%s%s%s%s", policy ? "policies." : "", policy ? policy : "",
                   policy && *word ? "." : "", word);
    cf_selector_each_text(selector, collect_text, &(struct collecting){job, where});
}

static void collect_all(struct job *job, const struct cf_config *config, const struct cf_engine *engine)
{
    const struct cf_selector *selector;
    const char *policy = NULL;
    for (size_t i = 0; engine && (selector = cf_engine_selector(engine, i, &policy)); i++)
        collect(job, policy, "", selector);
    collect(job, NULL, "protect", config->protect);
    for (size_t i = 0; i < config->policy_count; i++) {
        collect(job, config->policies[i].name, "only", config->policies[i].only);
        collect(job, config->policies[i].name, "except", config->policies[i].except);
    }
    for (char **group = config->administrators; group && *group; group++)
        add(job, "administrators", *group, true);
}

/* ---- The thread ---------------------------------------------------------------------------------------- */

static void let_go(struct job *job)
{
    uv_mutex_lock(&job->mutex);
    bool last = --job->holders == 0;
    uv_mutex_unlock(&job->mutex);
    if (!last)
        return;
    for (size_t i = 0; i < job->count; i++) {
        free(job->names[i].where);
        free(job->names[i].name);
        free(job->names[i].nearest);
    }
    free(job->names);
    uv_cond_destroy(&job->over);
    uv_mutex_destroy(&job->mutex);
    free(job);
}

static void work(void *data)
{
    struct job *job = data;
    for (size_t i = 0; i < job->count; i++) {
        job->names[i].found = job->look_up(job->names[i].name, job->names[i].group);
        if (job->names[i].found == CF_NAME_MISSING)
            job->names[i].nearest = find_near(job, &job->names[i]);
    }
    uv_mutex_lock(&job->mutex);
    job->done = true;
    if (job->ready)
        (void)uv_async_send(job->ready);
    uv_cond_signal(&job->over);
    uv_mutex_unlock(&job->mutex);
    let_go(job);
}

/* NULL where no name is to be looked up, or no thread is to be had. */
static struct job *begin(const struct cf_config *config, const struct cf_engine *engine,
                         cf_name_look_up *look_up, uv_async_t *ready)
{
    struct job *job = cf_alloc(sizeof *job);
    *job = (struct job){.look_up = look_up, .ready = ready, .holders = 2};
    uv_mutex_init(&job->mutex);
    uv_cond_init(&job->over);
    collect_all(job, config, engine);
    uv_thread_t thread;
    if (job->count && uv_thread_create(&thread, work, job) == 0) {
#ifndef _WIN32
        (void)pthread_detach(thread);
#endif
        return job;
    }
    job->holders = 1;
    let_go(job);
    return NULL;
}

/* ---- The answer ---------------------------------------------------------------------------------------- */

static void tell_all(const struct job *job, cf_names_tell *tell, void *data)
{
    for (size_t i = 0; i < job->count; i++) {
        const struct name *name = &job->names[i];
        char text[512];
        if (name->found != CF_NAME_MISSING)
            continue;
        (void)snprintf(text, sizeof text, "%s: there is no %s '%s' on this host%s%s%s", name->where,
                       name->group ? "group" : "user", name->name, name->nearest ? "; did you mean '" : "",
                       name->nearest ? name->nearest : "", name->nearest ? "'?" : "");
        tell(data, text);
    }
}

void cf_names_check(const struct cf_config *config, const struct cf_engine *engine, cf_name_look_up *look_up,
                    struct cf_span patience, cf_names_tell *tell, void *data)
{
    struct job *job = begin(config, engine, look_up, NULL);
    if (!job)
        return;
    uv_mutex_lock(&job->mutex);
    uint64_t until = uv_hrtime() + (uint64_t)patience.us * 1000;
    for (uint64_t now; !job->done && (now = uv_hrtime()) < until;)
        (void)uv_cond_timedwait(&job->over, &job->mutex, until - now);
    bool done = job->done;
    uv_mutex_unlock(&job->mutex);
    if (done)
        tell_all(job, tell, data);
    else
        tell(
            data,
            "the host's users and groups could not be looked up in time, so nobody knows whether each that is "
            "named exists");
    let_go(job);
}

static void on_ready(uv_async_t *handle)
{
    struct cf_names *names = handle->data;
    tell_all(names->job, names->tell, names->data);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct cf_names *cf_names_start(uv_loop_t *loop, const struct cf_config *config,
                                const struct cf_engine *engine, cf_name_look_up *look_up, cf_names_tell *tell,
                                void *data)
{
    struct cf_names *names = cf_alloc(sizeof *names);
    *names = (struct cf_names){.tell = tell, .data = data};
    if (uv_async_init(loop, &names->ready, on_ready) != 0) {
        free(names);
        return NULL;
    }
    names->ready.data = names;
    uv_unref((uv_handle_t *)&names->ready);
    names->job = begin(config, engine, look_up, &names->ready);
    return names;
}

void cf_names_stop(struct cf_names *names)
{
    if (!names)
        return;
    if (names->job) {
        uv_mutex_lock(&names->job->mutex);
        names->job->ready = NULL;
        uv_mutex_unlock(&names->job->mutex);
        let_go(names->job);
    }
    uv_close((uv_handle_t *)&names->ready, on_closed);
}
