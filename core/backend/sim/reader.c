#include "sim/rules.h"

#include "base/file_open.h"
#include "base/memory.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line of the file as it is being read. */
struct line {
    struct cf_event event;
    struct cf_session record;
    bool timed, named; /* "at_us" and "what" were there */
};

static int bad(struct cf_error *err, const char *what, const char *key)
{
    return cf_error_set(err, CF_POLICY, "%s: \"%.60s\"", what, key);
}

static int take_list(struct cf_session *record, enum cf_field field, const json_t *value,
                     struct cf_error *err)
{
    const char *items[CF_SCENARIO_ITEMS + 1] = {NULL};
    if (json_array_size(value) > CF_SCENARIO_ITEMS)
        return bad(err, "a list of more than 64 names", cf_fields[field].name);
    for (size_t i = 0; i < json_array_size(value); i++) {
        items[i] = json_string_value(json_array_get(value, i));
        if (!items[i])
            return bad(err, "a list of texts is wanted for", cf_fields[field].name);
    }
    cf_session_set_list(record, field, items);
    return 0;
}

static int take_field(struct cf_session *record, enum cf_field field, const json_t *value,
                      struct cf_error *err)
{
    void *member = (char *)record + cf_fields[field].offset;
    switch (cf_fields[field].type) {
    case CF_TYPE_STRING:
        if (!json_is_string(value))
            return bad(err, "a text is wanted for", cf_fields[field].name);
        cf_session_set_string(record, field, json_string_value(value));
        return 0;
    case CF_TYPE_LIST:
        if (!json_is_array(value))
            return bad(err, "a list of texts is wanted for", cf_fields[field].name);
        return take_list(record, field, value, err);
    case CF_TYPE_NUMBER:
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return bad(err, "a whole number from 0 is wanted for", cf_fields[field].name);
        *(int64_t *)member = json_integer_value(value);
        return 0;
    case CF_TYPE_TRI:
        if (!json_is_boolean(value))
            return bad(err, "true or false is wanted for", cf_fields[field].name);
        *(enum cf_tri *)member = cf_tri_of(json_is_true(value));
        return 0;
    case CF_TYPE_INSTANT:
    case CF_TYPE_SINCE: break;
    }
    return bad(err, "the host itself keeps the time of", cf_fields[field].name);
}

static int take_session(struct line *line, const json_t *object, struct cf_error *err)
{
    if (!json_is_object(object))
        return bad(err, "an object is wanted for", "session");
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        int field = cf_field_by_name(key), r = 0;
        if (strcmp(key, "id") == 0 && json_is_string(value))
            line->record.identity.id = cf_strdup(json_string_value(value));
        else if (field >= 0)
            r = take_field(&line->record, (enum cf_field)field, value, err);
        else
            r = bad(err, "a session has no such field", key);
        if (r < 0)
            return r;
    }
    line->event.logon = &line->record;
    return 0;
}

static int take_integer(const char *key, const json_t *value, int64_t *ret_number, struct cf_error *err)
{
    if (!json_is_integer(value))
        return bad(err, "a whole number is wanted for", key);
    *ret_number = json_integer_value(value);
    return 0;
}

static int take_member(struct line *line, const char *key, const json_t *value, struct cf_error *err)
{
    struct cf_event *event = &line->event;
    if (strcmp(key, "at_us") == 0) {
        line->timed = true;
        return take_integer(key, value, &event->at_us, err);
    }
    if (strcmp(key, "argument") == 0)
        return take_integer(key, value, &event->argument, err);
    if (strcmp(key, "label") == 0) {
        int64_t label = 0;
        int r = take_integer(key, value, &label, err);
        event->label = label < 0 || label > UINT32_MAX ? UINT32_MAX : (uint32_t)label;
        return r;
    }
    if (strcmp(key, "session") == 0)
        return take_session(line, value, err);
    if (!json_is_string(value) || (strcmp(key, "what") != 0 && strcmp(key, "text") != 0))
        return bad(err, "an event has no such member, or not of this type", key);
    if (strcmp(key, "text") == 0) {
        event->text = json_string_value(value);
        return 0;
    }
    int kind = cf_event_by_name(json_string_value(value));
    if (kind < 0)
        return bad(err, "there is no such event", json_string_value(value));
    event->kind = (enum cf_event_kind)kind;
    line->named = true;
    return 0;
}

static int take_event(struct line *line, const json_t *object, struct cf_error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        int r = take_member(line, key, value, err);
        if (r < 0)
            return r;
    }
    const struct cf_event_info *info = &cf_event_infos[line->event.kind];
    if (!line->timed || !line->named)
        return cf_error_set(err, CF_POLICY, "an event wants \"at_us\" and \"what\"");
    if (info->labelled != !!json_object_get(object, "label") ||
        info->argued != !!json_object_get(object, "argument") || info->texted != !!line->event.text ||
        (line->event.kind == CF_EVENT_LOGON) != !!line->event.logon)
        return cf_error_set(err, CF_POLICY, "\"%s\" wants%s%s%s%s and nothing else", info->name,
                            info->labelled ? " \"label\"" : "", info->argued ? " \"argument\"" : "",
                            info->texted ? " \"text\"" : "",
                            line->event.kind == CF_EVENT_LOGON ? " \"session\"" : "");
    return 0;
}

