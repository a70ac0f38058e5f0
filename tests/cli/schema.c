/*
 * Holds JSON to docs/json.schema.json.  schema FILE NAME: each line of standard input is to be what
 * $defs/NAME says. Says where it is not. It knows the few keywords of JSON Schema that the file uses, and
 * fails at any other.
 */
#include <jansson.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 40 };

static const json_t *root;

static int check(const json_t *schema, const json_t *value, const char *where, FILE *out);

static int complain(FILE *out, const char *where, const char *what, const char *name)
{
    if (out)
        (void)fprintf(out, "%s: %s%s\n", *where ? where : "(all of it)", what, name);
    return 1;
}

static const char *type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "object";
    case JSON_ARRAY: return "array";
    case JSON_STRING: return "string";
    case JSON_INTEGER: return "integer";
    case JSON_REAL: return "number";
    case JSON_NULL: return "null";
    default: return "boolean";
    }
}

static int is_type(const json_t *type, const json_t *value)
{
    size_t i;
    const json_t *each;
    const char *wanted = json_string_value(type), *is = type_of(value);
    if (wanted)
        return strcmp(wanted, is) == 0 || (strcmp(wanted, "number") == 0 && strcmp(is, "integer") == 0);
    json_array_foreach(type, i, each)
    {
        if (is_type(each, value))
            return 1;
    }
    return 0;
}

static int is_one_of(const json_t *list, const json_t *value)
{
    size_t i;
    const json_t *each;
    json_array_foreach(list, i, each)
    {
        if (json_equal(each, value))
            return 1;
    }
    return 0;
}

static int matches(const char *pattern, const char *text)
{
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return 0;
    int found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static int check_object(const json_t *schema, const json_t *value, const char *where, FILE *out)
{
    const char *name;
    const json_t *field, *wanted;
    size_t i;
    int wrong = 0;
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *others = json_object_get(schema, "additionalProperties");
    json_array_foreach(json_object_get(schema, "required"), i, wanted)
    {
        if (!json_object_get(value, json_string_value(wanted)))
            wrong |= complain(out, where, "lacks ", json_string_value(wanted));
    }
    json_object_foreach((json_t *)(size_t)value, name, field)
    {
        char below[512];
        const json_t *known = json_object_get(properties, name);
        (void)snprintf(below, sizeof below, "%s.%s", where, name);
        if (known || json_is_object(others))
            wrong |= check(known ? known : others, field, below, out);
        else if (json_is_false(others))
            wrong |= complain(out, where, "has what docs/json.schema.json does not know: ", name);
    }
    return wrong;
}

static int check_any(const json_t *list, const json_t *value, const char *where, FILE *out)
{
    size_t i;
    const json_t *each;
    json_array_foreach(list, i, each)
    {
        if (!check(each, value, where, NULL))
            return 0;
    }
    return complain(out, where, "is none of what it may be", "");
}

/* One keyword; returns whether the value breaks it. */
static int check_keyword(const json_t *schema, const char *name, const json_t *want, const json_t *value,
                         const char *where, FILE *out)
{
    const char *text = json_string_value(value);
    if (strcmp(name, "type") == 0)
        return is_type(want, value) ? 0 : complain(out, where, "is of type ", type_of(value));
    if (strcmp(name, "enum") == 0)
        return is_one_of(want, value) ? 0 : complain(out, where, "is none of the words: ", text ? text : "");
    if (strcmp(name, "pattern") == 0)
        return !text || matches(json_string_value(want), text)
                   ? 0
                   : complain(out, where, "is not as the pattern: ", text);
    if (strcmp(name, "minimum") == 0)
        return !json_is_number(value) || json_number_value(value) >= json_number_value(want)
                   ? 0
                   : complain(out, where, "is too small", "");
    if (strcmp(name, "anyOf") == 0)
        return check_any(want, value, where, out);
    if (strcmp(name, "properties") == 0)
        return json_is_object(value) ? check_object(schema, value, where, out) : 0;
    if (strcmp(name, "items") == 0) {
        size_t i;
        const json_t *item;
        int wrong = 0;
        json_array_foreach(value, i, item)
        {
            char below[512];
            (void)snprintf(below, sizeof below, "%s[%zu]", where, i);
            wrong |= check(want, item, below, out);
        }
        return wrong;
    }
    if (strcmp(name, "$ref") == 0) {
        const char *ref = json_string_value(want);
        const json_t *there = json_object_get(json_object_get(root, "$defs"), ref + strlen("#/$defs/"));
        return there ? check(there, value, where, out) : complain(stdout, where, "the schema has no ", ref);
    }
    if (strcmp(name, "required") == 0 || strcmp(name, "additionalProperties") == 0 ||
        strcmp(name, "description") == 0)
        return 0;
    return complain(stdout, where, "this program does not know the keyword ", name);
}

static int check(const json_t *schema, const json_t *value, const char *where, FILE *out)
{
    static int depth;
    const char *name;
    const json_t *want;
    int wrong = 0;
    if (++depth < DEEPEST) {
        json_object_foreach((json_t *)(size_t)schema, name, want) wrong |=
            check_keyword(schema, name, want, value, where, out);
    }
    depth--;
    return wrong;
}

int main(int argc, char **argv)
{
    static char line[1 << 20];
    json_error_t error;
    int wrong = 0, lines = 0;
    root = argc == 3 ? json_load_file(argv[1], 0, &error) : NULL;
    const json_t *schema = json_object_get(json_object_get(root, "$defs"), argc == 3 ? argv[2] : "");
    if (!schema) {
        (void)fprintf(stderr, "schema FILE NAME: no such file or name, or it is not JSON\n");
        return 2;
    }
    for (; fgets(line, sizeof line, stdin); lines++) {
        json_t *value = json_loads(line, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
        if (!value)
            wrong |= complain(stdout, "", "is not JSON: ", error.text);
        else if (check(schema, value, "", stdout))
            wrong = 1, (void)fputs(line, stdout);
        json_decref(value);
    }
    (void)printf("%d as they should be\n", wrong ? 0 : lines);
    json_decref((json_t *)(size_t)root);
    return wrong;
}
