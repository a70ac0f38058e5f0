/*
 * alternate ROUNDS COMMAND… [: COMMAND…]…: runs the commands in turn, so that whatever else the machine does
 * is shared fairly, without their output. Prints the median wall time of each in milliseconds, in one line.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS = 8, ROUNDS = 10000, NOT_RUN = 126 /* and above, as a shell has it */ };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double run(char **command, const posix_spawn_file_actions_t *silent)
{
    pid_t child;
    int status;
    double begin = now();
    if (posix_spawnp(&child, command[0], silent, NULL, command, environ) != 0 ||
        waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) >= NOT_RUN) {
        fprintf(stderr, "alternate: %s does not run\n", command[0]);
        exit(1);
    }
    return now() - begin;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
    static double times[COMMANDS][ROUNDS];
    char **commands[COMMANDS];
    int rounds = argc > 2 ? atoi(argv[1]) : 0, count = 0;
    if (rounds < 1 || rounds > ROUNDS) {
        fputs("usage: alternate ROUNDS COMMAND… [: COMMAND…]…\n", stderr);
        return 2;
    }
    for (int i = 2; i < argc && count < COMMANDS; i++) {
        commands[count++] = argv + i;
        while (i < argc && strcmp(argv[i], ":") != 0)
            i++;
        argv[i] = NULL;
    }
    posix_spawn_file_actions_t silent;
    posix_spawn_file_actions_init(&silent);
    posix_spawn_file_actions_addopen(&silent, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&silent, STDOUT_FILENO, STDERR_FILENO);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++)
            times[i][round] = run(commands[i], &silent);
    for (int i = 0; i < count; i++) {
        qsort(times[i], (size_t)rounds, sizeof times[i][0], compare);
        printf("%s%.3f", i ? " " : "", times[i][rounds / 2]);
    }
    puts("");
    posix_spawn_file_actions_destroy(&silent);
    return 0;
}
