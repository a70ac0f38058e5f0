#include "engine/config.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CF_PATTERNS = 1000, CF_PATH_SIZE = 4096 };

/* Where we are in the file, for messages; collects a line for each mistake. */
struct reader {
    struct cf_error *err;
    char where[256];
    int code;
};

static void mistake(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void mistake(struct reader *reader, const char *format, ...)
{
    struct cf_error own = {.code = CF_POLICY};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(own.text, sizeof own.text, format, arguments);
    va_end(arguments);
    (void)cf_error_prefix(&own, "%s", reader->where);
    cf_error_add(reader->err, &own);
    reader->code = CF_POLICY;
}

/* ---- Values ---- */

static void read_bool(struct reader *reader, const json_t *value, bool *ret)
{
    if (json_is_boolean(value))
        *ret = json_is_true(value);
    else
        mistake(reader, "must be true or false");
}

static void read_span(struct reader *reader, const json_t *value, struct cf_span *ret)
{
    struct cf_error err;
    if (!json_is_string(value))
        mistake(reader, "must be a span with its unit, such as \"1m\"");
    else if (cf_span_parse(json_string_value(value), ret, &err) != 0)
        mistake(reader, "%s", err.text);
    else if (ret->us < 0)
        mistake(reader, "must not be negative");
}

static void read_number(struct reader *reader, const json_t *value, double least, double most, double *ret)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || number < least || number > most)
        mistake(reader, "must be a number from %g to %g", least, most);
    else
        *ret = number;
}

static bool read_patterns(struct reader *reader, const json_t *value, const char ***ret_patterns)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    if (count > CF_PATTERNS) {
        mistake(reader, "has more than %d entries", CF_PATTERNS);
        return false;
    }
    const char **patterns = cf_alloc((count + 1) * sizeof *patterns);
    for (size_t i = 0; i < count; i++) {
        patterns[i] = json_string_value(json_is_array(value) ? json_array_get(value, i) : value);
        if (!patterns[i]) {
            mistake(reader, "must be a text or a list of texts");
            free(patterns);
            return false;
        }
    }
    *ret_patterns = patterns;
    return true;
}

static void read_names(struct reader *reader, const json_t *value, char ***ret_names)
{
    const char **names = NULL;
    if (*ret_names || !read_patterns(reader, value, &names))
        return;
    size_t count = 0;
    while (names[count])
        count++;
    *ret_names = cf_alloc((count + 1) * sizeof **ret_names);
    for (size_t i = 0; i < count; i++)
        (*ret_names)[i] = cf_strdup(names[i]);
    free(names);
}

static void read_condition(struct reader *reader, struct cf_selector *selector, const char *field,
                           const json_t *value)
{
    struct cf_error err = {0};
    int code = 0;
    const char **patterns = NULL;
    if (json_is_boolean(value)) {
        code = cf_selector_add_flag(selector, field, json_is_true(value), &err);
    } else if (read_patterns(reader, value, &patterns)) {
        code = cf_selector_add_text(selector, field, patterns, &err);
        free(patterns);
    }
    if (code != 0)
        mistake(reader, "%s", err.text);
}

/* Appends ".key" or "[index]" to where we are; give the returned length to leave(). */
static size_t enter(struct reader *reader, const char *key, size_t index)
{
    size_t length = strlen(reader->where), room = sizeof reader->where - length;
    if (key)
        (void)snprintf(reader->where + length, room, "%s%s", length ? "." : "", key);
    else
        (void)snprintf(reader->where + length, room, "[%zu]", index);
    return length;
}

static void leave(struct reader *reader, size_t length)
{
    reader->where[length] = '\0';
}

static void read_selector(struct reader *reader, const json_t *value, struct cf_selector **ret_selector)
{
    if (!json_is_object(value)) {
        mistake(reader, "must be a table of fields, such as { groups = { \"operators\" } }");
        return;
    }
    struct cf_selector *selector = cf_selector_create();
    const char *field;
    json_t *condition;
    json_object_foreach((json_t *)value, field, condition)
    {
        size_t length = enter(reader, field, 0);
        read_condition(reader, selector, field, condition);
        leave(reader, length);
    }
    cf_selector_destroy(*ret_selector);
    *ret_selector = selector;
}

/* ---- Policies ---- */

static bool is_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file)
        (void)fclose(file);
    return file != NULL;
}

