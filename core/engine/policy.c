#include "engine/policy.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/trust.h"
#include "engine/config/guards.h"
#include "engine/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *cf_policy_name(const struct cf_policy *policy)
{
    return policy->config->name;
}

const char *cf_policy_path(const struct cf_policy *policy)
{
    return policy->config->path;
}

int cf_policy_trusts(const struct cf_policy *policy, const char *path, struct cf_error *err)
{
    return policy->engine->config->trusted_only ? cf_trust_file(path, err) : CF_OK;
}

void cf_policy_warn(const struct cf_policy *policy, const char *text)
{
    cf_log(CF_LOG_WARNING, "%s: %s", policy->config->name, text);
}

struct cf_engine *cf_policy_engine(const struct cf_policy *policy)
{
    return policy->engine;
}

const json_t *cf_policy_stored(const struct cf_policy *policy, const char *key)
{
    return cf_store_get(policy->engine->store, policy->config->name, key);
}

size_t cf_policy_store_memory(const struct cf_policy *policy)
{
    return cf_store_memory(policy->engine->store, policy->config->name);
}

int cf_policy_store(const struct cf_policy *policy, const char *key, json_t *value, struct cf_error *err)
{
    return cf_store_put(policy->engine->store, policy->config->name, key, value, err);
}

enum cf_mode cf_policy_mode(const struct cf_policy *policy)
{
    enum cf_mode all = policy->engine->config->mode, own = policy->config->mode;
    return all > own ? all : own; /* the stricter */
}

void cf_policy_log(struct cf_policy *policy, const char *text)
{
    cf_log_limit_write(&policy->log_limit, text);
}

const char *cf_engine_policy_name(const struct cf_engine *engine, size_t policy)
{
    return policy < engine->policy_count ? cf_policy_name(engine->policies[policy]) : NULL;
}

const struct cf_selector *cf_engine_selector(const struct cf_engine *engine, size_t index,
                                             const char **ret_policy)
{
    for (size_t i = 0; i < engine->policy_count; i++) {
        const struct cf_policy *policy = engine->policies[i];
        if (ret_policy)
            *ret_policy = cf_policy_name(policy);
        for (const struct cf_watch *watch = policy->watches; watch; watch = watch->next)
            if (index-- == 0)
                return watch->selector;
        for (const struct cf_veto *veto = policy->vetoes; veto; veto = veto->next)
            if (index-- == 0)
                return veto->selector;
    }
    return NULL;
}

/* ---- Options ---- */

const json_t *cf_engine_options(const struct cf_engine *engine, const char *policy)
{
    for (size_t i = 0; i < engine->policy_count; i++)
        if (strcmp(cf_policy_name(engine->policies[i]), policy) == 0)
            return engine->policies[i]->options;
    return NULL;
}

static bool is_known(const struct cf_policy *policy, const char *name)
{
    size_t i;
    const json_t *option;
    json_array_foreach(policy->options, i,
                       option) if (strcmp(json_string_value(json_object_get(option, "option")), name) ==
                                   0) return true;
    return false;
}

bool cf_policy_declare(struct cf_policy *policy, json_t *option)
{
    bool fresh = !is_known(policy, json_string_value(json_object_get(option, "option")));
    if (fresh)
        (void)json_array_append_new(policy->options, option);
    else
        json_decref(option);
    return fresh;
}

const json_t *cf_policy_option(const struct cf_policy *policy, const char *name)
{
    return json_object_get(policy->config->options, name);
}

void cf_policy_translates(struct cf_policy *policy)
{
    policy->translates = true;
}

const json_t *cf_policy_texts(const struct cf_policy *policy)
{
    return policy->config->texts;
}

void cf_policy_mistake(struct cf_policy *policy, const char *format, ...)
{
    struct cf_error own = {.code = CF_POLICY};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(own.text, sizeof own.text, format, arguments);
    va_end(arguments);
    cf_error_add(&policy->mistakes, &own);
}

const json_t *cf_policy_configured(const struct cf_policy *policy)
{
    return policy->config->options;
}

/* An option that the script never asked for is a mistake of whoever wrote the configuration. */
static void check_option(struct cf_policy *policy, const char *name)
{
    struct cf_near nearest = {.wanted = name};
    struct cf_buffer all = {0};
    size_t i;
    const json_t *option;
    json_array_foreach(policy->options, i, option)
    {
        const char *other = json_string_value(json_object_get(option, "option"));
        cf_near_try(&nearest, other);
        cf_buffer_printf(&all, "%s%s", i ? ", " : "", other);
    }
    cf_policy_mistake(policy, "policy '%s' has no option '%s'%s%s%s (it has: %s)", policy->config->name, name,
                      nearest.word ? "; did you mean '" : "", nearest.word ? nearest.word : "",
                      nearest.word ? "'?" : "", all.length ? all.data : "none");
    cf_buffer_finish(&all);
}

/* All that is wrong with the entry, once its file has run. */
static int tell_mistakes(struct cf_policy *policy, struct cf_error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach(policy->config->options, name, value) if (!is_known(policy, name))
        check_option(policy, name);
    if (policy->mistakes.code)
        *err = policy->mistakes;
    return policy->mistakes.code;
}

