/* What an event may say: bounds, and what contradicts the state of the place where it happens. */
#ifndef CF_SIM_RULES_H
#define CF_SIM_RULES_H

#include "sim/scenario.h"
#include "sim/sim.h"

/* What an event of a kind needs in order to make sense at its place. */
enum cf_event_need {
    CF_NEED_ABSENT = 1,
    CF_NEED_PRESENT = 2,
    CF_NEED_CONNECTED = 4,
    CF_NEED_DISCONNECTED = 8,
    CF_NEED_LOCKED = 16,
    CF_NEED_UNLOCKED = 32,
    CF_NEED_SCREEN = 64, /* no terminal: something that can be locked and disconnected */
    CF_NEED_TERMINAL = 128,
};

struct cf_event_info {
    const char *name; /* in the text form */
    const char *does; /* "ana … at label 0" */
    unsigned needs;
    bool labelled, argued, texted; /* which members of the event count */
};

extern const struct cf_event_info cf_event_infos[CF_EVENT_KINDS];

/* The state of a place, as far as events depend on it. */
struct cf_place {
    bool present, locked, disconnected, terminal;
};

/* The end of the sentence that says why `kind` cannot be ("where no session is"); NULL where it can. */
const char *cf_place_contradiction(const struct cf_place *place, enum cf_event_kind kind);

/* Whether a session of this type is a terminal, which can be neither locked nor disconnected. */
bool cf_type_is_terminal(const char *type);

/* Checks the event by itself: bounds and sizes. CF_POLICY. */
int cf_event_check(const struct cf_event *event, struct cf_error *err);

/* Fills *err with "line 12: ana logs on at label 0, WHY". `user` may be NULL. Returns CF_POLICY. */
int cf_event_refuse(const struct cf_event *event, const char *user, const char *why, struct cf_error *err);

/* Starts or ends a program in a list that ends in NULL (NULL: empty). NULL, or the end of a sentence as
 * above. */
const char *cf_programs_change(char ***programs, const char *name, bool runs);

/* Turns the knob called `name`. CF_POLICY where there is none, or the value is out of bounds. */
int cf_fault_set(struct cf_sim_faults *faults, const char *name, int64_t value, struct cf_error *err);

#endif
