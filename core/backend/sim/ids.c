#include "sim/ids.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, folded. */
static size_t hash(const char *id)
{
    uint64_t word = UINT64_C(0xCBF29CE484222325);
    for (; *id; id++)
        word = (word ^ (unsigned char)*id) * UINT64_C(0x100000001B3);
    return (size_t)(word ^ (word >> 32));
}

/* Where `id` is, or where it would go. The table is never full. */
static size_t slot_of(const struct cf_ids *ids, const char *id)
{
    size_t at = hash(id) & (ids->room - 1);
    while (ids->slots[at].id && strcmp(ids->slots[at].id, id) != 0)
        at = (at + 1) & (ids->room - 1);
    return at;
}

uint32_t cf_ids_find(const struct cf_ids *ids, const char *id)
{
    if (!ids->room)
        return CF_NO_LABEL;
    const struct cf_id_slot *slot = &ids->slots[slot_of(ids, id)];
    return slot->id ? slot->label : CF_NO_LABEL;
}

void cf_ids_add(struct cf_ids *ids, const char *id, uint32_t label)
{
    if (2 * (ids->count + 1) > ids->room) {
        struct cf_ids old = *ids;
        ids->room = old.room ? 2 * old.room : 16;
        ids->slots = cf_alloc(ids->room * sizeof *ids->slots);
        for (size_t i = 0; i < old.room; i++)
            if (old.slots[i].id)
                ids->slots[slot_of(ids, old.slots[i].id)] = old.slots[i];
        free(old.slots);
    }
    ids->slots[slot_of(ids, id)] = (struct cf_id_slot){id, label};
    ids->count++;
}

void cf_ids_remove(struct cf_ids *ids, const char *id)
{
    size_t mask = ids->room - 1, hole = slot_of(ids, id);
    /* Moves up whatever the hole would hide from a search. */
    for (size_t at = (hole + 1) & mask; ids->slots[at].id; at = (at + 1) & mask) {
        size_t home = hash(ids->slots[at].id) & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        ids->slots[hole] = ids->slots[at];
        hole = at;
    }
    ids->slots[hole].id = NULL;
    ids->count--;
}

void cf_ids_finish(struct cf_ids *ids)
{
    free(ids->slots);
    *ids = (struct cf_ids){0};
}