/* ---- Loading ---- */

struct cf_policy *cf_policy_create(struct cf_engine *engine, const struct cf_policy_config *config)
{
    struct cf_policy *policy = cf_alloc(sizeof *policy);
    policy->engine = engine;
    policy->config = config;
    policy->options = json_array();
    policy->freed_until = policy->looked = policy->refusal.next = CF_MONO_UNKNOWN;
    cf_log_limit_init(&policy->log_limit, engine->loop, config->name);
    policy->watches_end = &policy->watches;
    policy->vetoes_end = &policy->vetoes;
    policy->calendars_end = &policy->calendars;
    policy->hooks_end = &policy->hooks;
    return policy;
}

int cf_policy_load(struct cf_policy *policy, struct cf_error *err)
{
    const struct cf_engine *engine = policy->engine;
    int code = engine->setup.policy_host->load(engine->policy_host, policy, &policy->script, err);
    if (code == 0)
        return tell_mistakes(policy, err);
    cf_error_add(&policy->mistakes, err);
    *err = policy->mistakes;
    return code;
}

void cf_policy_destroy(struct cf_policy *policy)
{
    cf_log_limit_finish(&policy->log_limit);
    if (policy->script)
        policy->engine->setup.policy_host->unload(policy->script);
    while (policy->watches) {
        struct cf_watch *watch = policy->watches;
        policy->watches = watch->next;
        cf_selector_destroy(watch->selector);
        free(watch);
    }
    while (policy->vetoes) {
        struct cf_veto *veto = policy->vetoes;
        policy->vetoes = veto->next;
        cf_timer_stop(policy->engine->loop, &veto->rehearsal);
        cf_selector_destroy(veto->selector);
        free(veto);
    }
    while (policy->hooks) {
        struct cf_hook *hook = policy->hooks;
        policy->hooks = hook->next;
        free(hook);
    }
    json_decref(policy->options);
    free(policy);
}

/* ---- Whom it means ---- */

void cf_policy_watch(struct cf_policy *policy, struct cf_selector *selector, uint64_t function)
{
    struct cf_watch *watch = cf_alloc(sizeof *watch);
    *watch = (struct cf_watch){.policy = policy, .selector = selector, .function = function};
    *policy->watches_end = watch;
    policy->watches_end = &watch->next;
}

bool cf_watch_means(const struct cf_watch *watch, const struct cf_session *session)
{
    const struct cf_policy_config *config = watch->policy->config;
    return session->identity.birth && cf_selector_match(config->only, session) == CF_TRI_YES &&
           cf_selector_match_any(config->except, session) == CF_TRI_NO &&
           cf_selector_match(watch->selector, session) == CF_TRI_YES;
}

bool cf_veto_may_mean(const struct cf_veto *veto, const struct cf_session *session)
{
    const struct cf_policy_config *config = veto->policy->config;
    return cf_selector_match(config->only, session) != CF_TRI_NO &&
           cf_selector_match_any(config->except, session) != CF_TRI_YES &&
           cf_selector_match(veto->selector, session) != CF_TRI_NO;
}

/* Somebody whom the watch selects, of those that are protected as little as can be. */
static const char *protects_all(const struct cf_watch *watch)
{
    const struct cf_policy *policy = watch->policy;
    struct cf_session session;
    cf_session_init(&session);
    session.uid = 1000;
    session.console = session.closing = CF_TRI_NO;
    session.remote = CF_TRI_YES;
    cf_session_set_string(&session, CF_FIELD_USER, "x");
    cf_session_set_string(&session, CF_FIELD_CLASS, "user");
    cf_session_set_string(&session, CF_FIELD_TYPE, "tty");
    cf_session_set_list(&session, CF_FIELD_GROUPS, (const char *const[]){"x", NULL});
    session.identity.host = cf_strdup("x");
    if (policy->config->only)
        cf_selector_fit(policy->config->only, &session);
    cf_selector_fit(watch->selector, &session);
    if (cf_text_equal(session.user, "root"))
        session.uid = 0;
    const char *why = cf_guard(policy->engine->config, &session);
    cf_session_finish(&session);
    return why;
}

const char *cf_engine_out_of_reach(const struct cf_engine *engine, size_t policy)
{
    const char *why = NULL;
    for (const struct cf_watch *watch = engine->policies[policy]->watches; watch; watch = watch->next)
        if (!(why = protects_all(watch)))
            return NULL;
    return why;
}

uint64_t cf_policy_fields(const struct cf_policy *policy)
{
    uint64_t fields = cf_selector_fields(policy->config->only) | cf_selector_fields(policy->config->except);
    for (const struct cf_watch *watch = policy->watches; watch; watch = watch->next)
        fields |= cf_selector_fields(watch->selector);
    for (const struct cf_veto *veto = policy->vetoes; veto; veto = veto->next)
        fields |= cf_selector_fields(veto->selector);
    return fields;
}
