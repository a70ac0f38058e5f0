#include "random_policy.h"

#include "time/span.h"

#include <inttypes.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *const policy_kind_names[POLICY_ALL_KINDS] = {
    "idle",  "stages",       "pausing", "condition", "countdown", "approach", "asking",
    "hours", "disconnected", "looking", "rounds",    "event",     "veto",
};

/* One that is being made. */
struct maker {
    struct policy *policy;
    struct cf_random *random;
    int64_t leads[POLICY_LEADS]; /* of its warnings, longest first */
    int lead_count;
};

static bool flip(struct maker *maker)
{
    return cf_random_below(maker->random, 2);
}

static void say(struct maker *maker, const char *text)
{
    cf_buffer_puts(&maker->policy->text, text);
}

static void say_span(struct maker *maker, int64_t us)
{
    if (us % CF_MINUTE.us == 0)
        cf_buffer_printf(&maker->policy->text, "%" PRId64 " * minute", us / CF_MINUTE.us);
    else
        cf_buffer_printf(&maker->policy->text, "%" PRId64 " * us", us);
}

/* Text with spans in it, "%". */
static void say_with(struct maker *maker, const char *text, int64_t us, int64_t other_us)
{
    for (; *text; text++) {
        if (*text != '%') {
            cf_buffer_add(&maker->policy->text, text, 1);
            continue;
        }
        say_span(maker, us);
        us = other_us;
    }
}

static void add_gap(struct maker *maker, int64_t us)
{
    struct policy *policy = maker->policy;
    if (us > 0 && policy->gap_count < POLICY_GAPS)
        policy->gaps[policy->gap_count++] = us;
}

/* ---- What they have in common ---- */

static void make_leads(struct maker *maker)
{
    maker->lead_count = (int)cf_random_between(maker->random, 1, POLICY_LEADS);
    int64_t lead = random_minutes(maker->random, 1, 2);
    for (int i = maker->lead_count - 1; i >= 0; i--) {
        maker->leads[i] = lead;
        lead += random_minutes(maker->random, 1, i == 1 ? 8 : 3);
    }
}

/* Above the first lead: by less than another, or by more. */
static int64_t make_limit(struct maker *maker)
{
    int64_t first = maker->leads[0], most = flip(maker) ? first : 4 * first;
    int64_t limit = first + CF_SECOND.us + random_us(maker->random, most - CF_SECOND.us);
    if (flip(maker))
        limit = first + CF_MINUTE.us + (limit - first) / CF_MINUTE.us * CF_MINUTE.us;
    for (int i = 0; i < maker->lead_count; i++)
        add_gap(maker, limit - maker->leads[i]);
    add_gap(maker, limit);
    return limit;
}

static void say_leads(struct maker *maker)
{
    say(maker, "{ ");
    for (int i = 0; i < maker->lead_count; i++) {
        say_span(maker, maker->leads[i]);
        say(maker, i + 1 < maker->lead_count ? ", " : " }");
    }
}

static void say_warning(struct maker *maker, const char *left, const char *more)
{
    cf_buffer_printf(&maker->policy->text,
                     "session:warn(\"p%u r{run}: {left}\", { run = me, left = %s }%s)\n",
                     maker->policy->number, left, more);
}

static void say_logoff(struct maker *maker, const char *more)
{
    cf_buffer_printf(&maker->policy->text,
                     "session:logoff(\"p%u r\" .. me .. \": idle for \" .. session.idle%s)\n",
                     maker->policy->number, more);
}

static void say_condition(struct maker *maker, const struct node *node)
{
    say(maker, "function () return ");
    condition_write(node, &maker->policy->text);
    say(maker, " end)");
}

