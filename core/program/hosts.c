#include "program/hosts.h"

#include "base/text.h"
#include "bindings/lua_host.h"
#include "sim/sim.h"
#ifdef __linux__
#include "logind/logind.h"
#endif

#include <stdio.h>
#include <string.h>
#include <uv.h>

const struct cf_backend_ops *const cf_hosts[] = {
#ifdef __linux__
    &cf_logind_ops,
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
    return cf_error_set(err, CF_USAGE, "there is no back end %s: did you mean %s?", name,
                        nearest.word ? nearest.word : cf_hosts[0]->name);
}

const char *cf_policy_folder(void)
{
    static char folder[4096];
    size_t size = sizeof folder - sizeof "/../share/curfew/policies";
    if (uv_exepath(folder, &size) != 0)
        return NULL;
    char *name = strrchr(folder, '/');
#ifdef _WIN32
    name = strrchr(folder, '\\');
#endif
    (void)strcpy(name ? name : folder, "/../share/curfew/policies");
    return folder;
}
