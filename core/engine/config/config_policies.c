/* The configuration's list of policies: their files, and the words of their entries. */
#include "engine/config/config_policies.h"

#include "base/memory.h"
#include "base/template.h"
#include "base/text.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

enum { CF_PATH_SIZE = 4096 };

/* One that is there and cannot be read is an error when it is loaded: it must not make way for another of its
 * name. */
static bool is_file(const char *path)
{
    uv_fs_t request;
    int status = uv_fs_stat(NULL, &request, path, NULL);
    bool folder = status == 0 && (request.statbuf.st_mode & S_IFMT) == S_IFDIR;
    uv_fs_req_cleanup(&request);
    return status == 0 ? !folder : status == UV_EACCES;
}

/* The file meant by a path, or by a name such as "idle"; the caller frees it. NULL where there is none. In
 * the working directory, which may be anybody's, a mere name is looked for last, so that nothing there hides
 * what is installed; only "idle.lua" on a command line is that file first. */
static char *find_policy(const char *file, const char *config_path, const char *policy_folder)
{
    char path[CF_PATH_SIZE];
    const char *suffix = cf_text_matches("*.lua", file) ? "" : ".lua";
    if (cf_path_file(file) != file || (!*suffix && !config_path && is_file(file)))
        return is_file(file) ? cf_strdup(file) : NULL;
    if (config_path) {
        int folder = (int)(cf_path_file(config_path) - config_path);
        (void)snprintf(path, sizeof path, "%.*spolicies/%s%s", folder, config_path, file, suffix);
        if (is_file(path))
            return cf_strdup(path);
    }
    (void)snprintf(path, sizeof path, "%s/%s%s", policy_folder ? policy_folder : ".", file, suffix);
    if (is_file(path))
        return cf_strdup(path);
    return is_file(file) ? cf_strdup(file) : NULL;
}

static char *name_of(const char *file)
{
    char *name = cf_strdup(cf_path_file(file));
    char *suffix = strstr(name, ".lua");
    if (suffix && suffix != name)
        *suffix = '\0';
    return name;
}

static struct cf_policy_config *find_entry(const struct cf_config *config, const char *name)
{
    for (size_t i = 0; i < config->policy_count; i++)
        if (strcmp(config->policies[i].name, name) == 0)
            return &config->policies[i];
    return NULL;
}

void cf_config_finish_policy(struct cf_policy_config *policy)
{
    free(policy->name);
    free(policy->path);
    json_decref(policy->options);
    json_decref(policy->texts);
    cf_selector_destroy(policy->only);
    cf_selector_destroy(policy->except);
    cf_config_free_names(policy->over);
}

/* Takes the policy over, or frees it and says what is wrong. */
static int append(struct cf_config *config, struct cf_policy_config *policy, struct cf_error *err)
{
    int code = 0;
    if (config->policy_count == CF_CONFIG_POLICIES)
        code = cf_error_set(err, CF_POLICY, "more than %d policies", CF_CONFIG_POLICIES);
    else if (find_entry(config, policy->name))
        code = cf_error_set(err, CF_POLICY, "two policies are called '%s'; give one of them another name",
                            policy->name);
    if (code != 0) {
        cf_config_finish_policy(policy);
        return code;
    }
    config->policies = cf_grow(config->policies, config->policy_count, sizeof *policy);
    config->policies[config->policy_count++] = *policy;
    return 0;
}

int cf_config_add_policy(struct cf_config *config, const char *file, const char *policy_folder,
                         json_t *options, struct cf_error *err)
{
    char *path = find_policy(file, config->path, policy_folder);
    if (!path)
        return cf_error_set(err, CF_POLICY,
                            "there is no policy '%s'; give its file, or the name of a shipped one", file);
    struct cf_policy_config policy = {
        .name = name_of(path), .path = path, .options = options ? json_copy(options) : json_object()};
    return append(config, &policy, err);
}

int cf_config_set_option(struct cf_config *config, const char *policy, const char *option, json_t *value,
                         struct cf_error *err)
{
    struct cf_policy_config *found = find_entry(config, policy);
    if (!found)
        return cf_error_set(err, CF_USAGE, "no policy '%s' is loaded, so its option '%s' cannot be set",
                            policy, option);
    (void)json_object_set(found->options, option, value);
    return 0;
}

static bool is_table(const json_t *value)
{
    return json_is_object(value) || (json_is_array(value) && json_array_size(value) == 0);
}

static void read_text(struct cf_config_reader *reader, const char *original, const json_t *value)
{
    struct cf_error err;
    if (json_string_length(value) == 0)
        cf_config_mistake(reader, "must be a text");
    else if (cf_template_check(json_string_value(value), original, &err) != 0)
        cf_config_mistake(reader, "%s", err.text);
}

