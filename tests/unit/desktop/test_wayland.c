/*
 * What is known of input at a Wayland display, by a small compositor of the test's own (libwayland-server) at
 * the other end of a socket pair. Whatever it says, and does not: nobody is idler than it has told.
 */
#include "desktop/wayland.h"

#include "../unit.h"

#include <ext-idle-notify-v1-server-protocol.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEATS = 3, MOST_SEATS = 8, TRIALS = CASES(60), STEPS = 120, TURNS = 8 };

#define PAUSE cf_seconds(10)

/* ---- The compositor ---- */

struct seat {
    struct wl_global *global;          /* NULL: there is none */
    struct wl_resource *pause, *watch; /* what the display has asked to be told; NULL: nothing */
    bool paused, watch_paused;         /* and was */
    struct cf_mono idle_since;         /* what is true; unknown: it is in use */
    struct wl_resource *bound;
};

static struct {
    struct wl_display *display;
    struct wl_client *client;
    struct wl_global *notifier;
    struct seat seats[MOST_SEATS + 1];
    bool gone;
    atomic_bool opened, mute;
    pthread_t thread;
} compositor;

static void on_destroy(struct wl_client *client, struct wl_resource *resource)
{
    (void)client;
    wl_resource_destroy(resource);
}

static const struct ext_idle_notification_v1_interface notifications = {on_destroy};

static void on_notification_gone(struct wl_resource *resource)
{
    struct seat *seat = wl_resource_get_user_data(resource);
    if (seat->pause == resource)
        seat->pause = NULL;
    if (seat->watch == resource)
        seat->watch = NULL;
}

static void on_wanted(struct wl_client *client, struct wl_resource *notifier, uint32_t id, uint32_t ms,
                      struct wl_resource *of)
{
    (void)notifier;
    struct seat *seat = wl_resource_get_user_data(of);
    struct wl_resource *made = wl_resource_create(client, &ext_idle_notification_v1_interface, 1, id);
    wl_resource_set_implementation(made, &notifications, seat, on_notification_gone);
    if (ms) {
        assert_int_equal((int64_t)ms * 1000, PAUSE.us);
        assert_null(seat->pause);
        seat->pause = made;
        seat->paused = false;
    } else {
        assert_null(seat->watch);
        seat->watch = made;
        seat->watch_paused = false;
    }
}

static const struct ext_idle_notifier_v1_interface notifiers = {on_destroy, on_wanted};

static void bind_notifier(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
    struct wl_resource *made = wl_resource_create(client, &ext_idle_notifier_v1_interface, (int)version, id);
    wl_resource_set_implementation(made, &notifiers, data, NULL);
}

static void bind_seat(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
    struct wl_resource *made = wl_resource_create(client, &wl_seat_interface, (int)version, id);
    wl_resource_set_implementation(made, NULL, data, NULL);
}

static void add_notifier(void)
{
    compositor.notifier =
        wl_global_create(compositor.display, &ext_idle_notifier_v1_interface, 1, NULL, bind_notifier);
}

static void add_seat(struct seat *seat)
{
    *seat = (struct seat){.idle_since = CF_MONO_UNKNOWN};
    seat->global = wl_global_create(compositor.display, &wl_seat_interface, 1, seat, bind_seat);
}

static void serve(int wait)
{
    (void)wl_event_loop_dispatch(wl_display_get_event_loop(compositor.display), wait);
    wl_display_flush_clients(compositor.display);
}

static void *serve_until_opened(void *data)
{
    while (!atomic_load(&compositor.opened))
        serve(10);
    return data;
}

static void on_client_gone(struct wl_listener *listener, void *data)
{
    (void)listener, (void)data;
    compositor.client = NULL;
}

static struct wl_listener client_gone = {.notify = on_client_gone};

static void begin_compositor(void)
{
    int pair[2];
    char number[16];
    memset(&compositor, 0, sizeof compositor);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    compositor.display = wl_display_create();
    compositor.client = wl_client_create(compositor.display, pair[0]);
    wl_client_add_destroy_listener(compositor.client, &client_gone);
    (void)snprintf(number, sizeof number, "%d", pair[1]);
    (void)setenv("WAYLAND_SOCKET", number, 1);
}

static void end_compositor(void)
{
    wl_display_destroy_clients(compositor.display);
    wl_display_destroy(compositor.display);
}

/* ---- The display under test ---- */

static struct {
    struct cf_loop *loop;
    struct cf_display *display;
    unsigned answers, inputs;
    struct cf_span idle;
    bool lost;
} agent;

static void on_idle(void *data, struct cf_span idle)
{
    (void)data;
    agent.answers++;
    agent.idle = idle;
}

static void on_input(void *data)
{
    (void)data;
    agent.inputs++;
}