/* A countdown, each turn of which ends as `pause` says, under a condition (NULL: none). */
static void say_countdown(struct maker *maker, const struct node *under, const char *pause)
{
    say(maker, "  for left, pause in countdown(");
    say_leads(maker);
    say(maker, under ? ", " : ")");
    if (under)
        say_condition(maker, under);
    say(maker, " do\n    ");
    say_warning(maker, "left", "");
    say(maker, "    ");
    say(maker, pause);
    say(maker, "\n  end\n  ");
}

static void say_watch(struct maker *maker)
{
    say(maker, "sessions.watch({ class = \"user\" }, function (session)\n  local me = begun()\n");
}

static const char *const alive_returns = "if session:wait_active(pause) then return end";

/* ---- Waiting ---- */

static void make_idle(struct maker *maker)
{
    struct policy *policy = maker->policy;
    int64_t limit = policy->quiet = make_limit(maker), first = limit - maker->leads[0];
    policy->still = true;
    say_watch(maker);
    if (policy->kind == POLICY_STAGES) {
        int64_t lock = 1 + random_us(maker->random, first);
        add_gap(maker, lock);
        say_with(maker, "  session:wait_idle(%)\n  session:lock(\"away\")\n", lock, 0);
    }
    say_with(maker, "  session:wait_idle(%)\n", first, 0);
    say_countdown(maker, NULL,
                  policy->kind == POLICY_PAUSING
                      ? "if session:wait(function () return session.idle < pause end, pause) then return end"
                      : alive_returns);
    say_logoff(maker, "");
    say(maker, "end)\n");
}

/* The calendar of the policy's condition, in its text. */
static void make_calendar(struct maker *maker)
{
    condition_init(&maker->policy->condition, maker->random);
    cf_buffer_printf(&maker->policy->text, "local t0, hours = clock.now(), calendar.weekly { \"%s\" }\n",
                     maker->policy->condition.hours);
}

/* Something that people wait for, with moments to touch the keyboard at. */
static const struct node *make_wish(struct maker *maker, bool plain)
{
    struct condition *condition = &maker->policy->condition;
    int first = condition->count;
    const struct node *wish =
        plain ? condition_plain(condition, maker->random) : condition_any(condition, maker->random, 2);
    for (int i = first; i < condition->count; i++)
        if (condition->nodes[i].kind == CONSTANT) {
            add_gap(maker, condition->nodes[i].us);
            add_gap(maker, condition->nodes[i].us + maker->leads[0]);
        }
    return wish;
}

static void make_condition(struct maker *maker)
{
    struct policy *policy = maker->policy;
    struct condition *condition = &policy->condition;
    make_calendar(maker);
    const struct node *wish = make_wish(maker, cf_random_below(maker->random, 3)), *under = NULL;
    if (policy->kind == POLICY_COUNTDOWN)
        under = make_wish(maker, true);
    condition->root = under ? condition_node(condition, AND, wish, under) : wish;
    policy->still = flip(maker);
    say_watch(maker);
    say(maker, "  session:wait(");
    say_condition(maker, wish);
    say(maker, "\n");
    say_countdown(maker, under, policy->still ? alive_returns : "clock.sleep(pause)");
    say_logoff(maker, "");
    say(maker, "end)\n");
}

static void make_approach(struct maker *maker)
{
    struct condition *condition = &maker->policy->condition;
    make_calendar(maker);
    condition->root = make_wish(maker, true);
    say_watch(maker);
    say_with(maker, "  for left in clock.approach(clock.now() + %, ", random_minutes(maker->random, 2, 30),
             0);
    say_leads(maker);
    say(maker, ", ");
    say_condition(maker, condition->root);
    say(maker, " do\n    ");
    say_warning(maker, "left", "");
    say(maker, "  end\n  ");
    say_logoff(maker, "");
    say(maker, "end)\n");
}

