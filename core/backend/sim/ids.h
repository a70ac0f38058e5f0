/* The session ids in use on the host, each with its label: a hash table, because a year asks for them a
 * million times. */
#ifndef CF_SIM_IDS_H
#define CF_SIM_IDS_H

#include <stddef.h>
#include <stdint.h>

struct cf_ids {
    struct cf_id_slot {
        const char *id; /* borrowed; NULL: free */
        uint32_t label;
    } * slots;
    size_t room, count; /* room is a power of two, or 0 */
};

#define CF_NO_LABEL UINT32_MAX

uint32_t cf_ids_find(const struct cf_ids *ids, const char *id);      /* CF_NO_LABEL: not in use */
void cf_ids_add(struct cf_ids *ids, const char *id, uint32_t label); /* not in use so far */
void cf_ids_remove(struct cf_ids *ids, const char *id);              /* in use */
void cf_ids_finish(struct cf_ids *ids);

#endif
