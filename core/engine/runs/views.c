/*
 * A *view* is what tasks look at: one session, or some fields of whichever. A task has a looker in each view
 * of its own, in the order in which it looks, so that the same views again are nothing to do.
 */
#include "engine/runs/views.h"

#include "base/memory.h"
#include "engine/readings/condition.h"
#include "engine/task.h"

#include <stdlib.h>
#include <utlist.h>

struct cf_view {
    bool listed;               /* of whichever session */
    uint64_t what;             /* its fields; else the session's key */
    struct cf_viewer *viewers; /* the newest first */
    uint64_t update;           /* the last one that found it */
    unsigned uses;             /* it is being told, or looked for */
    UT_hash_handle hh;
};

struct cf_viewer {
    struct cf_task *task;
    struct cf_view *view;
    struct cf_viewer *prev, *next; /* in the view */
    struct cf_viewer *following;   /* of the task */
};

bool cf_task_is_told(const struct cf_task *task, cf_session_key session)
{
    return task->kind == CF_TASK_OF_SESSION && task->session == session;
}

/* ---- Views ---- */

/* Those of whichever session are few, and walked: each has other fields. */
static struct cf_view **table_of(struct cf_engine *engine, bool listed)
{
    return listed ? &engine->list_views : &engine->views;
}

static struct cf_view *find_view(struct cf_engine *engine, bool listed, uint64_t what)
{
    struct cf_view *view;
    HASH_FIND(hh, *table_of(engine, listed), &what, sizeof what, view);
    return view;
}

static struct cf_view *add_view(struct cf_engine *engine, bool listed, uint64_t what)
{
    struct cf_view *view = cf_alloc(sizeof *view);
    *view = (struct cf_view){.listed = listed, .what = what};
    HASH_ADD(hh, *table_of(engine, listed), what, sizeof view->what, view);
    return view;
}

static void done_with(struct cf_engine *engine, struct cf_view *view)
{
    if (--view->uses || view->viewers)
        return;
    HASH_DEL(*table_of(engine, view->listed), view);
    free(view);
}

/* ---- Whoever looks ---- */

static void cut(struct cf_viewer **place)
{
    while (*place) {
        struct cf_viewer *viewer = *place;
        struct cf_view *view = viewer->view;
        *place = viewer->following;
        view->uses++;
        DL_DELETE(view->viewers, viewer);
        done_with(viewer->task->engine, view);
        free(viewer);
    }
}

/* The next one of the task is to be in this view; where it is not, it and all that follow go. */
static void look_at(struct cf_task *task, struct cf_viewer ***place, cf_session_key session, uint64_t fields)
{
    struct cf_engine *engine = task->engine;
    struct cf_view *view = find_view(engine, !session, session ? session : fields);
    if (!view)
        view = add_view(engine, !session, session ? session : fields);
    view->uses++;
    bool again = view->update == engine->view_updates;
    view->update = engine->view_updates;
    if (!again && !(**place && (**place)->view == view)) {
        cut(*place);
        struct cf_viewer *viewer = **place = cf_alloc(sizeof *viewer);
        *viewer = (struct cf_viewer){.task = task, .view = view};
        DL_PREPEND(view->viewers, viewer);
    }
    if (!again)
        *place = &(**place)->following;
    done_with(engine, view);
}

static void look_by(struct cf_task *task, struct cf_viewer ***place, const struct cf_condition *condition)
{
    for (int i = 0; condition && i < condition->read_count; i++) {
        const struct cf_read *read = &condition->reads[i];
        if (!cf_task_is_told(task, read->session))
            look_at(task, place, read->session, read->fields);
    }
}

void cf_views_update(struct cf_task *task)
{
    struct cf_viewer **place = &task->viewers;
    task->engine->view_updates++;
    if (task->wait.kind == CF_WAIT_LIFE && !cf_task_is_told(task, task->wait.session) &&
        (task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING))
        look_at(task, &place, task->wait.session, 0);
    look_by(task, &place, task->awaited.condition);
    for (unsigned i = 0; i < task->ground_count; i++)
        look_by(task, &place, task->grounds[i].condition);
    cut(place);
}

static void tell_all(struct cf_engine *engine, struct cf_view *view, cf_session_key session, uint64_t fields,
                     bool listed, cf_viewer_teller *tell)
{
    view->uses++;
    for (struct cf_viewer *viewer = view->viewers, *next; viewer; viewer = next) {
        next = viewer->next;
        engine->counts.visits++;
        if (!cf_task_is_told(viewer->task, session))
            tell(viewer->task, session, fields, listed);
    }
    done_with(engine, view);
}

void cf_views_tell(struct cf_engine *engine, cf_session_key session, uint64_t fields, bool listed,
                   cf_viewer_teller *tell)
{
    struct cf_view *view = find_view(engine, false, session);
    if (view)
        tell_all(engine, view, session, fields, listed, tell);
    for (struct cf_view *next = engine->list_views; (view = next);) {
        view->uses++;
        if (listed || (view->what & fields))
            tell_all(engine, view, session, fields, listed, tell);
        next = view->hh.next;
        done_with(engine, view);
    }
}
