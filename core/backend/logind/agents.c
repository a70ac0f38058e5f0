#include "logind/agents.h"

#include "base/memory.h"
#include "base/text.h"
#include "logind/agent.h"
#include "logind/display.h"
#include "logind/missing.h"
#include "logind/sessions.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utlist.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

/* One whose session is being looked up. */
struct cf_agent_coming {
    struct cf_bus_call call; /* first, so that one is found from the other */
    struct cf_logind *host;
    int fd, process; /* the second: a pidfd, by which a number is known not to be another's by now */
    int64_t uid, pid;
    char *display; /* as it says; NULL: none */
    struct cf_agent_coming *prev, *next;
};

/* Tells a connection that is wanted no further why, where it takes that at once, and closes it. */
static void refuse(int fd, const char *why)
{
    struct cf_buffer text = {0};
    cf_agent_welcome_write(&text, NULL, why);
    (void)!send(fd, text.data, text.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    cf_buffer_finish(&text);
    (void)close(fd);
}

static void end_coming(struct cf_agent_coming *coming)
{
    DL_DELETE(coming->host->agents_coming, coming);
    coming->host->agents_coming_count--;
    cf_bus_call_cancel(&coming->call);
    if (coming->process >= 0)
        (void)close(coming->process);
    if (coming->fd >= 0)
        (void)close(coming->fd);
    free(coming->display);
    free(coming);
}

static void turn_away(struct cf_agent_coming *coming, const char *why)
{
    refuse(coming->fd, why);
    coming->fd = -1;
    end_coming(coming);
}

/* Of a process that lives still, so that its number was never another's meanwhile. */
static bool is_alive(int process)
{
    struct pollfd poll_of = {.fd = process, .events = POLLIN};
    return process >= 0 && poll(&poll_of, 1, 0) == 0;
}

/* A person's own. One that is closing may have a desktop still (x2go). */
static bool may_speak(const struct cf_cached *known, int64_t uid)
{
    const struct cf_properties *properties = &known->properties;
    return properties->uid == uid && known->record.identity.birth && properties->class_ &&
           strncmp(properties->class_, "user", 4) == 0;
}

/*
 * Outside every session, where the user's service manager runs what desktops start, a program speaks for the
 * user's only graphical session. Where there are two nobody knows which it sees.
 */
static struct cf_cached *only_desktop(const struct cf_logind *host, int64_t uid, const char **ret_why)
{
    struct cf_cached *found = NULL;
    *ret_why = "you have no graphical session";
    for (struct cf_cached *known = host->sessions.known; known; known = known->hh.next) {
        if (!may_speak(known, uid) || !cf_properties_graphical(&known->properties) ||
            cf_properties_closing(&known->properties))
            continue;
        if (found) {
            *ret_why = "you have several graphical sessions; begin the agent inside the one that it is for";
            return NULL;
        }
        found = known;
    }
    return found;
}

/* Neither is it asked for input, nor has it anything to show: both would be at somebody else's display. */
static void refuse_astray(struct cf_agent_coming *coming, struct cf_cached *known)
{
    struct cf_logind *host = coming->host;
    turn_away(coming, "the display that you were given is closed to you, or is not this session's");
    known->agent_astray = true;
    if (cf_missing_look(host, known))
        host->sink.seen(host->sink.data, &known->record, CF_FIELD_BIT(CF_FIELD_MISSING));
}

static void settle(struct cf_agent_coming *coming, struct cf_cached *known, const char *why)
{
    struct cf_logind *host = coming->host;
    if (!known || !may_speak(known, coming->uid)) {
        turn_away(coming, why);
        return;
    }
    if (!is_alive(coming->process)) {
        end_coming(coming);
        return;
    }
    if (known->agent) {
        turn_away(coming, "this session has an agent already");
        return;
    }
    if (!cf_display_may_be(known->properties.display, coming->display)) {
        refuse_astray(coming, known);
        return;
    }
    struct cf_span wait = cf_session_agent_wait(known, cf_loop_now(host->loop));
    if (wait.us > 0) {
        char text[128], span[CF_SPAN_TEXT];
        (void)snprintf(text, sizeof text,
                       "its last %u have ended soon after they began; the next is taken in %s",
                       known->agent_deaths, cf_span_words(wait, span));
        turn_away(coming, text);
        return;
    }
    int fd = coming->fd;
    coming->fd = -1;
    cf_session_agent_begin(host, known, fd, coming->pid, coming->display);
    end_coming(coming);
}

static void on_read(struct cf_logind *host, void *data, const char *id, struct cf_cached *known,
                    const struct cf_error *err)
{
    (void)host, (void)id, (void)err;
    settle(data, known, "this session is not yours, or not a person's");
}

/* logind says of its process that it is in no session, or says nothing. */
static void settle_outside(struct cf_agent_coming *coming, const struct cf_error *err, const char *why)
{
    struct cf_cached *known = NULL;
    if (err && err->code == CF_GONE)
        known = only_desktop(coming->host, coming->uid, &why);
    settle(coming, known, why);
}

static void on_session(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_agent_coming *coming = (struct cf_agent_coming *)(void *)call;
    struct cf_logind *host = coming->host;
    const char *path;
    char *id = NULL;
    if (reply && sd_bus_message_read(reply, "o", &path) >= 0 &&
        sd_bus_path_decode(path, CF_LOGIND_SESSIONS, &id) > 0)
        cf_sessions_read(host, id, CF_LOGIND_LIMIT, on_read, coming); /* it may have just begun */
    else
        settle_outside(coming, err, "it is not known which session you are in");
    free(id);
}

static int process_of(int fd, int64_t pid)
{
    int process = -1;
    socklen_t size = sizeof process;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &process, &size) == 0)
        return process;
    return (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
}

void cf_agents_take(struct cf_logind *host, int fd, int64_t uid, int64_t pid, const char *display)
{
    static const struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER,
                                                "GetSessionByPID"};
    if (!host->bus || host->server || host->agents_coming_count == CF_AGENTS_COMING) {
        refuse(fd, "there is no room for agents at present");
        return;
    }
    struct cf_agent_coming *coming = cf_alloc(sizeof *coming);
    *coming = (struct cf_agent_coming){.call.done = on_session,
                                       .host = host,
                                       .fd = fd,
                                       .process = process_of(fd, pid),
                                       .uid = uid,
                                       .pid = pid,
                                       .display = cf_strdup(display)};
    DL_APPEND(host->agents_coming, coming);
    host->agents_coming_count++;
    cf_bus_call(host->bus, &coming->call, &method, CF_LOGIND_LIMIT, "u", (uint32_t)pid);
}

void cf_agents_finish(struct cf_logind *host)
{
    while (host->agents_coming)
        end_coming(host->agents_coming);
}
