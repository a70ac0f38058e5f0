/* A loaded policy and its runs, as the files of this folder share them. */
#ifndef CF_BINDINGS_SCRIPT_H
#define CF_BINDINGS_SCRIPT_H

#include "bindings/state/objects.h"
#include "bindings/state/state.h"
#include "engine/policy_host.h"
#include "engine/readings/condition.h"

#include <lauxlib.h>

enum {
    CF_LUA_LEADS = 64,  /* turns of one countdown */
    CF_LUA_NAMES = 128, /* room for the names of a session's fields and methods, twice over; a power of two */
    CF_LUA_SPARE_RUNS = 64, /* coroutines kept for the next runs */
    CF_LUA_RUN = 4096,      /* bytes that a run of a session adds to what its policy's state may hold, … */
    CF_LUA_FREE_RUNS = 4,   /* … up to so many runs for each session of the host */
    CF_LUA_PATTERNS = 256,  /* values one condition of a selector may list */
    CF_LUA_LINE_COST = 200, /* instructions that a line of a calendar is worth, which is read and sorted in */
    CF_LUA_TEXT = 4096,     /* bytes of one text shown to a user */
    CF_LUA_CHARGED = 4096,  /* bytes that any other run is charged with, a task in C among them */
    CF_LUA_WATCHES = 64,    /* watches of a policy, vetoes of one, and functions of one for events */
    CF_LUA_DECLARED = 640,  /* bytes that each is charged with, or a schedule, an option or a module, … */
    CF_LUA_PATTERN = 128,   /* … each pattern of its selector, … */
    CF_LUA_OF_CALENDAR = 512, /* … a calendar, … */
    CF_LUA_LINE = 512,        /* … and each of its lines; a file of it with the most that it may have */
};

enum cf_lua_charge {
    CF_LUA_RUN_BEGINS,
    CF_LUA_RUN_IS_FREE,    /* it widens the limit, … */
    CF_LUA_RUN_IS_CHARGED, /* … or is charged with what C holds for it */
};

struct cf_lua_run {
    struct cf_lua_script *script;
    union {
        struct cf_task *task;
        struct cf_lua_run *next_spare; /* while it is none's */
    };
    lua_State *thread; /* NULL until the first run; kept from run to run */
    int anchor;        /* what keeps it from being collected */
    bool closing;      /* cancelled: <close> variables are being closed */
    bool stopped;      /* it broke a limit: they are not, because no hook would see what they do */
    uint8_t charge;    /* enum cf_lua_charge */
};

struct cf_lua_script {
    struct cf_lua lua; /* whose owner this is */
    size_t held;       /* bytes of it that C holds until the policy is unloaded */
    struct cf_policy *policy;
    struct cf_engine *engine;
    struct cf_lua_run *running;     /* NULL while the file itself runs */
    const struct cf_result *result; /* what it is being resumed with */
    struct cf_lua_run *spare;
    int spare_count;
    size_t free_runs;
    int declared[3];             /* watches, vetoes, functions for events */
    size_t stored;               /* of its bytes those that are charged for what the policy keeps */
    json_t *packed;              /* on its way to be kept; here, so that no error leaks it */
    json_t *translations;        /* by language an object of texts by texts */
    struct cf_selector *listing; /* of sessions.list; here, so that no error leaks it */
    char **modules;              /* files that it required */
    size_t module_count;
    /* What a session has, by the address of the name, which Lua keeps once for each text. */
    struct cf_lua_name {
        const char *text; /* NULL: free */
        int what;         /* a field, or where below zero, a method */
    } names[CF_LUA_NAMES];
};

static inline struct cf_lua_script *cf_lua_script_of(lua_State *L)
{
    return cf_lua_of(L)->owner;
}

/* ---- run.c: what a run may do, and what it waits for ---- */

/*
 * The task at work, or an error that names the function `what`. `waits`: it is going to wait, so that it
 * throws where no waiting is possible, too; afterwards nothing may throw until cf_lua_wait or cf_lua_yield.
 */
struct cf_task *cf_lua_task(lua_State *L, const char *what, bool waits);

/* The same for what takes a reading, which a veto may do, too. */
struct cf_task *cf_lua_reader(lua_State *L, const char *what);

/* Asks the engine for a wait (its line is filled in here) and lets go; `then` is called with the outcome. */
int cf_lua_wait(lua_State *L, struct cf_task *task, struct cf_wait *wait, lua_KFunction then);
int cf_lua_yield(lua_State *L, lua_KFunction then);

/* What the run is resumed with; valid inside `then`. */
const struct cf_result *cf_lua_result(lua_State *L);

/* For `then`: pushes true, or nil and the message. */
int cf_lua_push_done(lua_State *L, int status, lua_KContext context);

/* Throws unless the policy's file itself is running: "option is for …". */
void cf_lua_check_loading(lua_State *L, const char *what);

