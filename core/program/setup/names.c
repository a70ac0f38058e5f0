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
    int64_t id;
};

/* Shared with the thread; goes with the last of the two. */
struct job {
    struct name *names;
    size_t count, administrators; /* which are the first of them */
    cf_name_look_up *look_up;
    uv_mutex_t mutex;
    uv_cond_t over;
    uv_async_t *ready; /* NULL: nobody waits on a loop */
    size_t answered;
    unsigned holders;
};

struct cf_names {
    struct job *job;
    struct cf_names_setup setup;
    uv_async_t ready;
    struct cf_timer late;
    size_t told;
};

/* ---- The host ------------------------------------------------------------------------------------------ */

#ifdef _WIN32
enum cf_name_found cf_name_on_host(const char *name, bool group, int64_t *ret_id)
{
    (void)name, (void)group, (void)ret_id;
    return CF_NAME_UNKNOWN;
}

static void try_local(struct cf_near *nearest, bool group, char **ret_near)
{
    (void)nearest, (void)group, (void)ret_near;
}
#else
enum { RECORD = 1 << 20 }; /* bytes of one record: a group may have many members */

enum cf_name_found cf_name_on_host(const char *name, bool group, int64_t *ret_id)
{
    char *room = cf_alloc(RECORD);
    struct passwd user, *found_user = NULL;
    struct group record, *found_group = NULL;
    int code = group ? getgrnam_r(name, &record, room, RECORD, &found_group)
                     : getpwnam_r(name, &user, room, RECORD, &found_user);
    free(room);
    if (found_user || found_group) {
        *ret_id = found_group ? (int64_t)record.gr_gid : (int64_t)user.pw_uid;
        return CF_NAME_FOUND;
    }
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
    int64_t id;
    for (char *at = nearest; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    if (strcmp(nearest, name->name) != 0 && job->look_up(nearest, name->group, &id) == CF_NAME_FOUND)
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

static void add_name(struct job *job, const char *where, const char *name, bool group)
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
    add_name(collecting->job, where, text, group);
}

static void collect(struct job *job, const char *policy, const char *word, const struct cf_selector *selector)
{
    char where[256];
    (void)snprintf(where, sizeof where, "%s%s%s%s", policy ? "policies." : "", policy ? policy : "",
                   policy && *word ? "." : "", word);
    cf_selector_each_text(selector, collect_text, &(struct collecting){job, where});
}

/* Administrators first: they wait for no other name. */
static void collect_administrators(struct job *job, const struct cf_config *config)
{
    for (char **group = config->administrators; group && *group; group++)
        add_name(job, "administrators", *group, true);
    job->administrators = job->count;
}

static void collect_selected(struct job *job, const struct cf_config *config, const struct cf_engine *engine)
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
}

/* ---- The thread ---------------------------------------------------------------------------------------- */

static void release_job(struct job *job)
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
        struct name *name = &job->names[i];
        name->found = job->look_up(name->name, name->group, &name->id);
        if (name->found == CF_NAME_MISSING)
            name->nearest = find_near(job, name);
        uv_mutex_lock(&job->mutex);
        job->answered++;
        if (job->ready)
            (void)uv_async_send(job->ready);
        uv_cond_signal(&job->over);
        uv_mutex_unlock(&job->mutex);
    }
    release_job(job);
}

/* Where no thread is to be had, nothing will be answered. */
static struct job *begin(const struct cf_names_setup *setup, uv_async_t *ready)
{
    struct job *job = cf_alloc(sizeof *job);
    *job = (struct job){.look_up = setup->look_up, .ready = ready, .holders = 2};
    uv_mutex_init(&job->mutex);
    uv_cond_init(&job->over);
    collect_administrators(job, setup->config);
    if (!setup->simulated)
        collect_selected(job, setup->config, setup->engine);
    uv_thread_t thread;
    if (job->count == 0 || uv_thread_create(&thread, work, job) != 0)
        job->holders = 1;
#ifndef _WIN32
    else
        (void)pthread_detach(thread);
#endif
    return job;
}

/* ---- The answer ---------------------------------------------------------------------------------------- */

static const char too_late[] = "the host's users and groups could not be looked up in time, so nobody knows "
                               "whether each that is named exists";