static void make_asking(struct maker *maker)
{
    struct policy *policy = maker->policy;
    int64_t limit = random_minutes(maker->random, 2, 25), patience = random_minutes(maker->random, 1, 4);
    policy->quiet = limit;
    policy->still = true;
    add_gap(maker, limit);
    add_gap(maker, limit + patience);
    say_watch(maker);
    say_with(maker,
             flip(maker) ? "  session:wait_idle(%)\n"
                         : "  session:wait(function () return session.idle >= % end)\n",
             limit, 0);
    say_with(maker, "  local left = %\n  local notice = ", patience, 0);
    say_warning(maker, "left", ", { ask = \"I am here\" }");
    say_with(maker,
             "  if notice:answered(left) then\n    notice:close()\n    return clock.sleep(%)\n  end\n  ",
             random_minutes(maker->random, 1, 10), 0);
    say_logoff(maker, "");
    say(maker, "end)\n");
}

static void make_hours(struct maker *maker)
{
    struct condition *condition = &maker->policy->condition;
    make_calendar(maker);
    condition->root = condition_node(
        condition, NOT, condition_node(condition, CONTAINS, condition_node(condition, NOW, NULL, NULL), NULL),
        NULL);
    say_watch(maker);
    say_with(maker, "  local closing = hours:ends(clock.now() + %)\n  for left in clock.approach(closing, ",
             random_minutes(maker->random, 2, 15), 0);
    say_leads(maker);
    say(maker, ") do\n    ");
    say_warning(maker, "left", "");
    say(maker, "  end\n  ");
    say_logoff(maker, "");
    say(maker, "end)\n");
}

static void make_disconnected(struct maker *maker)
{
    struct policy *policy = maker->policy;
    struct condition *condition = &policy->condition;
    int64_t limit = random_minutes(maker->random, 1, 40);
    condition_init(condition, maker->random);
    const struct node *least = condition_constant(condition, limit);
    condition->root = condition_node(condition, LESS_OR_EQUAL, least,
                                     condition_node(condition, DISCONNECTED_FOR, NULL, NULL));
    policy->unwarned = true;
    add_gap(maker, limit);
    say_watch(maker);
    say_with(maker, "  session:wait(function () return session.disconnected_for >= % end)\n  ", limit, 0);
    say_logoff(maker, ", { unwarned = true }");
    say(maker, "end)\n");
}

/* ---- Looking by hand ---- */

/* What stands between the first look and the logoff; `limit` is what the first look wanted. */
static void say_looks(struct maker *maker, int64_t limit, const char *gone)
{
    struct policy *policy = maker->policy;
    int64_t pause = random_minutes(maker->random, 1, 5);
    switch (cf_random_below(maker->random, 4)) {
    case 0: /* a countdown of looks */
        policy->quiet = maker->leads[maker->lead_count - 1];
        say(maker, "  for left, pause in countdown ");
        say_leads(maker);
        say(maker, " do\n    ");
        say_warning(maker, "left", "");
        say(maker, "    clock.sleep(pause)\n    if session.idle < pause then ");
        say(maker, gone);
        say(maker, " end\n  end\n  ");
        break;
    case 1: /* no second look: the engine's own */
        policy->quiet = limit;
        policy->still = true;
        say_with(maker, "  local left = %\n  ", pause, 0);
        say_warning(maker, "left", "");
        say(maker, "  clock.sleep(left)\n  ");
        break;
    default:
        policy->quiet = flip(maker) ? limit + pause : limit;
        say_with(maker, "  local left = %\n  ", pause, 0);
        say_warning(maker, "left", "");
        say_with(maker, "  clock.sleep(left)\n  if session.idle < % then ", policy->quiet, 0);
        say(maker, gone);
        say(maker, " end\n  ");
    }
    add_gap(maker, limit + pause);
    add_gap(maker, policy->quiet);
    say_logoff(maker, "");
}