static void close_display(void)
{
    if (agent.display)
        cf_wayland_ops.close(agent.display);
    agent.display = NULL;
}

static void on_lost(void *data)
{
    (void)data;
    agent.lost = true;
    close_display();
}

static void turn(void)
{
    for (int i = 0; i < TURNS; i++) {
        (void)uv_run(cf_loop_uv(agent.loop), UV_RUN_NOWAIT);
        if (!atomic_load(&compositor.mute))
            serve(0);
    }
}

/* The library waits for the compositor's first word, which is on a thread meanwhile. */
static bool open_display(void)
{
    static const struct cf_display_calls calls = {NULL, on_idle, on_input, on_lost};
    struct cf_error err;
    memset(&agent, 0, sizeof agent);
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &agent.loop, &err), CF_OK);
    cf_loop_run_until(agent.loop, (struct cf_mono){CF_HOUR.us});
    assert_int_equal(pthread_create(&compositor.thread, NULL, serve_until_opened, NULL), 0);
    agent.display = cf_wayland_ops.open(agent.loop, &calls);
    atomic_store(&compositor.opened, true);
    (void)pthread_join(compositor.thread, NULL);
    if (agent.display)
        turn();
    return agent.display != NULL;
}

static void finish(void)
{
    close_display();
    (void)uv_run(cf_loop_uv(agent.loop), UV_RUN_NOWAIT);
    cf_loop_destroy(agent.loop);
    end_compositor();
}

static void pass(struct cf_span span)
{
    cf_loop_run_until(agent.loop, cf_mono_add(cf_loop_now(agent.loop), span));
}

static struct cf_span ask(void)
{
    agent.answers = 0;
    cf_wayland_ops.read(agent.display);
    turn();
    assert_int_equal(agent.answers, 1);
    return agent.idle;
}

/* ---- What happens at the seats ---- */

static void pause_seat(struct seat *seat)
{
    if (seat->pause && !seat->paused)
        ext_idle_notification_v1_send_idled(seat->pause);
    seat->paused = seat->pause != NULL;
    seat->idle_since = (struct cf_mono){cf_loop_now(agent.loop).us - PAUSE.us};
    if (seat->watch && !seat->watch_paused)
        ext_idle_notification_v1_send_idled(seat->watch);
    seat->watch_paused = seat->watch != NULL;
}

static void use_seat(struct seat *seat)
{
    if (seat->paused && seat->pause)
        ext_idle_notification_v1_send_resumed(seat->pause);
    if (seat->watch)
        ext_idle_notification_v1_send_resumed(seat->watch);
    seat->paused = false;
    seat->idle_since = CF_MONO_UNKNOWN;
}

/* As compositors do it: who has not heard of it yet may still bind it. */
static void remove_seat(struct seat *seat)
{
    wl_global_remove(seat->global);
    turn();
    wl_global_destroy(seat->global);
    seat->global = NULL;
}

/* What is true, as far as a compositor tells: by the seat that was used last. */
static struct cf_span truth(void)
{
    struct cf_span idle = {CF_UNKNOWN_US};
    for (size_t i = 0; i < SEATS; i++) {
        const struct seat *seat = &compositor.seats[i];
        if (!seat->global || !compositor.notifier)
            continue;
        int64_t here = cf_mono_known(seat->idle_since) ? cf_loop_now(agent.loop).us - seat->idle_since.us : 0;
        if (!cf_span_known(idle) || here < idle.us)
            idle.us = here;
    }
    return idle;
}

static void watch(void)
{
    agent.answers = 0;
    cf_wayland_ops.watch(agent.display);
    turn();
    assert_int_equal(agent.answers, 1);
    assert_int_equal(agent.idle.us, truth().us);
    agent.inputs = 0;
}

static void change_notifier(void)
{
    if (!compositor.notifier) {
        add_notifier();
        for (size_t i = 0; i < SEATS; i++)
            compositor.seats[i].idle_since = CF_MONO_UNKNOWN;
    } else {
        wl_global_remove(compositor.notifier);
        turn();
        wl_global_destroy(compositor.notifier);
        compositor.notifier = NULL;
    }
}

/* ---- Tests ---- */

/* Seats come and go, are used and left, in any order: each answer is what the compositor has told, and with
 * the first input at whatever seat the watch is over. */
