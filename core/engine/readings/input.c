#include "engine/readings/input.h"

#include "base/memory.h"
#include "engine/readings/reading.h"

#include <stdlib.h>
#include <utlist.h>

#define IDLE        CF_FIELD_BIT(CF_FIELD_IDLE)
#define IDLE_SOURCE CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE)

enum { PACE_NOTICE, PACE_USUAL, PACES, PACE_NONE = PACES };

/* The sessions that are read at one pace. */
struct cf_input_pace {
    struct cf_timer timer;
    struct cf_input *inputs;
};

struct cf_input {
    struct cf_session_state *state;
    struct cf_interest *interests;
    struct cf_interest *found;     /* of the list that is being renewed, by … */
    uint64_t renewal;              /* … this renewal */
    uint64_t refused;              /* that it cannot tell now; asked for again at the pace */
    uint64_t call, asked, changed; /* a WATCH under way, or 0; for these; of which these changed meanwhile */
    uint64_t asked_at;             /* its moment */
    bool renews;                   /* something was told, and may have to be asked for again */
    struct cf_timer settle;
    struct cf_reader reader;
    unsigned pace;
    struct cf_input *prev, *next; /* of its pace */
};

static void settle(struct cf_input *input);

/* ---- Asking the host ---- */

static void watch(struct cf_input *input, uint64_t fields, cf_call_done *done, void *data)
{
    struct cf_engine *engine = input->state->engine;
    struct cf_request request = {.action = CF_ACTION_WATCH,
                                 .session = cf_registry_get(engine->registry, input->state->key)->identity,
                                 .fields = fields & IDLE ? fields | IDLE_SOURCE : fields,
                                 .quiet_since = CF_MONO_UNKNOWN};
    input->call = cf_calls_submit(engine->calls, &request, CF_READING_LIMIT, done, data);
}

static void on_watched(void *data, const struct cf_completion *completion)
{
    struct cf_input *input = data;
    struct cf_session_state *state = input->state;
    struct cf_engine *engine = state->engine;
    cf_session_key key = state->key;
    bool told = completion->code == CF_OK && cf_reading_is_about(state, completion->session);
    input->call = 0;
    if (told) {
        cf_reading_note(state, input->asked_at, completion->fields);
        cf_registry_read(engine->registry, key, completion->session, completion->fields);
        if (cf_session_state_of(engine, key) != state || state->input != input)
            return; /* the id has another owner now */
    }
    state->told = told ? completion->watched & input->asked & ~input->changed : 0;
    input->refused = told ? input->asked & ~completion->watched : input->asked;
    settle(input);
}

static void on_read(void *data, int code, const char *message)
{
    (void)data, (void)code, (void)message; /* what was read is in the registry */
}

/* Asks for what is not told; where the host cannot tell, reads it. */
static void ask(struct cf_input *input, uint64_t fields)
{
    struct cf_engine *engine = input->state->engine;
    if (fields & engine->tellable) {
        engine->counts.watches++;
        input->asked = fields;
        input->asked_at = ++engine->moments;
        input->changed = 0;
        watch(input, fields, on_watched, input);
    } else {
        engine->counts.samples++;
        input->refused |= fields;
        if (!input->reader.state) {
            input->reader = (struct cf_reader){.done = on_read, .data = input};
            cf_reading_ask(input->state, fields & IDLE ? fields | IDLE_SOURCE : fields, &input->reader);
        }
    }
}

static void cancel(struct cf_input *input)
{
    input->state->told = 0;
    watch(input, 0, NULL, NULL);
    input->call = 0;
}

/* ---- Paces ---- */

static struct cf_span pace_of(unsigned pace)
{
    return pace == PACE_NOTICE ? CF_INPUT_PACE_NOTICE : CF_INPUT_PACE;
}

/* On multiples of the pace, so that all who are read at it share a turn. */
static void set_timer(struct cf_engine *engine, unsigned pace)
{
    int64_t span = pace_of(pace).us, now = cf_loop_now(engine->loop).us;
    cf_timer_set(engine->loop, &engine->paces[pace].timer, (struct cf_mono){(now / span + 1) * span});
}

static void on_pace(struct cf_timer *timer)
{
    struct cf_engine *engine = timer->data;
    unsigned pace = timer == &engine->paces[PACE_NOTICE].timer ? PACE_NOTICE : PACE_USUAL;
    struct cf_input *input, *following;
    DL_FOREACH_SAFE(engine->paces[pace].inputs, input, following)
    {
        input->refused = 0;
        settle(input);
    }
    if (engine->paces[pace].inputs)
        set_timer(engine, pace);
}

