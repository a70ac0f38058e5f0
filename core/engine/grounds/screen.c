/*
 * A session's screen: of the notices that runs have for it, it shows one at a time, the one that announces
 * the soonest end. The others wait behind it, shown before or not, and come when their turn does.
 */
#include "engine/grounds/screen.h"

#include "base/memory.h"
#include "engine/task.h"

#include <stdlib.h>

static struct cf_screen *screen_of(struct cf_presence *presence)
{
    if (!presence->screen)
        presence->screen = cf_alloc(sizeof *presence->screen);
    return presence->screen;
}

struct cf_notice *cf_screen_open(const struct cf_presence *presence)
{
    return presence->screen ? presence->screen->open : NULL;
}

static bool is_shown(const struct cf_screen *screen, const struct cf_notice *notice)
{
    return screen->shown == notice && screen->id == notice->id;
}

/* 0: nothing stands there. */
static void set_id(struct cf_presence *presence, uint64_t id)
{
    struct cf_screen *screen = presence->screen, **screens = &presence->engine->screens;
    if (screen->id)
        HASH_DEL(*screens, screen);
    screen->id = id;
    if (id)
        HASH_ADD(hh, *screens, id, sizeof screen->id, screen);
}

void cf_notice_pause(struct cf_notice *notice)
{
    if (!cf_mono_known(notice->since))
        return;
    notice->seen.us += cf_loop_now(notice->task->engine->loop).us - notice->since.us;
    notice->since = CF_MONO_UNKNOWN;
}

/* By which the soonest comes first; what announces no end, or one long past, comes last. */
static int64_t rank(const struct cf_notice *notice, struct cf_mono now)
{
    bool counts = cf_mono_known(notice->ends) && now.us <= notice->ends.us + CF_ANNOUNCED_LATE.us;
    return counts ? notice->ends.us : INT64_MAX;
}

/* Of those that end together, the newest, which stands first. */
static struct cf_notice *soonest(const struct cf_screen *screen, struct cf_mono now)
{
    struct cf_notice *first = screen->open;
    for (struct cf_notice *notice = first; notice; notice = notice->behind)
        if (rank(notice, now) < rank(first, now))
            first = notice;
    return first;
}

static void take_back(const struct cf_presence *presence)
{
    const struct cf_session *session = cf_registry_get(presence->engine->registry, presence->key);
    struct cf_request request = {.action = CF_ACTION_WITHDRAW,
                                 .language = cf_engine_language(presence->engine, presence->key),
                                 .session = session->identity,
                                 .notice = presence->screen->id,
                                 .quiet_since = CF_MONO_UNKNOWN};
    (void)cf_calls_submit(presence->engine->calls, &request, CF_ACTION_LIMIT, NULL, NULL);
}

/* What stands there belongs to nobody who wants it shown. */
static void clear(struct cf_presence *presence)
{
    struct cf_screen *screen = screen_of(presence);
    if (screen->shown)
        cf_notice_pause(screen->shown);
    if (screen->id)
        take_back(presence);
    set_id(presence, 0);
    screen->shown = NULL;
}

/* What was behind another until there is nothing left to announce has missed its time. */
static void drop_late(struct cf_screen *screen, struct cf_mono now)
{
    for (struct cf_notice **place = &screen->open; *place;) {
        struct cf_notice *notice = *place;
        bool late = cf_mono_known(notice->ends) && notice->ends.us < now.us + CF_SECOND.us && !notice->act &&
                    !is_shown(screen, notice);
        notice->missed = notice->missed || late;
        notice->open = !late;
        if (late)
            *place = notice->behind;
        else
            place = &notice->behind;
    }
}

static void on_settle(struct cf_timer *timer)
{
    cf_screen_settle(timer->data);
}

static struct cf_timer *prepare(struct cf_presence *presence)
{
    struct cf_timer *timer = &screen_of(presence)->settle;
    timer->fire = on_settle;
    timer->data = presence;
    return timer;
}

