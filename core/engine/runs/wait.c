/*
 * Waits: each registers exactly what could end it. A due one is confirmed by a fresh reading: holds, the run
 * goes on; does not, it is set anew; failed, nobody knows, so it does not hold.
 *
 * Being idle is a condition like a script's, only that C asks it. A condition is asked anew where something
 * that it read has changed, and where at its turn an outcome that it rested on differs; not otherwise.
 */
#include "engine/internal.h"

#include "base/memory.h"

#include <stdlib.h>

#define IDLE CF_FIELD_BIT(CF_FIELD_IDLE)

static void confirmed(void *data, int code, const char *message);

static void finish(struct cf_task *task, bool truth)
{
    cf_wait_end(task);
    cf_task_done(task, &(struct cf_result){.truth = truth});
}

static void gone(struct cf_task *task)
{
    cf_wait_end(task);
    cf_task_done(task, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
}

static void confirm(struct cf_task *task, struct cf_presence *presence, uint64_t fields)
{
    struct cf_engine *engine = task->engine;
    cf_timer_stop(engine->loop, &task->timer);
    task->state = CF_TASK_CONFIRMING;
    task->reader = (struct cf_reader){.done = confirmed, .data = task};
    engine->counts.confirmations++;
    cf_reading_ask(presence, fields & IDLE ? fields | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) : fields,
                   &task->reader);
}

/* ---- Grounds ---- */

static int ask_idle(const struct cf_engine *engine, const struct cf_ground *ground)
{
    struct cf_condition *condition = ground->condition;
    const struct cf_session *session = cf_registry_get(engine->registry, ground->session);
    if (!session || !cf_condition_grows(session, CF_FIELD_IDLE)) {
        (void)cf_condition_read(condition, ground->session, IDLE);
        return 0;
    }
    int limit = cf_condition_constant(condition, ground->idle.us);
    int idle = cf_condition_since(condition, engine, ground->session, CF_FIELD_IDLE);
    return cf_condition_test(condition, CF_TEST_LESS_OR_EQUAL, limit, idle);
}

/* Whether the condition holds, asked anew only where what it came to before may not stand; or CF_POLICY. */
static int holds(struct cf_task *task, struct cf_ground *ground, struct cf_error *err)
{
    struct cf_engine *engine = task->engine;
    struct cf_condition *condition = ground->condition;
    if (condition->fresh)
        engine->counts.flips += cf_condition_look(condition, engine);
    if (condition->fresh)
        return condition->holds;
    cf_condition_begin(condition, engine);
    (void)cf_condition_read(condition, ground->session, 0); /* that it is there */
    int truth;
    if (ground->function) {
        engine->counts.evaluations++;
        truth = engine->setup.policy_host->evaluate(task->run, ground->function, condition, err);
    } else {
        truth = ask_idle(engine, ground);
    }
    cf_condition_end(condition, truth > 0);
    if (engine->setup.asked && ground->function && ground == &task->awaited)
        engine->setup.asked(engine->setup.asked_data, task->wait.line, condition->holds);
    return truth < 0 ? truth : condition->holds;
}

bool cf_ground_holds(struct cf_task *task, struct cf_ground *ground)
{
    if (!cf_presence_of(task->engine, ground->session))
        return false;
    return !ground->condition || holds(task, ground, NULL) > 0;
}

void cf_ground_finish(struct cf_task *task, struct cf_ground *ground)
{
    if (ground->function)
        task->engine->setup.policy_host->release(cf_task_policy(task)->script, ground->function);
    if (ground->condition)
        cf_condition_finish(ground->condition);
    free(ground->condition);
    *ground = (struct cf_ground){0};
}

static void add_ground(struct cf_task *task, const struct cf_ground *ground)
{
    task->grounds = cf_grow(task->grounds, task->ground_count, sizeof *ground);
    task->grounds[task->ground_count++] = *ground;
}

/* ---- Conditions ---- */

/* A session of which something sampled counts that was not read since the confirmation began; NULL: none. */
static struct cf_presence *find_unread(const struct cf_task *task, uint64_t *ret_fields)
{
    const struct cf_condition *condition = task->awaited.condition;
    for (int i = 0; i < condition->read_count; i++) {
        const struct cf_read *read = &condition->reads[i];
        uint64_t fields = (read->fields | read->moving) & task->engine->sampled;
        struct cf_presence *presence = fields ? cf_presence_of(task->engine, read->session) : NULL;
        bool fresh = presence && cf_mono_known(task->confirming) &&
                     presence->read.us >= task->confirming.us && !(fields & ~presence->read_fields);
        if (presence && !fresh) {
            *ret_fields = fields;
            return presence;
        }
    }
    return NULL;
}