/* The file meant by a path, or by a name such as "idle"; the caller frees it. NULL where there is none. */
static char *find_policy(const char *file, const char *config_path, const char *policy_folder)
{
    char path[CF_PATH_SIZE];
    if (cf_path_file(file) != file || is_file(file))
        return is_file(file) ? cf_strdup(file) : NULL;
    const char *suffix = cf_text_matches("*.lua", file) ? "" : ".lua";
    if (config_path) {
        int folder = (int)(cf_path_file(config_path) - config_path);
        (void)snprintf(path, sizeof path, "%.*spolicies/%s%s", folder, config_path, file, suffix);
        if (is_file(path))
            return cf_strdup(path);
    }
    (void)snprintf(path, sizeof path, "%s/%s%s", policy_folder ? policy_folder : ".", file, suffix);
    return is_file(path) ? cf_strdup(path) : NULL;
}

static char *name_of(const char *file)
{
    char *name = cf_strdup(cf_path_file(file));
    char *suffix = strstr(name, ".lua");
    if (suffix && suffix != name)
        *suffix = '\0';
    return name;
}

static struct cf_policy_config *find(const struct cf_config *config, const char *name)
{
    for (size_t i = 0; i < config->policy_count; i++)
        if (strcmp(config->policies[i].name, name) == 0)
            return &config->policies[i];
    return NULL;
}

static void finish_policy(struct cf_policy_config *policy)
{
    free(policy->name);
    free(policy->path);
    json_decref(policy->options);
    cf_selector_destroy(policy->only);
    cf_selector_destroy(policy->except);
    for (char **name = policy->over; name && *name; name++)
        free(*name);
    free(policy->over);
}