static void set_pace(struct cf_input *input, unsigned pace)
{
    struct cf_engine *engine = input->state->engine;
    if (input->pace == pace)
        return;
    if (!engine->paces)
        engine->paces = cf_alloc(PACES * sizeof *engine->paces);
    if (input->pace != PACE_NONE) {
        struct cf_input_pace *old = &engine->paces[input->pace];
        DL_DELETE(old->inputs, input);
        if (!old->inputs)
            cf_timer_stop(engine->loop, &old->timer);
    }
    input->pace = pace;
    if (pace == PACE_NONE)
        return;
    struct cf_input_pace *chosen = &engine->paces[pace];
    if (!chosen->inputs) {
        chosen->timer.fire = on_pace;
        chosen->timer.data = engine;
        set_timer(engine, pace);
    }
    DL_APPEND(chosen->inputs, input);
}

/* ---- Interests ---- */

static void settle(struct cf_input *input)
{
    const struct cf_engine *engine = input->state->engine;
    uint64_t wanted = 0;
    bool noticed = false;
    cf_timer_stop(engine->loop, &input->settle);
    input->renews = false;
    for (const struct cf_interest *interest = input->interests; interest; interest = interest->next) {
        wanted |= interest->fields & engine->sampled;
        noticed = noticed || interest->noticed;
    }
    uint64_t missing = wanted & ~input->state->told;
    if (!wanted)
        input->refused = 0;
    set_pace(input, !missing ? PACE_NONE : noticed ? PACE_NOTICE : PACE_USUAL);
    if (input->call)
        return; /* and its answer settles again */
    if (!wanted && input->state->told)
        cancel(input);
    else if (missing & ~input->refused)
        ask(input, wanted);
}

static void on_settle(struct cf_timer *timer)
{
    settle(timer->data);
}

/* In a turn of its own, when whatever changes now has changed. */
static void settle_soon(struct cf_input *input)
{
    cf_timer_defer(input->state->engine->loop, &input->settle);
}

static struct cf_input *input_of(struct cf_session_state *state)
{
    if (!state->input) {
        struct cf_input *input = state->input = cf_alloc(sizeof *input);
        *input = (struct cf_input){.state = state, .pace = PACE_NONE};
        input->settle = (struct cf_timer){.fire = on_settle, .data = input};
    }
    return state->input;
}

void cf_interests_begin(struct cf_engine *engine, struct cf_interest *list)
{
    engine->renewals++;
    for (; list; list = list->following)
        if (list->input) {
            list->input->found = list;
            list->input->renewal = engine->renewals;
        }
}

void cf_interests_want(struct cf_interest **list, struct cf_session_state *state, uint64_t fields,
                       bool noticed)
{
    struct cf_input *input = input_of(state);
    uint64_t renewal = state->engine->renewals;
    struct cf_interest *interest = input->renewal == renewal ? input->found : NULL;
    if (!interest) {
        interest = input->found = cf_alloc(sizeof *interest);
        input->renewal = renewal;
        *interest = (struct cf_interest){.input = input, .following = *list};
        *list = interest;
        DL_APPEND2(input->interests, interest, previous, next);
    }
    if (interest->renewal != renewal) {
        bool same = interest->fields == fields && interest->noticed == noticed;
        *interest = (struct cf_interest){.input = input,
                                         .fields = fields,
                                         .noticed = noticed,
                                         .renewal = renewal,
                                         .previous = interest->previous,
                                         .next = interest->next,
                                         .following = interest->following};
        if (!same)
            settle_soon(input);
    } else if ((fields & ~interest->fields) || noticed > interest->noticed) {
        interest->fields |= fields;
        interest->noticed = interest->noticed || noticed;
        settle_soon(input);
    }
}

void cf_interests_end(const struct cf_engine *engine, struct cf_interest **list)
{
    while (*list) {
        struct cf_interest *interest = *list;
        if (interest->renewal == engine->renewals) {
            list = &interest->following;
            continue;
        }
        *list = interest->following;
        if (interest->input) {
            DL_DELETE2(interest->input->interests, interest, previous, next);
            settle_soon(interest->input);
        }
        free(interest);
    }
}

/* ---- What comes ---- */

void cf_input_changed(struct cf_session_state *state, uint64_t fields)
{
    struct cf_input *input = state->input;
    if (!input)
        return;
    if (input->call)
        input->changed |= fields;
    if (!(state->told & fields))
        return;
    uint64_t told = state->told & fields;
    cf_reading_note(state, ++state->engine->moments, told & IDLE ? told | IDLE_SOURCE : told);
    state->told &= ~fields;
    input->renews = true;
}

void cf_input_renew(struct cf_session_state *state)
{
    struct cf_input *input = state->input;
    if (input && input->renews)
        settle_soon(input);
}

void cf_input_end(struct cf_session_state *state)
{
    struct cf_input *input = state->input;
    if (!input)
        return;
    while (input->interests) {
        struct cf_interest *interest = input->interests;
        DL_DELETE2(input->interests, interest, previous, next);
        interest->input = NULL;
    }
    set_pace(input, PACE_NONE);
    cf_timer_stop(state->engine->loop, &input->settle);
    cf_calls_forget(state->engine->calls, input->call);
    cf_reader_cancel(&input->reader);
    free(input);
    state->input = NULL;
    state->told = 0;
}

void cf_inputs_finish(struct cf_engine *engine)
{
    free(engine->paces);
}