static void make_looking(struct maker *maker)
{
    int64_t limit = random_minutes(maker->random, 1, 12), sleep = random_minutes(maker->random, 1, 15);
    add_gap(maker, limit);
    add_gap(maker, sleep);
    if (maker->policy->kind == POLICY_EVENT) {
        static const char *const events[] = {"logon", "unlock", "lock", "disconnect", "reconnect"};
        cf_buffer_printf(&maker->policy->text,
                         "sessions.on(\"%s\", function (session)\n  local me = begun()\n",
                         events[cf_random_below(maker->random, COUNT(events))]);
    } else {
        say_watch(maker);
    }
    if (flip(maker))
        say_with(maker, "  clock.sleep(%)\n  if session.idle < % then return end\n", sleep, limit);
    else
        say_with(maker, "  repeat clock.sleep(%) until session.idle >= %\n", sleep, limit);
    say_looks(maker, limit, "return");
    say(maker, "end)\n");
}

static void make_rounds(struct maker *maker)
{
    struct policy *policy = maker->policy;
    int64_t limit = random_minutes(maker->random, 1, 12), pause = random_minutes(maker->random, 1, 4);
    policy->quiet = flip(maker) ? limit : limit + pause;
    add_gap(maker, limit);
    add_gap(maker, limit + pause);
    say_with(
        maker,
        "clock.every(%, function ()\n  local me, quiet, left = begun(), {}, %\n"
        "  for _, session in ipairs(sessions.list { class = \"user\" }) do\n    local idle = session.idle\n",
        random_minutes(maker->random, 1, 15), pause);
    say_with(maker, "    if idle and idle >= % then\n      ", limit, 0);
    say_warning(maker, "left", "");
    say(maker, "      quiet[#quiet + 1] = session\n    end\n  end\n  clock.sleep(left)\n"
               "  for _, session in ipairs(quiet) do\n    local idle = session.idle\n");
    say_with(maker, "    if idle and idle >= % then\n      ", policy->quiet, 0);
    say_logoff(maker, "");
    say(maker, "    end\n  end\nend)\n");
}

static void make_veto(struct maker *maker)
{
    maker->policy->quiet = random_minutes(maker->random, 1, 20);
    add_gap(maker, maker->policy->quiet);
    say_with(maker,
             "sessions.protect({ class = \"user\" }, function (session)\n"
             "  if session.idle < % then return \"in use\" end\nend)\n",
             maker->policy->quiet, 0);
}

void policy_make(struct policy *policy, enum policy_kind kind, unsigned number, struct cf_random *random)
{
    static void (*const makes[POLICY_ALL_KINDS])(struct maker *) = {
        make_idle,     make_idle,    make_idle,  make_condition,    make_condition,
        make_approach, make_asking,  make_hours, make_disconnected, make_looking,
        make_rounds,   make_looking, make_veto,
    };
    *policy = (struct policy){.kind = kind, .number = number};
    struct maker maker = {.policy = policy, .random = random};
    make_leads(&maker);
    if (kind != POLICY_VETO)
        say(&maker, "local us, run = second / 1000000, 0\n"
                    "local function begun() run = run + 1 return run end\n");
    else
        say(&maker, "local us = second / 1000000\n");
    makes[kind](&maker);
}

void policy_finish(struct policy *policy)
{
    cf_buffer_finish(&policy->text);
    if (policy->condition.calendar)
        condition_finish(&policy->condition);
}

/* Deciding takes its time, where the host answers slowly: hours may begin meanwhile. */
static bool just_held(const struct policy *policy, struct facts facts)
{
    facts.wall.us -= policy->kind == POLICY_HOURS ? CF_MINUTE.us : 0;
    return condition_holds(&policy->condition, policy->condition.root, &facts);
}

const char *policy_breach(const struct policy *policy, const struct facts *facts)
{
    const struct condition *condition = &policy->condition;
    if (policy->quiet && !facts->known)
        return "ended by an idle time that nobody knows";
    if (policy->quiet && facts->now - facts->last_input < policy->quiet)
        return "ended after input later than the limit allows";
    if (condition->root && !condition_holds(condition, condition->root, facts) && !just_held(policy, *facts))
        return "ended while its condition does not hold";
    return NULL;
}
