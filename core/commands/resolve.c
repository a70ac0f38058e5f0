#include "commands/resolve.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool same(const char *name, const char *word)
{
    return name && strcasecmp(name, word) == 0;
}

/* Digits count as numbers: "c2" is before "c10". */
static int compare_ids(const char *a, const char *b)
{
    while (*a && *b) {
        size_t digits_a = strspn(a, "0123456789"), digits_b = strspn(b, "0123456789");
        if (!digits_a || !digits_b) {
            if (*a != *b)
                return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            a++, b++;
            continue;
        }
        size_t zeros_a = strspn(a, "0"), zeros_b = strspn(b, "0");
        size_t length_a = digits_a - zeros_a, length_b = digits_b - zeros_b;
        int order = length_a != length_b ? (length_a < length_b ? -1 : 1)
                                         : memcmp(a + zeros_a, b + zeros_b, length_a);
        if (order)
            return order;
        a += digits_a, b += digits_b;
    }
    return *a ? 1 : *b ? -1 : 0;
}

struct place {
    cf_session_key key;
    const char *id;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *first = a, *second = b;
    int order = compare_ids(first->id, second->id);
    return order ? order : first->key < second->key ? -1 : 1;
}

void cf_keys_all(const struct cf_registry *registry, struct cf_keys *keys)
{
    size_t room = cf_registry_count(registry), count = 0;
    struct place *places = cf_alloc((room + 1) * sizeof *places);
    for (cf_session_key key = 0; count < room && (key = cf_registry_next(registry, key));)
        places[count++] = (struct place){key, cf_registry_get(registry, key)->identity.id};
    qsort(places, count, sizeof *places, compare_places);
    keys->keys = cf_resize(keys->keys, (count + 1) * sizeof *keys->keys);
    keys->count = count;
    for (size_t i = 0; i < count; i++)
        keys->keys[i] = places[i].key;
    free(places);
}

const char *cf_session_label(const struct cf_session *session, char out[CF_SESSION_LABEL])
{
    const char *id = session->identity.id, *user = session->user;
    const char *name = session->name && !cf_text_equal(session->name, id) ? session->name : NULL;
    char label[CF_SESSION_LABEL];
    (void)snprintf(label, sizeof label, _("session %s%s%s%s%s%s"), id, user || name ? " (" : "",
                   user ? user : "", user && name ? ", " : "", name ? name : "", user || name ? ")" : "");
    (void)cf_text_safe(label, out, CF_SESSION_LABEL);
    return out;
}

bool cf_session_of_person(const struct cf_session *session)
{
    /* logind knows several kinds of users' sessions: user, user-early, user-light… */
    return session->user && (!session->class_ || strncmp(session->class_, "user", 4) == 0);
}

bool cf_session_of_manager(const struct cf_session *session)
{
    return session->class_ && strncmp(session->class_, "manager", strlen("manager")) == 0;
}

bool cf_session_attended(const struct cf_session *session)
{
    return session->active == CF_TRI_YES && session->disconnected != CF_TRI_YES &&
           session->closing != CF_TRI_YES;
}

const char *cf_session_shown_name(const struct cf_session *session)
{
    return session->name && (!session->user || cf_session_attended(session)) ? session->name : "";
}

/* "console" is the person's session at the machine itself, as on Windows, whatever that calls its screen. */
static bool is_console(const struct cf_session *session, const char *word)
{
    return session->console == CF_TRI_YES && cf_session_of_person(session) && same("console", word);
}

bool cf_session_fits(const struct cf_session *session, const char *word)
{
    const char *shown = cf_session_shown_name(session);
    return same(session->identity.id, word) || same(session->user, word) || same(shown, word) ||
           (*shown && is_console(session, word));
}

/* How a word may mean a session, the best way that fits. */
enum manner { NOT_MEANT, BY_INACTIVE_NAME, BY_USER, BY_NAME, BY_ID };

static enum manner manner_of(const struct cf_session *session, const char *word, bool named)
{
    if (same(session->identity.id, word))
        return BY_ID;
    if (named ? same(session->name, word) : is_console(session, word))
        return cf_session_attended(session) ? BY_NAME : BY_INACTIVE_NAME;
    return cf_session_of_person(session) && same(session->user, word) ? BY_USER : NOT_MEANT;
}

struct found {
    const struct cf_registry *registry;
    const char *word;
    struct cf_keys meant;
    cf_session_key by_id, inactive; /* 0: none */
};

