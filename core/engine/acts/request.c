/* What is asked of the host for an act, and what comes of it. */
#include "engine/acts/act.h"
#include "engine/acts/backoff.h"

static void on_done(void *data, const struct cf_completion *completion);

void cf_act_submit(struct cf_act *act)
{
    struct cf_engine *engine = act->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, act->session);
    const struct cf_notice *notice = cf_act_notice(act);
    struct cf_request request = {.action = act->action,
                                 .session = session->identity,
                                 .notice = act->notice,
                                 .text = act->text,
                                 .title = notice ? notice->words.title : NULL,
                                 .ask = notice ? notice->words.ask : NULL,
                                 .language = cf_engine_language(engine, act->session),
                                 .shown_for = act->left,
                                 .quiet_since = act->quiet_since};
    if (act->forced)
        request.action = CF_ACTION_LOGOFF_FORCED;
    act->submitted = true;
    act->call = cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, on_done, act);
}

void cf_act_warned(struct cf_act *act, bool delivered)
{
    struct cf_notice *notice = cf_act_notice(act);
    if (delivered && notice)
        cf_notice_delivered(notice);
    cf_act_finish(act, &(struct cf_result){.notice = act->notice, .delivered = delivered});
}

static void on_warned(struct cf_act *act, const struct cf_completion *completion)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    bool delivered = completion->code == CF_OK && completion->delivered;
    if (delivered && presence)
        cf_backoff_reached(presence);
    if (delivered && act->notice && presence)
        cf_screen_shows(presence, cf_act_notice(act), act->notice, completion->withdrawable);
    else if (!delivered && (act->task || completion->code != CF_GONE))
        cf_act_write(act, CF_WHAT_FAILED, completion->code == CF_OK ? CF_FAILED : completion->code,
                     completion->message ? completion->message : "the warning reached nobody", NULL);
    if (!delivered && presence && completion->code != CF_GONE)
        cf_backoff_failed(presence);
    cf_act_warned(act, delivered);
}

static void on_done(void *data, const struct cf_completion *completion)
{
    struct cf_act *act = data;
    bool ok = completion->code == CF_OK;
    if (act->action == CF_ACTION_WARN) {
        on_warned(act, completion);
    } else if (act->action == CF_ACTION_LOGOFF && (ok || completion->code == CF_TIMEOUT)) {
        cf_timer_set(act->engine->loop, &act->limit,
                     cf_mono_add(cf_loop_now(act->engine->loop), act->engine->config->limits.ends));
    } else if (ok) {
        cf_act_finish(act, &(struct cf_result){0});
    } else if (completion->code == CF_STALE) {
        cf_act_refuse(act, CF_STALE, "there was activity at the last moment");
    } else if (completion->code == CF_GONE) {
        if (act->action == CF_ACTION_LOGOFF)
            cf_act_write(act, CF_WHAT_ENDED, CF_OK, "it had ended by itself", NULL);
        cf_act_finish(act, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
    } else {
        cf_act_fail(act, completion->code, completion->message);
    }
}

void cf_acts_session_gone(struct cf_presence *presence)
{
    for (struct cf_act *act; (act = presence->logoffs);) {
        presence->logoffs = act->next_logoff;
        if (!(act->submitted || act->keeping))
            continue;
        bool asked = act->submitted, forced = act->forced && !act->keeping;
        cf_act_write(act, CF_WHAT_ENDED, CF_OK,
                     forced  ? "ended by force"
                     : asked ? NULL
                             : "it had ended by itself",
                     NULL);
        cf_act_finish(act, &(struct cf_result){.code = asked ? CF_OK : CF_GONE,
                                               .message = asked ? NULL : "session has ended",
                                               .truth = asked});
    }
}
