/*
 * hostile SECONDS ATTACK SOCKET COMMAND…: runs the command, an engine that serves SOCKET, and prints how long
 * a request that does nothing takes to be answered, in ms: "COUNT HALF P99 WORST", every 10 ms for so long,
 * from when the engine first answers. Meanwhile ATTACK goes on:
 *
 *   none     nothing beside the command's own policies
 *   hangups  a SIGHUP every 100 ms
 *   users    eight users ask why, stay and note as fast as they are answered; as root
 *
 * Ends the engine by SIGTERM and adds how long that took, in ms. 1: it did not answer, or ended badly.
 *
 * hostile flood SOCKET UID:SESSION…: only attacks as those users do, each about that session, until it is
 * killed.
 */
#include "control/client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { USERS = 8, FIRST_UID = 1000, PACE_MS = 10, HANGUP_MS = 100, MOST = 100000, START_S = 60 };

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void sleep_ms(double ms)
{
    if (ms > 0)
        nanosleep(&(struct timespec){(time_t)(ms / 1e3), (long)((ms - (double)(long)(ms / 1e3) * 1e3) * 1e6)},
                  NULL);
}

/* The engine knows no such verb, and says so from its loop: true when it was answered. */
static bool ping(const char *path)
{
    json_t *result = NULL;
    struct cf_error err = {0};
    int code = cf_control_ask(path, cf_seconds(30), "ping", (const char *const[]){NULL}, &result, &err);
    json_decref(result);
    return code != CF_UNAVAILABLE && code != CF_TIMEOUT;
}

/* One of the users, until it is killed, or whoever began it ends. */
static void attack(const char *path, uid_t uid, const char *id)
{
    const struct {
        const char *verb, *words[7];
    } requests[] = {{"why", {"session", id}},
                    {"stay", {"session", id}},
                    {"note", {"session", id, "what", "tell", "text", "x"}}};
    if (setuid(uid) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        _exit(1);
    for (size_t i = 0;; i++) {
        json_t *result = NULL;
        struct cf_error err = {0};
        (void)cf_control_ask(path, cf_seconds(5), requests[i % 3].verb, requests[i % 3].words, &result, &err);
        json_decref(result);
    }
}

static pid_t start(char *const *command)
{
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(127);
        execv(command[0], command);
        _exit(127);
    }
    return child;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void end_attacks(pid_t *users)
{
    for (int i = 0; i < USERS; i++)
        if (users[i] > 0) {
            (void)kill(users[i], SIGKILL);
            (void)waitpid(users[i], NULL, 0);
        }
}

static _Noreturn void flood(const char *path, char *const *users)
{
    for (; *users; users++)
        if (fork() == 0)
            attack(path, (uid_t)atoi(*users), strchr(*users, ':') + 1);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "flood") == 0)
        flood(argv[2], argv + 3);
    if (argc < 5)
        return 2;
    const char *what = argv[2], *path = argv[3];
    static double times[MOST];
    size_t count = 0;
    pid_t users[USERS] = {0}, engine = start(argv + 4);
    double begin = now_ms();
    while (!ping(path)) {
        if (now_ms() - begin > START_S * 1e3 || waitpid(engine, NULL, WNOHANG) == engine) {
            fprintf(stderr, "hostile: %s does not answer\n", argv[4]);
            (void)kill(engine, SIGKILL);
            return 1;
        }
        sleep_ms(PACE_MS);
    }
    for (int i = 0; i < USERS && strcmp(what, "users") == 0; i++)
        if ((users[i] = fork()) == 0) {
            char id[16];
            (void)snprintf(id, sizeof id, "%d", i + 1);
            attack(path, (uid_t)(FIRST_UID + i), id);
        }
    begin = now_ms();
    double end = begin + atof(argv[1]) * 1e3, hangup = begin;
    bool answers = true;
    while (answers && now_ms() < end && count < MOST) {
        if (strcmp(what, "hangups") == 0 && now_ms() >= hangup) {
            (void)kill(engine, SIGHUP);
            hangup += HANGUP_MS;
        }
        double asked = now_ms();
        answers = ping(path);
        times[count++] = now_ms() - asked;
        sleep_ms(asked + PACE_MS - now_ms());
    }
    end_attacks(users);
    begin = now_ms();
    (void)kill(engine, SIGTERM);
    int status = 0;
    (void)waitpid(engine, &status, 0);
    qsort(times, count, sizeof *times, by_size);
    printf("%zu %.2f %.2f %.2f %.0f\n", count, times[count / 2], times[count * 99 / 100], times[count - 1],
           now_ms() - begin);
    return answers && WIFEXITED(status) ? 0 : 1;
}