/* Turns one line's text into an object. */
static int parse(const char *text, json_t **ret_object, struct cf_error *err)
{
    json_error_t why;
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    if (!object)
        return cf_error_set(err, CF_POLICY, "no JSON: %s", why.text);
    if (!json_is_object(object)) {
        json_decref(object);
        return cf_error_set(err, CF_POLICY, "a JSON object is wanted");
    }
    *ret_object = object;
    return 0;
}

static int add_line(struct cf_script *script, const char *text, int number, int64_t length_us,
                    struct cf_error *err)
{
    json_t *object = NULL;
    int r = parse(text, &object, err);
    if (r == 0) {
        struct line line = {0};
        cf_session_init(&line.record);
        r = take_event(&line, object, err);
        if (r == 0 && line.event.at_us > length_us)
            r = cf_error_set(err, CF_POLICY, "an event after the scenario's end");
        if (r < 0) {
            cf_error_prefix(err, "line %d", number);
        } else {
            line.event.line = number;
            r = cf_script_add(script, &line.event, err);
        }
        cf_session_finish(&line.record);
        json_decref(object);
    } else {
        cf_error_prefix(err, "line %d", number);
    }
    return r;
}

static int read_header(const char *text, struct cf_script **ret_script, int64_t *ret_length_us,
                       int64_t *ret_caller, struct cf_error *err)
{
    json_t *object = NULL;
    int r = parse(text, &object, err);
    if (r == 0) {
        json_t *version = json_object_get(object, "curfew-scenario"),
               *length = json_object_get(object, "length_us"), *caller = json_object_get(object, "caller");
        const char *start_text = json_string_value(json_object_get(object, "start"));
        struct cf_instant start = {0};
        if (!json_is_integer(version) || !start_text || !json_is_integer(length) ||
            (caller && !json_is_integer(caller)) || json_object_size(object) != (caller ? 4 : 3))
            r = cf_error_set(err, CF_POLICY,
                             "a scenario begins with {\"curfew-scenario\":1,\"start\":…,\"length_us\":…}");
        else if (json_integer_value(version) != 1)
            r = cf_error_set(err, CF_POLICY,
                             "version %lld of the form is not known here: this program reads version 1",
                             (long long)json_integer_value(version));
        else if (json_integer_value(length) < 0 || json_integer_value(length) > CF_SCENARIO_LENGTH)
            r = cf_error_set(err, CF_POLICY, "\"length_us\" is below 0 or above 101 years");
        else if (caller &&
                 (json_integer_value(caller) < 0 || json_integer_value(caller) >= CF_SCENARIO_LABELS))
            r = cf_error_set(err, CF_POLICY, "\"caller\" is not a label");
        else if (cf_instant_parse(start_text, cf_zone_utc(), &start, err) < 0)
            r = CF_POLICY;
        if (r == 0) {
            *ret_length_us = json_integer_value(length);
            *ret_caller = caller ? json_integer_value(caller) + 1 : 0;
            *ret_script = cf_script_create(start);
        } else if (err) {
            err->code = r;
        }
        json_decref(object);
    }
    if (r < 0)
        cf_error_prefix(err, "line 1");
    return r;
}

/* Reads one line without its line feed. 1: there is one; 0: the end; CF_POLICY: too long, or holding a NUL.
 */
static int read_line(FILE *file, char *text, int number, struct cf_error *err)
{
    if (!fgets(text, CF_SCENARIO_LINE, file))
        return 0;
    size_t length = strlen(text);
    if (length && text[length - 1] == '\n')
        text[length - 1] = '\0';
    else if (!feof(file))
        return cf_error_set(err, CF_POLICY, "line %d: longer than 65534 bytes, or it holds a NUL", number);
    return 1;
}

static int read_all(FILE *file, char *text, struct cf_script **script, int64_t *length_us, int64_t *caller,
                    struct cf_error *err)
{
    int r = read_line(file, text, 1, err);
    if (r == 0)
        return cf_error_set(err, CF_POLICY, "the file is empty");
    if (r > 0)
        r = read_header(text, script, length_us, caller, err);
    for (int number = 2; r >= 0; number++) {
        r = read_line(file, text, number, err);
        if (r <= 0)
            break;
        r = add_line(*script, text, number, *length_us, err);
    }
    if (r == 0 && ferror(file))
        r = cf_error_set(err, CF_FAILED, "cannot be read: %s", strerror(errno));
    return r;
}

int cf_scenario_read(const char *path, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    FILE *file = cf_file_stream(path, "rb");
    if (!file)
        return cf_error_set(err, CF_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    char *text = cf_alloc(CF_SCENARIO_LINE);
    struct cf_script *script = NULL;
    int64_t length_us = 0, caller = 0;
    int r = read_all(file, text, &script, &length_us, &caller, err);
    if (r < 0) {
        cf_error_prefix(err, "%s", path);
        cf_script_destroy(script);
    } else {
        *ret_scenario = cf_script_finish(script, length_us);
        (*ret_scenario)->caller = caller;
    }
    free(text);
    (void)fclose(file);
    return r;
}
