#include "session/registry.h"

#include "base/hash.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SLOT_BITS = 24 }; /* a key is a serial number above its slot's index: found at once, never reused */

#define SLOT_MASK ((UINT64_C(1) << SLOT_BITS) - 1)

struct entry {
    cf_session_key key;
    struct cf_mono life, shown; /* the latest sign of it; the latest that was more than said */
    void *owners;
    struct cf_session session;
    bool seen;         /* in the listing under way */
    UT_hash_handle hh; /* by session.identity.id, in order of coming */
};

struct cf_registry {
    const struct cf_clock *clock;
    cf_registry_listener *listener;
    void *data;
    struct entry **slots;
    uint32_t *unused; /* indices of empty slots */
    size_t slot_count, unused_count;
    uint64_t serial;
    struct entry *by_id;
};

struct cf_registry *cf_registry_create(const struct cf_clock *clock, cf_registry_listener *listener,
                                       void *data)
{
    struct cf_registry *registry = cf_alloc(sizeof *registry);
    registry->clock = clock;
    registry->listener = listener;
    registry->data = data;
    return registry;
}

static struct entry *entry_of(const struct cf_registry *registry, cf_session_key key)
{
    size_t slot = (size_t)(key & SLOT_MASK);
    struct entry *entry = slot < registry->slot_count ? registry->slots[slot] : NULL;
    return entry && entry->key == key ? entry : NULL;
}

static struct entry *entry_by_id(const struct cf_registry *registry, const char *id)
{
    struct entry *entry = NULL;
    HASH_FIND_STR(registry->by_id, id, entry);
    return entry;
}

static void tell(struct cf_registry *registry, enum cf_session_change change, const struct entry *entry,
                 uint64_t fields)
{
    registry->listener(registry->data, change, entry->key, fields);
}

/* ---- Coming and going ---- */

static struct entry *insert(struct cf_registry *registry, const struct cf_identity *identity)
{
    uint32_t slot;
    if (registry->unused_count) {
        slot = registry->unused[--registry->unused_count];
    } else {
        slot = (uint32_t)registry->slot_count;
        registry->slots = cf_grow(registry->slots, registry->slot_count, sizeof *registry->slots);
        registry->unused = cf_grow(registry->unused, registry->slot_count, sizeof *registry->unused);
        registry->slot_count++;
    }
    struct entry *entry = cf_alloc(sizeof *entry);
    cf_session_init(&entry->session);
    entry->session.identity.host = cf_strdup(identity->host);
    entry->session.identity.id = cf_strdup(identity->id);
    entry->key = ++registry->serial << SLOT_BITS | slot;
    entry->life = entry->shown = CF_MONO_UNKNOWN;
    registry->slots[slot] = entry;
    const char *id = entry->session.identity.id;
    HASH_ADD_KEYPTR(hh, registry->by_id, id, strlen(id), entry);
    return entry;
}

static void delete_entry(struct cf_registry *registry, struct entry *entry)
{
    HASH_DEL(registry->by_id, entry);
    uint32_t slot = (uint32_t)(entry->key & SLOT_MASK);
    registry->slots[slot] = NULL;
    registry->unused[registry->unused_count++] = slot;
    cf_session_finish(&entry->session);
    free(entry);
}

static void end(struct cf_registry *registry, struct entry *entry)
{
    tell(registry, CF_SESSION_GONE, entry, 0);
    delete_entry(registry, entry);
}

void cf_registry_destroy(struct cf_registry *registry)
{
    if (!registry)
        return;
    while (registry->by_id)
        delete_entry(registry, registry->by_id);
    free(registry->slots);
    free(registry->unused);
    free(registry);
}

/* ---- What is reported ---- */

static void show(struct entry *entry, struct cf_mono at)
{
    if (cf_mono_is_after(at, entry->shown))
        entry->shown = at;
}

/* A sign of life at `at`; the last input is never before it. Returns the fields that this changes. */
static uint64_t live(struct entry *entry, struct cf_mono at)
{
    if (cf_mono_is_after(at, entry->life))
        entry->life = at;
    if (!cf_mono_known(entry->session.last_input) ||
        !cf_mono_is_after(entry->life, entry->session.last_input))
        return 0;
    entry->session.last_input = entry->life;
    return CF_FIELD_BIT(CF_FIELD_IDLE);
}