/* Takes the policy over, or frees it and says what is wrong. */
static int append(struct cf_config *config, struct cf_policy_config *policy, struct cf_error *err)
{
    int code = 0;
    if (config->policy_count == CF_CONFIG_POLICIES)
        code = cf_error_set(err, CF_POLICY, "more than %d policies", CF_CONFIG_POLICIES);
    else if (find(config, policy->name))
        code = cf_error_set(err, CF_POLICY, "two policies are called '%s'; give one of them another name",
                            policy->name);
    if (code != 0) {
        finish_policy(policy);
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
    struct cf_policy_config *found = find(config, policy);
    if (!found)
        return cf_error_set(err, CF_USAGE, "no policy '%s' is loaded, so its option '%s' cannot be set",
                            policy, option);
    (void)json_object_set(found->options, option, value);
    return 0;
}

static void read_mode(struct reader *reader, const json_t *value, enum cf_mode *ret_mode)
{
    const char *mode = json_string_value(value);
    if (mode && strcmp(mode, "warn") == 0)
        *ret_mode = CF_MODE_WARN;
    else if (mode && strcmp(mode, "act") == 0)
        *ret_mode = CF_MODE_ACT;
    else if (mode && strcmp(mode, "dry") == 0)
        *ret_mode = CF_MODE_DRY;
    else
        mistake(reader, "must be \"act\", \"warn\" or \"dry\"");
}

static void read_dry_run(struct reader *reader, const json_t *value, enum cf_mode *ret_mode)
{
    bool dry = *ret_mode == CF_MODE_DRY;
    read_bool(reader, value, &dry);
    if (dry)
        *ret_mode = CF_MODE_DRY;
    else if (*ret_mode == CF_MODE_DRY)
        *ret_mode = CF_MODE_ACT;
}

/* One key of a policy's entry; what is no word of the entry is an option of the policy. */
static void read_entry_key(struct reader *reader, struct cf_policy_config *policy, const char *key,
                           json_t *value)
{
    if (strcmp(key, "name") == 0) {
        if (json_is_string(value) && json_string_length(value) > 0)
            cf_replace(&policy->name, json_string_value(value));
        else
            mistake(reader, "must be a text");
    } else if (strcmp(key, "only") == 0) {
        read_selector(reader, value, &policy->only);
    } else if (strcmp(key, "except") == 0) {
        read_selector(reader, value, &policy->except);
    } else if (strcmp(key, "over") == 0) {
        read_names(reader, value, &policy->over);
    } else if (strcmp(key, "mode") == 0) {
        read_mode(reader, value, &policy->mode);
    } else if (strcmp(key, "dry_run") == 0) {
        read_dry_run(reader, value, &policy->mode);
    } else if (strcmp(key, "1") != 0) {
        (void)json_object_set(policy->options, key, value);
    }
}

static void read_policy(struct reader *reader, struct cf_config *config, const json_t *value,
                        const char *policy_folder)
{
    const json_t *file = json_is_array(value) ? json_array_get(value, 0) : json_object_get(value, "1");
    if (!json_is_string(file)) {
        mistake(reader, "must begin with a policy's name or file, such as { \"idle\", limit = \"30m\" }");
        return;
    }
    char *path = find_policy(json_string_value(file), config->path, policy_folder);
    if (!path) {
        mistake(reader, "there is no policy '%s'", json_string_value(file));
        return;
    }
    struct cf_policy_config policy = {.name = name_of(path), .path = path, .options = json_object()};
    const char *key;
    json_t *one;
    json_object_foreach((json_t *)value, key, one)
    {
        size_t length = enter(reader, key, 0);
        read_entry_key(reader, &policy, key, one);
        leave(reader, length);
    }
    struct cf_error err;
    if (append(config, &policy, &err) != 0)
        mistake(reader, "%s", err.text);
}

static void read_policies(struct reader *reader, struct cf_config *config, const json_t *value,
                          const char *policy_folder)
{
    if (!json_is_array(value) && json_object_size(value) > 0) {
        mistake(reader, "must be a list of policies, such as { { \"idle\", limit = \"30m\" } }");
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        size_t length = enter(reader, NULL, i + 1);
        read_policy(reader, config, json_array_get(value, i), policy_folder);
        leave(reader, length);
    }
}

/* ---- The other keys ---- */

static void read_protect_key(struct reader *reader, struct cf_config *config, const char *key,
                             const json_t *value)
{
    bool *flag = strcmp(key, "root") == 0      ? &config->protect_root
                 : strcmp(key, "system") == 0  ? &config->protect_system
                 : strcmp(key, "console") == 0 ? &config->protect_console
                                               : NULL;
    if (flag) {
        read_bool(reader, value, flag);
        return;
    }
    if (!config->protect)
        config->protect = cf_selector_create();
    read_condition(reader, config->protect, key, value);
}

static void read_limit(struct reader *reader, struct cf_config *config, const char *key, const json_t *value)
{
    double number = config->limits.logoffs_per_minute;
    if (strcmp(key, "notice") == 0) {
        read_span(reader, value, &config->limits.notice);
    } else if (strcmp(key, "ends") == 0) {
        read_span(reader, value, &config->limits.ends);
    } else if (strcmp(key, "share") == 0) {
        read_number(reader, value, 0, 1, &config->limits.share);
    } else if (strcmp(key, "logoffs_per_minute") == 0) {
        read_number(reader, value, 1, 1000000, &number);
        config->limits.logoffs_per_minute = (unsigned)number;
    } else {
        mistake(reader, "there is no such limit; there are notice, ends, logoffs_per_minute and share");
    }
}

static void read_table(struct reader *reader, struct cf_config *config, const json_t *value,
                       void (*read)(struct reader *, struct cf_config *, const char *, const json_t *))
{
    if (!json_is_object(value)) {
        mistake(reader, "must be a table with named entries");
        return;
    }
    const char *key;
    json_t *one;
    json_object_foreach((json_t *)value, key, one)
    {
        size_t length = enter(reader, key, 0);
        read(reader, config, key, one);
        leave(reader, length);
    }
}

static void read_key(struct reader *reader, struct cf_config *config, const char *key, const json_t *value,
                     const char *policy_folder)
{
    if (strcmp(key, "dry_run") == 0)
        read_dry_run(reader, value, &config->mode);
    else if (strcmp(key, "mode") == 0)
        read_mode(reader, value, &config->mode);
    else if (strcmp(key, "policies") == 0)
        read_policies(reader, config, value, policy_folder);
    else if (strcmp(key, "protect") == 0)
        read_table(reader, config, value, read_protect_key);
    else if (strcmp(key, "limits") == 0)
        read_table(reader, config, value, read_limit);
    else
        mistake(reader, "there is no such setting; there are dry_run, mode, policies, protect and limits");
}

void cf_config_init(struct cf_config *config)
{
    *config = (struct cf_config){
        .mode = CF_MODE_DRY,
        .protect_root = true,
        .protect_system = true,
        .protect_console = true,
        .limits = {.notice = CF_MINUTE, .ends = cf_seconds(10), .logoffs_per_minute = 120, .share = 0.5}};
}

void cf_config_finish(struct cf_config *config)
{
    for (size_t i = 0; i < config->policy_count; i++)
        finish_policy(&config->policies[i]);
    free(config->policies);
    free(config->path);
    cf_selector_destroy(config->protect);
    *config = (struct cf_config){0};
}

int cf_config_parse(struct cf_config *config, const char *path, const json_t *value,
                    const char *policy_folder, struct cf_error *err)
{
    struct reader reader = {.err = err};
    if (err)
        *err = (struct cf_error){0};
    cf_replace(&config->path, path);
    const char *key;
    json_t *one;
    json_object_foreach((json_t *)value, key, one)
    {
        size_t length = enter(&reader, key, 0);
        read_key(&reader, config, key, one, policy_folder);
        leave(&reader, length);
    }
    return reader.code;
}
