#include "control/protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ---- Requests ---- */

/* Before anything recurses; braces in texts do not count. */
static bool is_too_deep(const char *line, size_t length)
{
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < length; i++) {
        if (in_text && line[i] == '\\') {
            i++;
        } else if (in_text) {
            in_text = line[i] != '"';
        } else if (line[i] == '"') {
            in_text = true;
        } else if (line[i] == '{' || line[i] == '[') {
            if (++depth > CF_CONTROL_DEPTH)
                return true;
        } else if (line[i] == '}' || line[i] == ']') {
            depth--;
        }
    }
    return false;
}

static int read_version(const json_t *version, struct cf_error *err)
{
    if (!json_is_integer(version))
        return cf_error_set(err, CF_USAGE, "a request names the version of its protocol: \"curfew\":%d",
                            CF_CONTROL_VERSION);
    if (json_integer_value(version) != CF_CONTROL_VERSION)
        return cf_error_set(err, CF_UNSUPPORTED,
                            "this engine speaks version %d of its protocol, the request is of version %lld",
                            CF_CONTROL_VERSION, (long long)json_integer_value(version));
    return CF_OK;
}

static int read_verb(const json_t *verb, char out[CF_CONTROL_VERB], struct cf_error *err)
{
    if (!json_is_string(verb))
        return cf_error_set(err, CF_USAGE, "a request says what is to be done: \"do\":\"status\"");
    if (json_string_length(verb) >= CF_CONTROL_VERB)
        return cf_error_set(err, CF_USAGE, "nothing that can be done here has so long a name");
    memcpy(out, json_string_value(verb), json_string_length(verb) + 1);
    return CF_OK;
}

static int check_words(json_t *words, struct cf_error *err)
{
    const char *name;
    json_t *word;
    json_object_foreach(words, name, word)
    {
        if (!json_is_string(word))
            return cf_error_set(err, CF_USAGE, "\"%.64s\" in a request is a text", name);
        if (json_string_length(word) > CF_CONTROL_WORD)
            return cf_error_set(err, CF_USAGE, "\"%.64s\" is longer than %d bytes", name, CF_CONTROL_WORD);
    }
    return CF_OK;
}

static int read_object(json_t *object, struct cf_control_request *request, struct cf_error *err)
{
    const json_t *id = json_object_get(object, "id");
    if (json_is_integer(id) && json_integer_value(id) >= 0)
        request->id = json_integer_value(id);
    int code = read_version(json_object_get(object, "curfew"), err);
    if (code == CF_OK && request->id < 0)
        code = cf_error_set(err, CF_USAGE, "a request has a number of its own, from 0 up: \"id\":1");
    if (code == CF_OK)
        code = read_verb(json_object_get(object, "do"), request->verb, err);
    if (code)
        return code;
    (void)json_object_del(object, "curfew");
    (void)json_object_del(object, "id");
    (void)json_object_del(object, "do");
    return check_words(object, err);
}

int cf_control_request_read(const char *line, size_t length, struct cf_control_request *ret_request,
                            struct cf_error *err)
{
    *ret_request = (struct cf_control_request){.id = -1};
    if (is_too_deep(line, length))
        return cf_error_set(err, CF_USAGE, "a request cannot be deeper than %d levels", CF_CONTROL_DEPTH);
    json_error_t error;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object)) {
        json_decref(object);
        return cf_error_set(err, CF_USAGE, "a request is an object of JSON in a line of its own%s%s",
                            object ? "" : ": ", object ? "" : error.text);
    }
    ret_request->words = object;
    return read_object(object, ret_request, err);
}

void cf_control_request_finish(struct cf_control_request *request)
{
    json_decref(request->words);
    request->words = NULL;
}

/* What every line has. */
static json_t *begin(json_int_t id)
{
    return json_pack("{s:i, s:o}", "curfew", CF_CONTROL_VERSION, "id",
                     id < 0 ? json_null() : json_integer(id));
}

void cf_control_request_write(struct cf_buffer *line, json_int_t id, const char *verb,
                              const char *const *words)
{
    json_t *request = begin(id);
    (void)json_object_set_new(request, "do", cf_json_text(verb));
    for (; words && *words; words += 2)
        (void)json_object_set_new(request, words[0], words[1] ? cf_json_text(words[1]) : NULL);
    cf_json_line(line, request);
}

/* ---- Answers ---- */

void cf_control_result_write(struct cf_buffer *line, json_int_t id, const json_t *result)
{
    json_t *answer = begin(id);
    (void)json_object_set_new(answer, "ok", json_true());
    (void)json_object_set(answer, "result", (json_t *)(uintptr_t)result);
    cf_json_line(line, answer);
}

void cf_control_error_write(struct cf_buffer *line, json_int_t id, const struct cf_error *err)
{
    json_t *answer = begin(id);
    (void)json_object_set_new(answer, "ok", json_false());
    (void)json_object_set_new(answer, "code", json_string(cf_code_name(err->code)));
    (void)json_object_set_new(answer, "error", cf_json_text(err->text));
    cf_json_line(line, answer);
}

static int code_by_name(const char *name)
{
    for (int code = CF_REFUSED; name && code < CF_OK; code++)
        if (strcmp(cf_code_name(code), name) == 0)
            return code;
    return CF_FAILED;
}

int cf_control_reply_read(const char *line, size_t length, json_t **ret_result, struct cf_error *err)
{
    json_t *reply = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *version = json_object_get(reply, "curfew"), *ok = json_object_get(reply, "ok");
    const char *sentence = json_string_value(json_object_get(reply, "error"));
    int code = CF_OK;
    if (json_is_integer(version) && json_integer_value(version) != CF_CONTROL_VERSION) {
        code = cf_error_set(err, CF_UNSUPPORTED,
                            "the engine speaks version %lld of its protocol, this command version %d: they "
                            "are of different releases of curfew",
                            (long long)json_integer_value(version), CF_CONTROL_VERSION);
    } else if (!version || !json_is_boolean(ok) || (json_is_false(ok) && !sentence)) {
        code = cf_error_set(err, CF_FAILED, "what listens there is not an engine of curfew");
    } else if (json_is_true(ok)) {
        json_t *result = json_object_get(reply, "result");
        *ret_result = result ? json_incref(result) : json_null();
    } else {
        code = code_by_name(json_string_value(json_object_get(reply, "code")));
        (void)cf_error_lines(err, code, sentence);
    }
    json_decref(reply);
    return code;
}