static uint64_t merge(struct cf_registry *registry, struct entry *entry, const struct cf_session *from,
                      uint64_t fields)
{
    enum cf_tri locked = entry->session.locked, disconnected = entry->session.disconnected;
    struct cf_mono input = entry->session.last_input;
    uint64_t changed = cf_session_merge(&entry->session, from, fields);
    if (fields & CF_FIELD_BIT(CF_FIELD_IDLE))
        show(entry, from->last_input);
    bool came_back = (locked == CF_TRI_YES && entry->session.locked == CF_TRI_NO) ||
                     (disconnected == CF_TRI_YES && entry->session.disconnected == CF_TRI_NO);
    if (came_back) {
        show(entry, cf_clock_now(registry->clock));
        changed |= live(entry, entry->shown);
    }
    (void)live(entry, entry->session.last_input);
    if (entry->session.last_input.us == input.us) /* nothing newer than was known */
        changed &= ~CF_FIELD_BIT(CF_FIELD_IDLE);
    return changed;
}

void cf_registry_seen(struct cf_registry *registry, const struct cf_session *session, uint64_t fields)
{
    const struct cf_identity *identity = &session->identity;
    struct entry *entry = entry_by_id(registry, identity->id);
    if (entry && identity->birth && entry->session.identity.birth &&
        !cf_identity_equal(identity, &entry->session.identity)) {
        end(registry, entry); /* the id was given to somebody else */
        entry = NULL;
    }
    bool added = !entry;
    if (added)
        entry = insert(registry, identity);
    if (!entry->session.identity.birth) {
        entry->session.identity.boot = identity->boot;
        entry->session.identity.birth = identity->birth;
    }
    entry->seen = true;
    uint64_t changed = merge(registry, entry, session, fields);
    if (added)
        tell(registry, CF_SESSION_ADDED, entry, fields);
    else if (changed)
        tell(registry, CF_SESSION_CHANGED, entry, changed);
}

void cf_registry_read(struct cf_registry *registry, cf_session_key key, const struct cf_session *session,
                      uint64_t fields)
{
    struct entry *entry = entry_of(registry, key);
    if (!entry || !cf_identity_equal(&session->identity, &entry->session.identity)) {
        cf_registry_seen(registry, session, fields);
        return;
    }
    uint64_t changed = merge(registry, entry, session, fields);
    if (changed)
        tell(registry, CF_SESSION_CHANGED, entry, changed);
}

void cf_registry_gone(struct cf_registry *registry, const struct cf_identity *identity)
{
    struct entry *entry = entry_by_id(registry, identity->id);
    if (entry && (!identity->birth || !entry->session.identity.birth ||
                  cf_identity_equal(identity, &entry->session.identity)))
        end(registry, entry);
}

void cf_registry_listing(struct cf_registry *registry, bool done)
{
    for (struct entry *entry = registry->by_id, *next; entry; entry = next) {
        next = entry->hh.next;
        if (!done)
            entry->seen = false;
        else if (!entry->seen)
            end(registry, entry);
    }
}

void cf_registry_touch(struct cf_registry *registry, cf_session_key key, struct cf_mono at)
{
    struct entry *entry = entry_of(registry, key);
    if (entry)
        show(entry, at);
    cf_registry_vouch(registry, key, at);
}

void cf_registry_vouch(struct cf_registry *registry, cf_session_key key, struct cf_mono at)
{
    struct entry *entry = entry_of(registry, key);
    if (entry)
        tell(registry, CF_SESSION_CHANGED, entry, live(entry, at));
}

/* ---- What is known ---- */

const struct cf_session *cf_registry_get(const struct cf_registry *registry, cf_session_key key)
{
    struct entry *entry = entry_of(registry, key);
    return entry ? &entry->session : NULL;
}

cf_session_key cf_registry_find(const struct cf_registry *registry, const struct cf_identity *identity)
{
    struct entry *entry = entry_by_id(registry, identity->id);
    return entry && cf_identity_equal(identity, &entry->session.identity) ? entry->key : 0;
}

struct cf_mono cf_registry_life(const struct cf_registry *registry, cf_session_key key)
{
    struct entry *entry = entry_of(registry, key);
    return entry ? entry->life : CF_MONO_UNKNOWN;
}

struct cf_mono cf_registry_shown(const struct cf_registry *registry, cf_session_key key)
{
    struct entry *entry = entry_of(registry, key);
    return entry ? entry->shown : CF_MONO_UNKNOWN;
}

cf_session_key cf_registry_next(const struct cf_registry *registry, cf_session_key after)
{
    struct entry *entry = entry_of(registry, after);
    if (entry)
        entry = entry->hh.next;
    else /* the beginning, or a session that has gone meanwhile: keys rise in order of coming */
        for (entry = registry->by_id; entry && entry->key >> SLOT_BITS <= after >> SLOT_BITS;)
            entry = entry->hh.next;
    return entry ? entry->key : 0;
}

size_t cf_registry_count(const struct cf_registry *registry)
{
    return HASH_COUNT(registry->by_id);
}

void **cf_registry_slot(struct cf_registry *registry, cf_session_key key)
{
    struct entry *entry = entry_of(registry, key);
    return entry ? &entry->owners : NULL;
}