/* Asks for the next fresh reading that is still wanted; false: none is. */
static bool confirm_next(struct cf_task *task)
{
    uint64_t fields;
    struct cf_presence *presence = find_unread(task, &fields);
    if (!presence)
        return false;
    if (!cf_mono_known(task->confirming))
        task->confirming = cf_loop_now(task->engine->loop);
    confirm(task, presence, fields);
    return true;
}

/* What was waited for is a ground from now on, before which all that it rests on is to be read. */
static void hold(struct cf_task *task)
{
    if (task->ground_count >= CF_GROUNDS) {
        struct cf_error err = {0};
        (void)cf_error_set(
            &err, CF_POLICY,
            "line %d: the run rests on %d waits; let it return, or forget them: session:forget()",
            task->wait.line, CF_GROUNDS);
        cf_task_fail(task, &err);
        return;
    }
    struct cf_ground ground = task->awaited;
    for (int i = 0; i < ground.condition->read_count; i++) {
        const struct cf_read *read = &ground.condition->reads[i];
        if (read->session && read->session != ground.session &&
            ((read->fields | read->moving) & task->engine->sampled))
            add_ground(task, &(struct cf_ground){.session = read->session});
    }
    if (task->looker_place)
        ground.condition->fresh = false; /* nobody tells it of other sessions any more */
    add_ground(task, &ground);
    task->awaited = (struct cf_ground){0};
    task->life_mark = cf_registry_life(task->engine->registry, ground.session);
    finish(task, true);
}

/* Whether the task is told of the session's changes because it is its own. */
static bool is_told(const struct cf_task *task, cf_session_key session)
{
    return task->kind == CF_TASK_OF_SESSION && task->session == session;
}

/* Who looks at other sessions is told of every one. */
static void look_around(struct cf_task *task)
{
    const struct cf_condition *condition = task->awaited.condition;
    struct cf_task **place = &task->engine->lookers;
    int i = 0;
    while (i < condition->read_count && is_told(task, condition->reads[i].session))
        i++;
    if (i == condition->read_count || task->looker_place)
        return;
    task->next_looker = *place;
    if (*place)
        (*place)->looker_place = &task->next_looker;
    *place = task;
    task->looker_place = place;
}

static struct cf_mono sooner(struct cf_mono a, struct cf_mono b)
{
    return !cf_mono_known(a) || (cf_mono_known(b) && b.us < a.us) ? b : a;
}

/* When something sampled is to be read of which no turn can be told, such as an unknown idle time. */
static struct cf_mono next_sample(const struct cf_task *task)
{
    const struct cf_condition *condition = task->awaited.condition;
    struct cf_span idle = task->awaited.idle, pace = idle.us > CF_PARKED_PACE.us ? idle : CF_PARKED_PACE;
    for (int i = 0; i < condition->read_count; i++)
        if (condition->reads[i].fields & task->engine->sampled)
            return cf_mono_add(condition->now, pace);
    return CF_MONO_UNKNOWN;
}

/* It does not hold: goes to sleep until that may be otherwise, and no longer than the wait may last. */
static void sleep_until(struct cf_task *task, struct cf_mono due)
{
    struct cf_loop *loop = task->engine->loop;
    struct cf_mono until = task->wait.until;
    if (cf_mono_known(until) && until.us <= cf_loop_now(loop).us) {
        finish(task, false);
        return;
    }
    task->state = CF_TASK_WAITING;
    task->confirming = CF_MONO_UNKNOWN;
    task->turn = due;
    due = sooner(due, until);
    if (cf_mono_known(due))
        cf_timer_set(loop, &task->timer, due);
    else
        cf_timer_stop(loop, &task->timer);
}

static void arm(struct cf_task *task)
{
    look_around(task);
    sleep_until(task, sooner(cf_condition_turn(task->awaited.condition, task->engine), next_sample(task)));
}

/* By what is known now: over, or to be confirmed, or to be waited for. */
static void settle(struct cf_task *task)
{
    struct cf_error err = {0};
    if (!cf_presence_of(task->engine, task->awaited.session)) {
        gone(task);
        return;
    }
    int truth = holds(task, &task->awaited, &err);
    bool unread = truth == 0 && !cf_mono_known(task->confirming) && cf_mono_known(next_sample(task));
    if (truth < 0)
        cf_task_fail(task, &err);
    else if (unread && confirm_next(task))
        return; /* what is unknown may only not have been read yet */
    else if (truth == 0)
        arm(task);
    else if (!confirm_next(task))
        hold(task);
}

static void condition_due(struct cf_task *task)
{
    struct cf_mono now = cf_loop_now(task->engine->loop);
    bool at_turn = cf_mono_known(task->turn) && task->turn.us <= now.us;
    if (!task->awaited.condition->fresh)
        settle(task); /* the first time, or something has changed */
    else if (!at_turn)
        finish(task, false);
    else if (!confirm_next(task))
        settle(task);
}

