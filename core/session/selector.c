#include "session/selector.h"

#include "base/memory.h"
#include "base/text.h"
#include "session/wanted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOST = CF_FIELD_COUNT, ID }; /* the identity's words, beside enum cf_field */

struct condition {
    int field;
    bool value;      /* flags */
    char **patterns; /* texts */
    size_t count;
};

struct cf_selector {
    struct condition *conditions;
    size_t count;
};

struct cf_selector *cf_selector_create(void)
{
    return cf_alloc(sizeof(struct cf_selector));
}

void cf_selector_destroy(struct cf_selector *selector)
{
    if (!selector)
        return;
    for (size_t i = 0; i < selector->count; i++) {
        for (size_t j = 0; j < selector->conditions[i].count; j++)
            free(selector->conditions[i].patterns[j]);
        free(selector->conditions[i].patterns);
    }
    free(selector->conditions);
    free(selector);
}

/* ---- Making ---- */

static const char *field_name(int field)
{
    return field == HOST ? "host" : field == ID ? "id" : cf_fields[field].name;
}

static enum cf_field_type type_of(int field)
{
    return field >= CF_FIELD_COUNT ? CF_TYPE_STRING : cf_fields[field].type;
}

/* "users" and "classes" find their field, and "group" its list. */
static bool names(const char *word, int field)
{
    const char *name = field_name(field);
    size_t length = strlen(name), other = strlen(word);
    if (strncmp(word, name, length) == 0)
        return strcmp(word + length, "s") == 0 || strcmp(word + length, "es") == 0;
    return type_of(field) == CF_TYPE_LIST && other + 1 == length && strncmp(word, name, other) == 0;
}

static int find_field(const char *word, struct cf_error *err)
{
    struct cf_near nearest = {.wanted = word};
    int inexact = -1;
    for (int field = 0; field <= ID; field++) {
        if (strcmp(word, field_name(field)) == 0)
            return field;
        if (names(word, field))
            inexact = field;
        cf_near_try(&nearest, field_name(field));
    }
    if (inexact >= 0)
        return inexact;
    return cf_error_set(err, CF_USAGE, "a session has no field '%s'%s%s%s", word,
                        nearest.word ? "; did you mean '" : "", nearest.word ? nearest.word : "",
                        nearest.word ? "'?" : "");
}

/* Known at the moment at which the host is asked, and never told: what was read of them once is old. */
static const uint64_t passing = CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU) |
                                CF_FIELD_BIT(CF_FIELD_INHIBITED) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) |
                                CF_FIELD_BIT(CF_FIELD_IDLE_DOUBT);

/* The field that a selector may go by. */
static int find_lasting(const char *word, struct cf_error *err)
{
    int field = find_field(word, err);
    if (field >= 0 && field < CF_FIELD_COUNT && (passing & CF_FIELD_BIT(field)))
        return cf_error_set(
            err, CF_USAGE,
            "'%s' is known only when it is asked for: no session can be selected by it; let a "
            "policy ask for it, as spare-running-jobs does",
            word);
    return field;
}

static struct condition *add_condition(struct cf_selector *selector, int field)
{
    selector->conditions = cf_grow(selector->conditions, selector->count, sizeof *selector->conditions);
    struct condition *condition = &selector->conditions[selector->count++];
    *condition = (struct condition){.field = field};
    return condition;
}

int cf_selector_add_text(struct cf_selector *selector, const char *field, const char *const *patterns,
                         struct cf_error *err)
{
    int found = find_lasting(field, err);
    if (found < 0)
        return found;
    enum cf_field_type type = type_of(found);
    if (type == CF_TYPE_TRI)
        return cf_error_set(err, CF_USAGE, "'%s' is true or false, not a text", field);
    if (type != CF_TYPE_STRING && type != CF_TYPE_LIST && type != CF_TYPE_NUMBER)
        return cf_error_set(err, CF_USAGE,
                            "'%s' is a time: no session can be selected by it; wait for it instead", field);
    for (const char *const *pattern = patterns; *pattern; pattern++) {
        int code = cf_wanted_check(found, *pattern, err);
        if (code < 0)
            return code;
    }
    struct condition *condition = add_condition(selector, found);
    for (const char *const *pattern = patterns; *pattern; pattern++) {
        condition->patterns = cf_grow(condition->patterns, condition->count, sizeof *condition->patterns);
        condition->patterns[condition->count++] = cf_strdup(*pattern);
    }
    return 0;
}

int cf_selector_add_flag(struct cf_selector *selector, const char *field, bool value, struct cf_error *err)
{
    int found = find_lasting(field, err);
    if (found < 0)
        return found;
    if (type_of(found) != CF_TYPE_TRI)
        return cf_error_set(err, CF_USAGE,
                            "'%s' is not something true or false; give a text or a list of texts", field);
    add_condition(selector, found)->value = value;
    return 0;
}

/* ---- Matching ---- */

static bool matches_any(const struct condition *condition, const char *text)
{
    for (size_t i = 0; i < condition->count; i++)
        if (cf_text_matches(condition->patterns[i], text))
            return true;
    return false;
}

static enum cf_tri match_text(const struct condition *condition, const char *text)
{
    return text ? cf_tri_of(matches_any(condition, text)) : CF_TRI_UNKNOWN;
}