static void play(uint64_t seed)
{
    uint64_t random = seed;
    bool watched = false;
    begin_compositor();
    add_notifier();
    for (size_t i = 0; i < SEATS; i++)
        if (pick(&random, 2))
            add_seat(&compositor.seats[i]);
    assert_true(open_display());
    for (int step = 0; step < STEPS; step++) {
        struct seat *seat = &compositor.seats[pick(&random, SEATS)];
        bool told = compositor.notifier && seat->global, used = false;
        pass((struct cf_span){pick(&random, 2 * PAUSE.us)});
        switch (pick(&random, 8)) {
        case 0:
            if (seat->global)
                remove_seat(seat);
            else
                add_seat(seat);
            break;
        case 1:
            if (pick(&random, 4) == 0)
                change_notifier();
            break;
        case 2: watch(), watched = true; break;
        case 3:
        case 4:
            if (told)
                use_seat(seat), used = watched;
            break;
        default:
            if (told && !cf_mono_known(seat->idle_since))
                pause_seat(seat);
        }
        turn();
        assert_int_equal(agent.inputs, used ? 1 : 0);
        watched = watched && !used;
        agent.inputs = 0;
        assert_int_equal(ask().us, truth().us);
    }
    assert_false(agent.lost);
    finish();
}

static void what_is_told_is_known(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TRIALS; seed++)
        play(seed);
}

static void one_seat(void)
{
    begin_compositor();
    add_notifier();
    add_seat(&compositor.seats[0]);
    assert_true(open_display());
    pause_seat(&compositor.seats[0]);
    turn();
    assert_int_equal(ask().us, PAUSE.us);
}

/* A seat beyond those that are looked at may be in use. */
static void too_many_seats(void **state)
{
    (void)state;
    one_seat();
    for (size_t i = 1; i < MOST_SEATS; i++) {
        add_seat(&compositor.seats[i]);
        turn();
        pause_seat(&compositor.seats[i]);
    }
    turn();
    assert_int_equal(ask().us, PAUSE.us);
    add_seat(&compositor.seats[MOST_SEATS]);
    turn();
    assert_false(cf_span_known(ask()));
    finish();
}

static void a_compositor_without_the_protocol(void **state)
{
    (void)state;
    begin_compositor();
    add_seat(&compositor.seats[0]);
    assert_false(open_display());
    finish();
}

static void no_compositor(void **state)
{
    (void)state;
    begin_compositor();
    wl_client_destroy(compositor.client);
    assert_false(open_display());
    finish();
}

/* Whoever asks is told so, and has no answer. */
static void assert_lost(void)
{
    agent.answers = 0;
    cf_wayland_ops.read(agent.display);
    turn();
    assert_true(agent.lost);
    assert_int_equal(agent.answers, 0);
}

static void a_compositor_that_goes(void **state)
{
    (void)state;
    one_seat();
    wl_client_destroy(compositor.client);
    assert_lost();
    finish();
}

/* What was known before is not passed off as now. */
static void a_compositor_that_says_nothing(void **state)
{
    (void)state;
    one_seat();
    atomic_store(&compositor.mute, true);
    agent.answers = 0;
    cf_wayland_ops.read(agent.display);
    pass(CF_HOUR);
    turn();
    assert_int_equal(agent.answers, 0);
    atomic_store(&compositor.mute, false);
    use_seat(&compositor.seats[0]);
    turn();
    assert_int_equal(agent.answers, 1);
    assert_int_equal(agent.idle.us, 0);
    finish();
}

static void an_error_of_the_protocol(void **state)
{
    (void)state;
    one_seat();
    wl_client_post_no_memory(compositor.client);
    assert_lost();
    finish();
}

/* Whatever the bytes are: either the display is lost, or it still waits for the rest of what they begin. */
static void nonsense(void **state)
{
    (void)state;
    uint64_t random = 7;
    unsigned lost = 0;
    for (unsigned trial = 0; trial < TRIALS; trial++) {
        uint32_t words[16];
        one_seat();
        agent.answers = 0;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            words[i] = (uint32_t)chance(&random);
        if (pick(&random, 2)) /* to an object that may be there, of a length that may be right */
            words[0] = (uint32_t)pick(&random, 12),
            words[1] = 8U * (uint32_t)pick(&random, 8) << 16 | (words[1] & 3);
        assert_int_equal(send(wl_client_get_fd(compositor.client), words, sizeof words, MSG_NOSIGNAL),
                         sizeof words);
        atomic_store(&compositor.mute, true);
        turn();
        cf_loop_run_until(agent.loop, cf_mono_add(cf_loop_now(agent.loop), CF_HOUR));
        if (agent.display)
            cf_wayland_ops.read(agent.display);
        turn();
        assert_int_equal(agent.answers, 0);
        lost += agent.lost;
        finish();
    }
    assert_true(lost > TRIALS / 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_is_known),
        cmocka_unit_test(too_many_seats),
        cmocka_unit_test(a_compositor_without_the_protocol),
        cmocka_unit_test(no_compositor),
        cmocka_unit_test(a_compositor_that_goes),
        cmocka_unit_test(a_compositor_that_says_nothing),
        cmocka_unit_test(an_error_of_the_protocol),
        cmocka_unit_test(nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