static void condition_confirmed(struct cf_task *task, int code)
{
    if (code == CF_OK || !cf_presence_of(task->engine, task->awaited.session))
        settle(task);
    else /* unknown, so not held */
        sleep_until(task, cf_mono_add(cf_loop_now(task->engine->loop), CF_READING_RETRY));
}

static void condition_begin(struct cf_task *task)
{
    struct cf_engine *engine = task->engine;
    task->awaited = (struct cf_ground){.session = task->wait.session,
                                       .condition = cf_alloc(sizeof *task->awaited.condition)};
    task->turn = task->confirming = CF_MONO_UNKNOWN;
    if (task->wait.kind == CF_WAIT_CONDITION) {
        task->awaited.function = task->wait.function;
        cf_timer_defer(engine->loop, &task->timer); /* no script is asked inside another's call */
    } else {
        task->awaited.idle = task->wait.span;
        settle(task);
    }
}

void cf_condition_waits_changed(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed)
{
    struct cf_engine *engine = task->engine;
    for (size_t i = 0; i < task->ground_count; i++)
        if (task->grounds[i].condition)
            (void)cf_condition_changed(task->grounds[i].condition, session, fields, listed);
    if (!task->awaited.condition)
        return;
    int flips = cf_condition_changed(task->awaited.condition, session, fields, listed);
    if (flips == 0 && task->state == CF_TASK_WAITING)
        flips = (int)cf_condition_look(task->awaited.condition, engine);
    engine->counts.flips += flips > 0 ? (unsigned)flips : 0;
    if (task->state != CF_TASK_WAITING || flips < 0)
        return;
    if (flips)
        cf_timer_defer(engine->loop, &task->timer);
    else
        arm(task);
}

void cf_lookers_changed(struct cf_engine *engine, cf_session_key session, uint64_t fields, bool listed)
{
    for (struct cf_task *task = engine->lookers, *next; task; task = next) {
        next = task->next_looker;
        if (!is_told(task, session))
            cf_condition_waits_changed(task, session, fields, listed);
    }
}

/* ---- Signs of life, and answers ---- */

bool cf_life_since(const struct cf_engine *engine, cf_session_key key, struct cf_mono mark)
{
    struct cf_mono life = cf_registry_life(engine->registry, key);
    return cf_mono_known(life) && (!cf_mono_known(mark) || life.us > mark.us);
}

static bool has_lived(const struct cf_task *task)
{
    return cf_life_since(task->engine, task->wait.session, task->life_mark);
}

static void life_due(struct cf_task *task)
{
    struct cf_presence *presence = cf_presence_of(task->engine, task->wait.session);
    if (presence)
        confirm(task, presence, IDLE);
    else
        gone(task);
}

/* ---- All of them ---- */

static void confirmed(void *data, int code, const char *message)
{
    (void)message;
    struct cf_task *task = data;
    if (task->awaited.condition)
        condition_confirmed(task, code);
    else if (code == CF_GONE)
        gone(task);
    else
        finish(task, has_lived(task));
}

void cf_wait_begin(struct cf_task *task)
{
    struct cf_loop *loop = task->engine->loop;
    task->state = CF_TASK_WAITING;
    task->waited = true;
    switch (task->wait.kind) {
    case CF_WAIT_UNTIL: cf_timer_set(loop, &task->timer, task->wait.until); break;
    case CF_WAIT_APPOINTMENT: cf_timer_set_wall(loop, &task->timer, task->wait.appointment); break;
    case CF_WAIT_IDLE:
        task->wait.until = CF_MONO_UNKNOWN;
        condition_begin(task);
        break;
    case CF_WAIT_CONDITION: condition_begin(task); break;
    case CF_WAIT_LIFE:
    case CF_WAIT_ANSWER:
        cf_timer_set(loop, &task->timer, task->wait.until);
        cf_wait_changed(task);
        break;
    }
}

void cf_wait_due(struct cf_task *task)
{
    switch (task->wait.kind) {
    case CF_WAIT_UNTIL:
    case CF_WAIT_APPOINTMENT: finish(task, true); break;
    case CF_WAIT_ANSWER: finish(task, cf_notice_answered(task, task->wait.notice)); break;
    case CF_WAIT_LIFE: life_due(task); break;
    case CF_WAIT_IDLE:
    case CF_WAIT_CONDITION: condition_due(task); break;
    }
}

void cf_wait_changed(struct cf_task *task)
{
    if (task->state != CF_TASK_WAITING)
        return;
    if (task->wait.kind == CF_WAIT_LIFE && has_lived(task))
        finish(task, true);
    else if (task->wait.kind == CF_WAIT_ANSWER && cf_notice_answered(task, task->wait.notice))
        finish(task, true);
}

void cf_wait_end(struct cf_task *task)
{
    cf_ground_finish(task, &task->awaited);
    if (!task->looker_place)
        return;
    *task->looker_place = task->next_looker;
    if (task->next_looker)
        task->next_looker->looker_place = task->looker_place;
    task->looker_place = NULL;
}
