/* In whose words a user is told: translations beside the policy, and texts of its entry in the configuration.
 */
#include "bindings/data.h"
#include "bindings/script.h"

#include "base/template.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

enum { CODE = 16, PATH = 4096 };

/* ---- The folder ---------------------------------------------------------------------------------------- */

static int check_texts(json_t *texts, struct cf_error *err)
{
    const char *text;
    json_t *value;
    if (!json_is_object(texts))
        return cf_error_set(err, CF_POLICY, "must be a table of translations by texts");
    json_object_foreach(texts, text, value)
    {
        const char *translation = json_string_value(value);
        if (!translation || !*translation)
            return cf_error_set(err, CF_POLICY, "the translation of \"%s\" must be a text", text);
        int code = cf_template_check(translation, text, err);
        if (code < 0)
            return code;
    }
    return 0;
}

/* Reads one file: "pt_BR.lua" of the folder. Others than Lua's are none of ours. */
static int read_language(struct cf_lua_script *script, const char *folder, const char *file,
                         struct cf_error *err)
{
    if (!cf_text_matches("*.lua", file))
        return 0;
    char path[2 * PATH], code[CODE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    (void)snprintf(code, sizeof code, "%.*s", (int)(strlen(file) - strlen(".lua")), file);
    json_t *texts = NULL;
    struct cf_error why;
    if (cf_policy_trusts(script->policy, path, &why) != CF_OK) { /* who writes warnings could unsay them */
        (void)cf_error_prefix(&why, "this translation is not used, and people read what the policy says");
        cf_policy_warn(script->policy, why.text);
        return 0;
    }
    int result = 0;
    if (!cf_language_is(code))
        result = cf_error_set(err, CF_POLICY, "must be called after a language, such as pt_BR.lua");
    if (result == 0)
        result = cf_lua_table(path, &texts, err);
    if (result == 0)
        result = check_texts(texts, err);
    if (result == 0 && (result = cf_lua_doubles(path, err)) < 0)
        return json_decref(texts), result;
    if (result == 0)
        (void)json_object_set(script->translations, code, texts);
    else
        (void)cf_error_prefix(err, "%s", path);
    json_decref(texts);
    return result;
}

int cf_lua_load_translations(struct cf_lua_script *script, struct cf_error *err)
{
    const char *policy = cf_policy_path(script->policy);
    char folder[PATH];
    (void)snprintf(folder, sizeof folder, "%.*stranslations", (int)(cf_path_file(policy) - policy), policy);
    script->translations = json_object();
    uv_fs_t listing;
    int code = uv_fs_scandir(NULL, &listing, folder, 0, NULL);
    if (code < 0 && code != UV_ENOENT)
        code = cf_error_set(err, CF_POLICY, "%s: %s", folder, uv_strerror(code));
    else
        code = 0;
    for (uv_dirent_t file; uv_fs_scandir_next(&listing, &file) == 0;) { /* to the end, else libuv leaks */
        struct cf_error own = {0};
        if (read_language(script, folder, file.name, &own) < 0)
            cf_error_add(err, &own);
        code = own.code ? own.code : code;
    }
    uv_fs_req_cleanup(&listing);
    if (json_object_size(script->translations) > 0 || cf_policy_texts(script->policy))
        cf_policy_translates(script->policy);
    return code;
}

/* ---- Texts --------------------------------------------------------------------------------------------- */

/* In the language, or that of it without its region: "pt_BR", "pt". */
static const char *find(const json_t *languages, const char *language, const char *text)
{
    char code[CODE];
    (void)snprintf(code, sizeof code, "%s", language);
    for (;;) {
        const char *found = json_string_value(json_object_get(json_object_get(languages, code), text));
        char *region = strrchr(code, '_');
        if (found || !region)
            return found;
        *region = '\0';
    }
}

const char *cf_lua_translate(const struct cf_lua_script *script, cf_session_key key, const char *text,
                             const char **ret_language)
{
    const char *language = cf_engine_language(script->engine, key);
    const json_t *own = cf_policy_texts(script->policy);
    const char *found = language ? find(own, language, text) : NULL;
    const char *plain = json_string_value(json_object_get(own, text));
    if (!found && language && !plain) /* who replaces a text replaces its translations, too */
        found = find(script->translations, language, text);
    *ret_language = found ? language : NULL;
    return found ? found : plain ? plain : text;
}

int cf_lua_with_language(lua_State *L, const char *what, lua_KFunction then)
{
    cf_session_key key = cf_lua_object(L, 1, CF_LUA_SESSION)->session;
    if (!cf_task_await_language(cf_lua_task(L, what, true), key))
        return then(L, LUA_OK, 0);
    return cf_lua_yield(L, then); /* known or not: a warning never fails for want of its language */
}