/* In a turn of its own, when whatever changes now has changed. */
static void settle_soon(struct cf_presence *presence)
{
    if (!presence->gone && !presence->engine->closing)
        cf_timer_defer(presence->engine->loop, prepare(presence));
}

/* It stands there for as long as what it announces counts. */
static void stand(struct cf_presence *presence, const struct cf_notice *notice, struct cf_mono now)
{
    if (rank(notice, now) < INT64_MAX)
        cf_timer_set(presence->engine->loop, prepare(presence),
                     (struct cf_mono){notice->ends.us + CF_ANNOUNCED_LATE.us + 1});
}

void cf_screen_settle(struct cf_presence *presence)
{
    struct cf_engine *engine = presence->engine;
    struct cf_screen *screen = screen_of(presence);
    cf_timer_stop(engine->loop, &screen->settle);
    if (screen->showing || presence->ending || presence->gone || engine->closing)
        return;
    struct cf_mono now = cf_loop_now(engine->loop);
    drop_late(screen, now);
    struct cf_notice *first = soonest(screen, now);
    for (struct cf_notice *notice = screen->open; notice; notice = notice->behind)
        if (notice != first && notice->ready)
            presence->engine->sink->put_back(notice->act, CF_OK, NULL);
    if (!first)
        clear(presence);
    else if (is_shown(screen, first))
        stand(presence, first, now);
    else if (first->ready)
        engine->sink->show(screen->showing = first->act);
    else if (!first->act)
        engine->sink->show_again(first);
}

void cf_screen_add(struct cf_presence *presence, struct cf_notice *notice)
{
    cf_screen_remove(presence, notice);
    notice->open = true;
    notice->behind = screen_of(presence)->open;
    presence->screen->open = notice;
}

void cf_screen_remove(struct cf_presence *presence, struct cf_notice *notice)
{
    if (!notice->open)
        return;
    struct cf_notice **place = &presence->screen->open;
    while (*place != notice)
        place = &(*place)->behind;
    *place = notice->behind;
    notice->open = false;
    settle_soon(presence);
}

void cf_screen_forget(struct cf_presence *presence, struct cf_notice *notice)
{
    cf_screen_remove(presence, notice);
    if (presence->screen && presence->screen->shown == notice)
        presence->screen->shown = NULL;
}

void cf_screen_shows(struct cf_presence *presence, struct cf_notice *notice, uint64_t id, bool withdrawable)
{
    struct cf_screen *screen = screen_of(presence);
    if (screen->shown && screen->shown != notice)
        cf_notice_pause(screen->shown);
    if (screen->id && screen->id != id && screen->withdrawable) /* else the newer one answers it */
        take_back(presence);
    screen->shown = notice;
    set_id(presence, id);
    screen->withdrawable = withdrawable;
}

void cf_screen_answered(struct cf_presence *presence, struct cf_notice *notice, uint64_t id)
{
    struct cf_screen *screen = screen_of(presence);
    if (screen->id != id || !screen->withdrawable)
        return; /* where it cannot be taken back, it still stands elsewhere */
    set_id(presence, 0);
    screen->shown = NULL;
    if (notice->id == id)
        cf_screen_remove(presence, notice);
}

void cf_screen_let_go(struct cf_presence *presence, const struct cf_act *act)
{
    if (presence->ending == act)
        presence->ending = NULL;
    else if (presence->screen && presence->screen->showing == act)
        presence->screen->showing = NULL;
    else
        return;
    settle_soon(presence);
}

void cf_screen_end(struct cf_presence *presence)
{
    if (!presence->screen)
        return;
    cf_timer_stop(presence->engine->loop, &presence->screen->settle);
    while (presence->screen->open) { /* of runs that are not this session's own */
        struct cf_notice *notice = presence->screen->open;
        presence->screen->open = notice->behind;
        notice->open = false;
        if (notice->ready)
            presence->engine->sink->put_back(notice->act, CF_GONE, "session has ended");
    }
    set_id(presence, 0);
    free(presence->screen);
    presence->screen = NULL;
}