/* Texts by those that they replace; where `language` is NULL, also tables of them by language. */
static void read_texts(struct cf_config_reader *reader, const char *language, const json_t *value)
{
    if (!is_table(value) || (language && !cf_language_is(language))) {
        cf_config_mistake(reader, language
                                      ? "must be a text, or a table of texts under a language such as pt_BR"
                                      : "must be a table such as { [\"the policy's text\"] = \"your own\" }");
        return;
    }
    const char *key;
    json_t *one;
    json_object_foreach((json_t *)value, key, one)
    {
        size_t length = cf_config_enter(reader, key, 0);
        if (!language && !json_is_string(one))
            read_texts(reader, key, one);
        else
            read_text(reader, key, one);
        cf_config_leave(reader, length);
    }
}

static void read_entry_texts(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                             void *at)
{
    (void)key;
    read_texts(reader, NULL, value);
    *(json_t **)at = json_incref(value);
}

static void read_option(struct cf_config_reader *reader, void *into, const char *key, json_t *value)
{
    const struct cf_policy_config *policy = into;
    (void)reader;
    if (strcmp(key, "1") != 0) /* its file */
        (void)json_object_set(policy->options, key, value);
}

static void read_leftovers(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                           void *at)
{
    const char *word = json_string_value(value);
    (void)key;
    *(bool *)at = cf_text_equal(word, "keep");
    if (!*(bool *)at && !cf_text_equal(word, "end"))
        cf_config_mistake(reader, "must be \"keep\" or \"end\"");
}

#define AT(field) .offset = offsetof(struct cf_policy_config, field)

static const struct cf_config_type entry_texts = {.read = read_entry_texts};
static const struct cf_config_type leftovers = {.read = read_leftovers};

/* What is no word of the entry is an option of the policy. */
static const struct cf_config_table entry = {
    .keys =
        (const struct cf_config_key[]){
            {"name", &cf_config_text, AT(name)},
            {"only", &cf_config_selector, AT(only)},
            {"except", &cf_config_selector, AT(except)},
            {"over", &cf_config_names, AT(over)},
            {"mode", &cf_config_mode, AT(mode)},
            {"text", &entry_texts, AT(texts)},
            {"dry_run", &cf_config_dry_run, AT(mode)},
            {"stay", &cf_config_span, AT(stay)},
            {"unwarned", &cf_config_bool, AT(unwarned)},
            {"leftovers", &leftovers, AT(keeps)},
            {"share", &cf_config_number, AT(share), .least = CF_LEAST_SHARE, .most = 1},
            {0},
        },
    .other = read_option,
};

static void read_policy(struct cf_config_reader *reader, struct cf_config *config, json_t *value)
{
    const json_t *file = json_is_array(value) ? json_array_get(value, 0) : json_object_get(value, "1");
    if (!json_is_string(file)) {
        cf_config_mistake(reader,
                          "must begin with a policy's name or file, such as { \"idle\", limit = \"30m\" }");
        return;
    }
    char *path = find_policy(json_string_value(file), config->path, reader->policy_folder);
    if (!path) {
        cf_config_mistake(reader, "there is no policy '%s'", json_string_value(file));
        return;
    }
    struct cf_policy_config policy = {.name = name_of(path), .path = path, .options = json_object()};
    cf_config_read(reader, &entry, value, &policy);
    cf_config_check_modes(reader, value);
    struct cf_error err;
    if (append(config, &policy, &err) != 0)
        cf_config_mistake(reader, "%s", err.text);
}

static void check_name(struct cf_config_reader *reader, const struct cf_config *config, const char *name)
{
    struct cf_near nearest = {.wanted = name};
    if (find_entry(config, name))
        return;
    for (size_t i = 0; i < config->policy_count; i++)
        cf_near_try(&nearest, config->policies[i].name);
    cf_config_mistake(reader, "no policy here is called '%s'%s%s%s", name,
                      nearest.word ? "; did you mean '" : "", nearest.word ? nearest.word : "",
                      nearest.word ? "'?" : "");
}

void cf_config_check_over(struct cf_config_reader *reader, const struct cf_config *config)
{
    size_t length = cf_config_enter(reader, "policies", 0);
    for (size_t i = 0; i < config->policy_count; i++) {
        size_t inner = cf_config_enter(reader, config->policies[i].name, 0);
        (void)cf_config_enter(reader, "over", 0);
        for (char **over = config->policies[i].over; over && *over; over++)
            check_name(reader, config, *over);
        cf_config_leave(reader, inner);
    }
    cf_config_leave(reader, length);
}

static void read_policies(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                          void *at)
{
    (void)key;
    if (json_object_size(value) > 0) {
        cf_config_mistake(reader, "must be a list of policies, such as { { \"idle\", limit = \"30m\" } }");
        return;
    }
    if (json_array_size(value) == 0)
        cf_config_mistake(reader, "is empty: name a policy, such as { \"idle\" }, or leave `policies` out");
    for (size_t i = 0; i < json_array_size(value); i++) {
        size_t length = cf_config_enter(reader, NULL, i + 1);
        read_policy(reader, at, json_array_get(value, i));
        cf_config_leave(reader, length);
    }
}

const struct cf_config_type cf_config_policies = {.read = read_policies};
