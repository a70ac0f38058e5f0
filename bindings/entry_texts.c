/* The texts that a policy's entry, or the translations beside it, put in other words: each has to be one that
 * a policy says. */
#include "bindings/data.h"
#include "bindings/lua_host.h"
#include "bindings/script.h"

#include "base/memory.h"
#include "base/text.h"
#include "bindings/state/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { TEXT = 2 * CF_LUA_TEXT, PIECE = 4, QUOTED = 60 };

static void add_file(json_t *said, const char *path)
{
    struct cf_tokens tokens;
    struct cf_token token;
    char *text = cf_alloc(TEXT);
    cf_tokens_open(&tokens, path);
    while (cf_tokens_next(&tokens, &token)) {
        if (token.kind != CF_TOKEN_STRING)
            continue;
        (void)cf_token_value(&token, text, TEXT);
        (void)json_object_set_new(said, text, json_true());
    }
    cf_tokens_close(&tokens);
    free(text);
}

/* What options say may be told, too. */
static void add_options(json_t *said, const json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_string(value))
        (void)json_object_set_new(said, json_string_value(value), json_true());
    json_object_foreach((json_t *)(uintptr_t)value, key, item) add_options(said, item);
    json_array_foreach(value, i, item) add_options(said, item);
}

/* A text that is put together begins with a piece of it. */
static bool is_said(json_t *said, const char *text)
{
    const char *piece;
    json_t *unused;
    if (json_object_get(said, text))
        return true;
    json_object_foreach(said, piece, unused)
    {
        size_t length = strlen(piece);
        if (length >= PIECE && strncmp(piece, text, length) == 0)
            return true;
    }
    return false;
}

static void check_text(struct cf_lua_script *script, json_t *said, const char *text)
{
    struct cf_near nearest = {.wanted = text};
    const char *other;
    json_t *unused;
    if (is_said(said, text))
        return;
    json_object_foreach(said, other, unused) cf_near_try(&nearest, other);
    cf_policy_mistake(script->policy, "text: the policy nowhere says \"%.*s\"%s%s%s", QUOTED, text,
                      nearest.word ? "; did you mean \"" : ": give the very text that its file has",
                      nearest.word ? nearest.word : "", nearest.word ? "\"?" : "");
}

void cf_lua_check_entry_texts(struct cf_lua_script *script)
{
    const json_t *texts = cf_policy_texts(script->policy);
    const char *key, *text;
    json_t *value, *unused;
    if (!json_object_size(texts))
        return;
    json_t *said = json_object();
    add_file(said, cf_policy_path(script->policy));
    for (size_t i = 0; i < script->module_count; i++)
        add_file(said, script->modules[i]);
    add_options(said, cf_policy_configured(script->policy));
    json_object_foreach((json_t *)(uintptr_t)texts, key, value)
    {
        if (json_is_string(value))
            check_text(script, said, key);
        json_object_foreach(value, text, unused) check_text(script, said, text);
    }
    json_decref(said);
}

/* ---- Translations -------------------------------------------------------------------------------------- */

enum { PATH = 4096 };

struct searching {
    json_t *said;
    void (*tell)(void *data, const char *file, const char *text);
    void *data;
};

static void search(const struct searching *searching, const char *path)
{
    struct cf_error err;
    json_t *texts = NULL, *unused;
    const char *text;
    if (cf_lua_table(path, &texts, &err) != 0)
        return; /* which loading has told */
    json_object_foreach(texts, text, unused) if (!is_said(searching->said, text))
        searching->tell(searching->data, path, text);
    json_decref(texts);
}

/* Each file of Lua in the folder. */
static void each_file(const char *folder, void (*fn)(const struct searching *, const char *path),
                      const struct searching *searching)
{
    char path[2 * PATH];
    uv_fs_t listing;
    (void)uv_fs_scandir(NULL, &listing, folder, 0, NULL);
    for (uv_dirent_t file; uv_fs_scandir_next(&listing, &file) == 0;) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, file.name);
        if (cf_text_matches("*.lua", file.name) && !cf_text_matches("*_test.lua", file.name))
            fn(searching, path);
    }
    uv_fs_req_cleanup(&listing);
}

static void collect(const struct searching *searching, const char *path)
{
    add_file(searching->said, path);
}

void cf_lua_stray_translations(const char *policy,
                               void (*tell)(void *data, const char *file, const char *text), void *data)
{
    char folder[PATH], translations[PATH + 16];
    int length = (int)(cf_path_file(policy) - policy);
    (void)snprintf(folder, sizeof folder, "%.*s", length ? length : 2, length ? policy : "./");
    (void)snprintf(translations, sizeof translations, "%stranslations", folder);
    const struct searching searching = {.said = json_object(), .tell = tell, .data = data};
    each_file(folder, collect, &searching);
    each_file(translations, search, &searching);
    json_decref(searching.said);
}