/* "user" means each kind of a user's own sessions, whatever systemd calls it. */
static enum cf_tri match_class(const struct condition *condition, const char *class_)
{
    enum cf_tri plain = match_text(condition, class_);
    return plain == CF_TRI_NO && cf_class_is_users(class_) ? match_text(condition, "user") : plain;
}

static enum cf_tri match(const struct condition *condition, const struct cf_session *session)
{
    if (condition->field == HOST)
        return match_text(condition, session->identity.host);
    if (condition->field == ID)
        return match_text(condition, session->identity.id);
    enum cf_field field = (enum cf_field)condition->field;
    if (field == CF_FIELD_CLASS)
        return match_class(condition, session->class_);
    switch (cf_fields[field].type) {
    case CF_TYPE_TRI: {
        enum cf_tri value = cf_session_tri(session, field);
        return value == CF_TRI_UNKNOWN ? value : cf_tri_of((value == CF_TRI_YES) == condition->value);
    }
    case CF_TYPE_LIST: {
        char *const *items = cf_session_list(session, field);
        for (size_t i = 0; items && items[i]; i++)
            if (matches_any(condition, items[i]))
                return CF_TRI_YES;
        return items ? CF_TRI_NO : CF_TRI_UNKNOWN;
    }
    case CF_TYPE_NUMBER: {
        int64_t number = cf_session_number(session, field);
        char digits[32];
        (void)snprintf(digits, sizeof digits, "%lld", (long long)number);
        return number == CF_NUMBER_UNKNOWN ? CF_TRI_UNKNOWN : cf_tri_of(matches_any(condition, digits));
    }
    default: return match_text(condition, cf_session_string(session, field));
    }
}

/* Folds the conditions: the first that is `decisive` decides, an unknown one leaves it open. */
static enum cf_tri fold(const struct cf_selector *selector, const struct cf_session *session,
                        enum cf_tri decisive)
{
    enum cf_tri result = decisive == CF_TRI_YES ? CF_TRI_NO : CF_TRI_YES;
    for (size_t i = 0; selector && i < selector->count; i++) {
        enum cf_tri one = match(&selector->conditions[i], session);
        if (one == decisive)
            return decisive;
        if (one == CF_TRI_UNKNOWN)
            result = CF_TRI_UNKNOWN;
    }
    return result;
}

enum cf_tri cf_selector_match(const struct cf_selector *selector, const struct cf_session *session)
{
    return fold(selector, session, CF_TRI_NO);
}

enum cf_tri cf_selector_match_any(const struct cf_selector *selector, const struct cf_session *session)
{
    return fold(selector, session, CF_TRI_YES);
}

size_t cf_selector_weight(const struct cf_selector *selector)
{
    size_t weight = 8;
    for (size_t i = 0; selector && i < selector->count; i++)
        for (size_t j = 0; j < selector->conditions[i].count; j++)
            weight += 4 + strlen(selector->conditions[i].patterns[j]);
    return weight;
}

uint64_t cf_selector_fields(const struct cf_selector *selector)
{
    uint64_t fields = 0;
    for (size_t i = 0; selector && i < selector->count; i++)
        if (selector->conditions[i].field < CF_FIELD_COUNT)
            fields |= CF_FIELD_BIT(selector->conditions[i].field);
    return fields;
}

void cf_selector_each_text(const struct cf_selector *selector,
                           void (*fn)(void *data, enum cf_field field, const char *text), void *data)
{
    for (size_t i = 0; selector && i < selector->count; i++)
        for (size_t j = 0;
             j < selector->conditions[i].count && selector->conditions[i].field < CF_FIELD_COUNT; j++)
            fn(data, (enum cf_field)selector->conditions[i].field, selector->conditions[i].patterns[j]);
}

/* A text that the pattern matches. */
static void fill_in(const char *pattern, char filling, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", pattern);
    for (char *at = strpbrk(out, "*?"); at; at = strpbrk(at, "*?"))
        *at = filling;
}

static void fit(const struct condition *condition, struct cf_session *session)
{
    char text[256];
    if (condition->count)
        fill_in(condition->patterns[0], type_of(condition->field) == CF_TYPE_NUMBER ? '7' : 'x', text,
                sizeof text);
    if (condition->field >= CF_FIELD_COUNT)
        return;
    enum cf_field field = (enum cf_field)condition->field;
    void *place = (char *)session + cf_fields[field].offset;
    switch (cf_fields[field].type) {
    case CF_TYPE_TRI: *(enum cf_tri *)place = cf_tri_of(condition->value); break;
    case CF_TYPE_STRING: cf_session_set_string(session, field, text); break;
    case CF_TYPE_NUMBER: *(int64_t *)place = strtoll(text, NULL, 10); break;
    case CF_TYPE_LIST: cf_session_set_list(session, field, (const char *const[]){text, NULL}); break;
    default: break;
    }
}

void cf_selector_fit(const struct cf_selector *selector, struct cf_session *session)
{
    for (size_t i = 0; i < selector->count; i++)
        if (match(&selector->conditions[i], session) != CF_TRI_YES)
            fit(&selector->conditions[i], session);
}