void cf_keys_add(struct cf_keys *keys, cf_session_key key)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i] == key)
            return;
    }
    keys->keys = cf_grow(keys->keys, keys->count, sizeof *keys->keys);
    keys->keys[keys->count++] = key;
}

/* A name that a session has is that one's, and not another's way of being called. */
static bool is_anyones_name(const struct cf_registry *registry, const char *word)
{
    bool any = false;
    for (cf_session_key key = 0; !any && (key = cf_registry_next(registry, key));)
        any = same(cf_registry_get(registry, key)->name, word);
    return any;
}

static void find_meant(struct found *found)
{
    bool named = is_anyones_name(found->registry, found->word);
    for (cf_session_key key = 0; (key = cf_registry_next(found->registry, key));) {
        enum manner manner = manner_of(cf_registry_get(found->registry, key), found->word, named);
        if (manner == BY_ID)
            found->by_id = key;
        if (manner == BY_INACTIVE_NAME)
            found->inactive = key;
        else if (manner != NOT_MEANT)
            cf_keys_add(&found->meant, key);
    }
}

static int refuse_unknown(const struct found *found, struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    if (found->inactive)
        return cf_error_set(
            err, CF_FAILED, _("%s is the name of %s, which is not active: name it by its id, %s"),
            found->word, cf_session_label(cf_registry_get(found->registry, found->inactive), label),
            cf_registry_get(found->registry, found->inactive)->identity.id);
    if (!found->word[0])
        return cf_error_set(err, CF_FAILED, _("a session's name cannot be empty; quser lists the sessions"));
    struct cf_near nearest = {.wanted = found->word};
    for (cf_session_key key = 0; (key = cf_registry_next(found->registry, key));) {
        const struct cf_session *session = cf_registry_get(found->registry, key);
        if (cf_session_of_person(session)) {
            cf_near_try(&nearest, session->user);
            cf_near_try(&nearest, session->name ? session->name : session->user);
        }
    }
    if (nearest.word)
        return cf_error_set(err, CF_FAILED, _("there is no session %s: did you mean %s? quser lists them"),
                            found->word, nearest.word);
    return cf_error_set(err, CF_FAILED,
                        _("there is no session %s, by id, by name or by user; quser lists them"),
                        found->word);
}

static int refuse_several(const struct found *found, struct cf_error *err)
{
    struct cf_buffer list = {0};
    char label[CF_SESSION_LABEL];
    for (size_t i = 0; i < found->meant.count; i++)
        cf_buffer_printf(&list, "%s%s", i ? ", " : "",
                         cf_session_label(cf_registry_get(found->registry, found->meant.keys[i]), label));
    if (found->by_id)
        cf_error_set(err, CF_FAILED,
                     _("%s is the id of one session and a name of another: %s; name them another way"),
                     found->word, list.data);
    else
        cf_error_set(err, CF_FAILED, _("%s may mean %zu sessions: %s; name one by its id"), found->word,
                     found->meant.count, list.data);
    cf_buffer_finish(&list);
    return CF_FAILED;
}

int cf_resolve_one(const struct cf_registry *registry, const char *word, cf_session_key *ret_key,
                   struct cf_error *err)
{
    struct found found = {.registry = registry, .word = word};
    find_meant(&found);
    int code = CF_OK;
    if (found.meant.count == 0)
        code = refuse_unknown(&found, err);
    else if (found.meant.count > 1)
        code = refuse_several(&found, err);
    else
        *ret_key = found.meant.keys[0];
    free(found.meant.keys);
    return code;
}

int cf_resolve_all(const struct cf_registry *registry, const char *word, struct cf_keys *keys,
                   struct cf_error *err)
{
    if (strcmp(word, "*") == 0) {
        struct cf_keys all = {0};
        cf_keys_all(registry, &all);
        for (size_t i = 0; i < all.count; i++) {
            if (cf_session_of_person(cf_registry_get(registry, all.keys[i])))
                cf_keys_add(keys, all.keys[i]);
        }
        free(all.keys);
        return keys->count ? CF_OK : cf_error_set(err, CF_FAILED, _("nobody is logged on"));
    }
    struct found found = {.registry = registry, .word = word};
    find_meant(&found);
    int code = CF_OK;
    if (found.meant.count == 0)
        code = refuse_unknown(&found, err);
    else if (found.by_id && found.meant.count > 1)
        code = refuse_several(&found, err);
    for (size_t i = 0; code == CF_OK && i < found.meant.count; i++)
        cf_keys_add(keys, found.meant.keys[i]);
    free(found.meant.keys);
    return code;
}
