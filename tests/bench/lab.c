/*
 * lab POLICY [asks]: a day of an office of 1,000 under the policy, on a host that tells of every input, or
 * that is asked. Prints "SESSIONS LOGOFFS EVALUATIONS FLIPS CONFIRMATIONS RESUMES SECONDS LOOKS", of
 * processor time, the host's own included.
 */
#include "../scenarios/office_day.h"

#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: lab POLICY [asks]\n", stderr);
        return 2;
    }
    struct office_day day;
    office_day_run(&day, argv[1], argc == 2);
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    printf("%llu %llu %llu %llu %llu %llu %.3f %llu\n", (unsigned long long)day.sessions,
           (unsigned long long)day.logoffs, (unsigned long long)day.counts.evaluations,
           (unsigned long long)day.counts.flips, (unsigned long long)day.counts.confirmations,
           (unsigned long long)day.counts.resumes, (double)used.tv_sec + (double)used.tv_nsec / 1e9,
           (unsigned long long)day.counts.looks);
    return day.failures > 0;
}