static const char unknown[] =
    "the administrators' groups could not be looked up in time: until they are, those "
    "known before are administrators, and root";

static void tell_one(const struct name *name, cf_names_tell *tell, void *data)
{
    char text[512];
    if (name->found != CF_NAME_MISSING)
        return;
    (void)snprintf(text, sizeof text, "%s: there is no %s '%s' on this host%s%s%s", name->where,
                   name->group ? "group" : "user", name->name, name->nearest ? "; did you mean '" : "",
                   name->nearest ? name->nearest : "", name->nearest ? "'?" : "");
    tell(data, text);
}

void cf_names_check(const struct cf_config *config, const struct cf_engine *engine, cf_name_look_up *look_up,
                    struct cf_span patience, cf_names_tell *tell, void *data)
{
    struct job *job =
        begin(&(struct cf_names_setup){.config = config, .engine = engine, .look_up = look_up}, NULL);
    uv_mutex_lock(&job->mutex);
    uint64_t until = uv_hrtime() + (uint64_t)patience.us * 1000;
    for (uint64_t now; job->holders > 1 && job->answered < job->count && (now = uv_hrtime()) < until;)
        (void)uv_cond_timedwait(&job->over, &job->mutex, until - now);
    size_t answered = job->answered;
    uv_mutex_unlock(&job->mutex);
    for (size_t i = 0; i < answered; i++)
        tell_one(&job->names[i], tell, data);
    if (answered < job->count)
        tell(data, too_late);
    release_job(job);
}

static void tell_administrators(const struct cf_names *names)
{
    const struct job *job = names->job;
    size_t found = 0;
    int64_t *gids = cf_alloc(job->administrators * sizeof *gids);
    for (size_t i = 0; i < job->administrators; i++) {
        const struct name *name = &job->names[i];
        char text[512];
        if (name->found == CF_NAME_FOUND)
            gids[found++] = name->id;
        if (name->found != CF_NAME_UNKNOWN)
            continue;
        (void)snprintf(
            text, sizeof text,
            "administrators: the group '%s' could not be looked up, so its members are none; curfew "
            "reload tries again",
            name->name);
        names->setup.tell(names->setup.data, text);
    }
    if (names->setup.tell_administrators)
        names->setup.tell_administrators(names->setup.data, gids, found);
    free(gids);
}

static void on_ready(uv_async_t *handle)
{
    struct cf_names *names = handle->data;
    struct job *job = names->job;
    uv_mutex_lock(&job->mutex);
    size_t answered = job->answered, before = names->told;
    uv_mutex_unlock(&job->mutex);
    for (; names->told < answered; names->told++)
        tell_one(&job->names[names->told], names->setup.tell, names->setup.data);
    if (before < job->administrators && answered >= job->administrators)
        tell_administrators(names);
    if (answered == job->count)
        cf_timer_stop(names->setup.loop, &names->late);
}

static void on_late(struct cf_timer *timer)
{
    const struct cf_names *names = timer->data;
    bool waited_for = names->told < names->job->administrators;
    names->setup.tell(names->setup.data, waited_for ? unknown : too_late);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct cf_names *cf_names_start(const struct cf_names_setup *setup)
{
    struct cf_names *names = cf_alloc(sizeof *names);
    *names = (struct cf_names){.setup = *setup, .late = {.fire = on_late, .data = names}};
    if (uv_async_init(cf_loop_uv(setup->loop), &names->ready, on_ready) != 0) {
        free(names);
        return NULL;
    }
    names->ready.data = names;
    uv_unref((uv_handle_t *)&names->ready);
    names->job = begin(setup, &names->ready);
    if (names->job->administrators == 0)
        tell_administrators(names);
    if (names->job->count && !setup->simulated)
        cf_timer_set(setup->loop, &names->late, cf_mono_add(cf_loop_now(setup->loop), CF_NAMES_PATIENCE));
    return names;
}

void cf_names_stop(struct cf_names *names)
{
    if (!names)
        return;
    cf_timer_stop(names->setup.loop, &names->late);
    uv_mutex_lock(&names->job->mutex);
    names->job->ready = NULL;
    uv_mutex_unlock(&names->job->mutex);
    release_job(names->job);
    uv_close((uv_handle_t *)&names->ready, on_closed);
}
