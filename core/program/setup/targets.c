#include "program/setup/targets.h"

#include "base/i18n.h"
#include "program/setup/places.h"
#include "program/setup/settings.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

bool cf_target_is_file(const char *word)
{
    uv_fs_t request;
    bool there = *word && !strpbrk(word, "/\\") && uv_fs_lstat(NULL, &request, word, NULL) == 0;
    if (*word && !strpbrk(word, "/\\"))
        uv_fs_req_cleanup(&request);
    return there;
}

const char *cf_target_hint(const char *word)
{
    return cf_target_is_file(word)
               ? _("; a file in this folder has that name: did the shell expand a *? Write '*'")
               : "";
}

static int find_own(const struct cf_client *client, struct cf_keys *keys, struct cf_error *err)
{
    if (client->server)
        return cf_error_set(err, CF_FAILED,
                            _("name the session that is meant; quser /server:%s lists those of %s"),
                            client->server, client->server);
    if (!client->own)
        return cf_error_set(
            err, CF_FAILED,
            _("this command runs in no session: a service, a timer or the user's service manager started "
              "it; name the session that is meant (quser lists them)"));
    cf_keys_add(keys, client->own);
    return CF_OK;
}

/* Several words that all are files of this folder are what the shell made of a "*", and nobody's wish. */
static bool looks_expanded(const struct cf_args *args)
{
    size_t files = 0;
    for (size_t i = 0; i < args->operand_count; i++)
        files += cf_target_is_file(args->operands[i]);
    return files > 1 && files == args->operand_count;
}

static int find_targets(const struct cf_args *args, const struct cf_client *client, struct cf_keys *keys,
                        struct cf_error *err)
{
    struct cf_keys found = {0};
    int code = args->operand_count ? CF_OK : find_own(client, &found, err);
    if (looks_expanded(args))
        code = cf_error_set(err, CF_USAGE,
                            _("all of these are files in this folder: the shell seems to have expanded a *"));
    for (size_t i = 0; code == CF_OK && i < args->operand_count; i++) {
        cf_session_key key = 0;
        code = cf_resolve_one(cf_host_sessions(client->host), args->operands[i], &key, err);
        if (code == CF_OK)
            cf_keys_add(&found, key);
        else
            cf_error_append(err, cf_target_hint(args->operands[i]));
    }
    if (code)
        free(found.keys);
    else
        *keys = found;
    return code;
}

int cf_targets_begin(const struct cf_args *args, struct cf_client *client, struct cf_keys *keys,
                     struct cf_error *err)
{
    if (cf_args_has(args, "vm"))
        return cf_error_set(
            err, CF_UNSUPPORTED,
            _("/vm is for sessions in virtual machines of a Windows Remote Desktop host; run %s in the "
              "machine itself"),
            args->verb->name);
    int code = cf_client_begin(args, 0, client, err);
    if (code)
        return code;
    code = find_targets(args, client, keys, err);
    if (code)
        cf_client_end(client);
    return code;
}

bool cf_target_is_others(const struct cf_client *client, cf_session_key key)
{
    const struct cf_session *own = client->own ? cf_host_session(client->host, client->own) : NULL;
    const struct cf_session *session = cf_host_session(client->host, key);
    return key != client->own && !(own && own->user && cf_text_equal(own->user, session->user));
}

/* The usual configuration frees nothing where it is not there, or wrong; one that was named must be right. */
static int ask_config(const struct cf_args *args, const struct cf_client *client, bool *ret_freed,
                      struct cf_error *err)
{
    const char *path = cf_args_value(args, "config");
    struct cf_config config;
    if (client->server && !path) /* it is about this machine's console */
        return CF_OK;
    int code = cf_settings_read_file(path ? path : cf_usual_config(), &config, path ? err : NULL);
    if (code)
        return path ? code : CF_OK;
    *ret_freed = !config.protect_console;
    cf_config_finish(&config);
    return CF_OK;
}

int cf_target_check_console(const struct cf_args *args, const struct cf_client *client, cf_session_key key,
                            struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(client->host, key);
    bool freed = session->console == CF_TRI_NO || !cf_target_is_others(client, key) ||
                 cf_args_has(args, "allow-console");
    int code = freed ? CF_OK : ask_config(args, client, &freed, err);
    if (code || freed)
        return code;
    return cf_error_set(
        err, CF_REFUSED,
        _("%s %s the console, whose user is not logged off by others; --allow-console frees it, and so "
          "does protect = { console = false } in %s"),
        cf_session_label(session, label), session->console == CF_TRI_YES ? _("is") : _("may be"),
        cf_usual_config());
}
