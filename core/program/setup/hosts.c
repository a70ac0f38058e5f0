#include "program/setup/hosts.h"

#include "base/i18n.h"
#include "base/text.h"
#include "bindings/lua_host.h"
#include "sim/sim.h"
#ifdef __linux__
#include "logind/logind.h"
#endif
#ifdef _WIN32
#include "wts/wts.h"
#endif

#include <stdio.h>
#include <string.h>
#include <uv.h>

enum { PATH = 4096 };

const struct cf_backend_ops *const cf_hosts[] = {
#ifdef __linux__
    &cf_logind_ops,
#endif
#ifdef _WIN32
    &cf_wts_ops,
#endif
    &cf_sim_ops,
    NULL,
};

const struct cf_policy_host_ops *const cf_scripts = &cf_lua_host_ops;

int cf_backend_find(const char *name, const struct cf_backend_ops **ret_ops, struct cf_error *err)
{
    struct cf_near nearest = {.wanted = name};
    for (const struct cf_backend_ops *const *ops = cf_hosts; *ops; ops++) {
        if (!name || strcmp((*ops)->name, name) == 0) {
            *ret_ops = *ops;
            return CF_OK;
        }
        cf_near_try(&nearest, (*ops)->name);
    }
    return cf_error_set(err, CF_USAGE, _("there is no back end %s: did you mean %s?"), name,
                        nearest.word ? nearest.word : cf_hosts[0]->name);
}

/* What is installed with the program: on Windows in its own folder, else beside that. */
#ifdef _WIN32
enum { SEPARATOR = '\\' };
static const char policies[] = "\\policies", locales[] = "\\locale";
#else
enum { SEPARATOR = '/' };
static const char policies[] = "/../share/curfew/policies", locales[] = "/../share/locale";
#endif

static const char *beside(char folder[PATH], const char *name)
{
    size_t size = PATH - strlen(name);
    if (uv_exepath(folder, &size) != 0)
        return NULL;
    char *own = strrchr(folder, SEPARATOR);
    (void)strcpy(own ? own : folder, name);
    return folder;
}

const void *cf_backend_settings(const struct cf_backend_ops *ops, const struct cf_backend_wish *wish)
{
#ifdef __linux__
    static struct cf_logind_setup setup;
    setup = (struct cf_logind_setup){.server = wish->server,
                                     .asks = wish->asks,
                                     .only = wish->only,
                                     .once = true,
                                     .people = wish->people,
                                     .files = wish->shows ? CF_LOGIND_FILES : NULL};
    if (ops == &cf_logind_ops)
        return &setup;
#elif defined(_WIN32)
    static struct cf_wts_setup setup;
    setup = (struct cf_wts_setup){.server = wish->server, .once = true};
    if (ops == &cf_wts_ops)
        return &setup;
#endif
    (void)ops, (void)wish;
    return NULL;
}

const char *cf_policy_folder(void)
{
    static char folder[PATH];
    return beside(folder, policies);
}

const char *cf_i18n_folder(void)
{
    static char folder[PATH];
    return beside(folder, locales);
}