/* cf_lua_hold for what is held until the policy is unloaded. */
void cf_lua_declare(lua_State *L, const char *what, size_t bytes);

/* ---- texts.c ---- */

/* The argument as text of at least one byte without NUL, or an error. */
const char *cf_lua_check_text(lua_State *L, int index, const char *what);

/* store.c: charges for all that the policy keeps by now; false: it is too much. */
bool cf_lua_charge_store(struct cf_lua_script *script);

/* The same, of fewer than CF_LUA_TEXT bytes. */
const char *cf_lua_check_reason(lua_State *L, int index, const char *what);

/* Text, with a table of values behind it, or nothing. */
const char *cf_lua_check_template(lua_State *L, int index, const char *what);

/*
 * Copies `text` to `out`, with each {name} replaced by that value of the table at `values` (none: nil), as
 * tostring() has it, spans in the language (NULL: English). Throws at a name without a value and where the
 * outcome is too long; `what` names it there.
 */
struct cf_lua_template {
    const char *what, *text, *language;
    int values;
    bool keeps_left; /* {left} stays as it stands: the engine fills that in when it shows the text */
};
void cf_lua_fill(lua_State *L, const struct cf_lua_template *template, char out[CF_LUA_TEXT]);

/* ---- calendar.c, dates.c ---- */

/* Pushes an object that has no calendar yet, so that nothing can throw once there is one. */
struct cf_lua_object *cf_lua_push_calendar(lua_State *L);

/* Charges the object for a calendar of so many lines, which it is about to get. */
void cf_lua_hold_calendar(lua_State *L, struct cf_lua_object *object, const char *what, size_t lines);

/* The zone that the settings at `index` name, else the host's own. */
const struct cf_zone *cf_lua_check_zone(lua_State *L, int index, const char *what);

/* The calendar that the value of an option stands for. */
void cf_lua_push_dates(lua_State *L, const char *option, const json_t *value);

/* ---- translations.c: in whose words a user is told ---- */

/* Reads the folder "translations" beside the policy. CF_POLICY where one of its files is wrong. */
int cf_lua_load_translations(struct cf_lua_script *script, struct cf_error *err);

/* For the session's method `what`: goes on with `then`, a moment later where the host has only just been
 * asked what the user reads. */
int cf_lua_with_language(lua_State *L, const char *what, lua_KFunction then);

/* What the session's user (0: anybody) is told where the policy says `text`, and the language of that, NULL
 * where it is no translation. */
const char *cf_lua_translate(const struct cf_lua_script *script, cf_session_key key, const char *text,
                             const char **ret_language);

/* entry_texts.c: those of the entry that the policy nowhere says become mistakes of the policy. */
void cf_lua_check_entry_texts(struct cf_lua_script *script);

/* Throws at a key of the table at `index` that is not among `known`, ending in NULL. nil is fine. */
void cf_lua_check_keys(lua_State *L, int index, const char *what, const char *const *known);

/* Pushes the session's object, always the same one while somebody holds it. */
void cf_lua_push_session(lua_State *L, cf_session_key key);

/* ---- condition.c: conditions, as cf_policy_host_ops has it, and what their functions read ---- */

int cf_lua_evaluate(void *run, uint64_t function, struct cf_condition *condition, struct cf_error *err);
void cf_lua_release(void *script, uint64_t function);

/* Returns with the field's value, which a condition that is evaluated notes; elsewhere, what is sampled is
 * read first. For the function that stands behind session.…, with the object at the stack's bottom. */
int cf_lua_read_field(lua_State *L, cf_session_key key, const struct cf_session *session,
                      enum cf_field field);

/* A condition, or a veto's function, looked at what nobody knows (its name in two parts): it does not hold,
 * or does not pass, by that. */
void cf_lua_doubt(lua_State *L, const char *what, const char *name);

/* Notes, if a condition is evaluated, that the fields were looked at; of session 0: of all, and which there
 * are. */
void cf_lua_note_read(lua_State *L, cf_session_key key, uint64_t fields);

/* What stands behind session:…, ending in NULL. */
extern const luaL_Reg cf_lua_session_methods[];

/* Three of them, of a file of their own. */
int cf_lua_runs(lua_State *L);
int cf_lua_cpu(lua_State *L);
int cf_lua_in_group(lua_State *L);

/* Each adds its part to the table of globals on top, or what its objects need to the state. */
void cf_lua_add_sessions(lua_State *L);
void cf_lua_add_session(lua_State *L);
void cf_lua_add_notices(lua_State *L);
void cf_lua_add_clock(lua_State *L);
void cf_lua_add_leads(lua_State *L); /* behind the clock */
void cf_lua_add_calendar(lua_State *L);
void cf_lua_add_dates(lua_State *L); /* behind the calendar */
void cf_lua_add_option(lua_State *L);
void cf_lua_add_host(lua_State *L);
void cf_lua_add_store(lua_State *L);
void cf_lua_add_require(lua_State *L); /* last: its modules have what is there */

#endif
