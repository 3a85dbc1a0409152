/* Another wall clock for one process: preloaded into the daemon. The monotonic clock stays the machine's.
 *
 * SHIFT_CLOCK_S: by how many seconds it is ahead; CLOCK_SYNCED: 1, the kernel calls it synchronised, or 0.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

static long shift_s(void)
{
    static long by;
    if (!by)
        by = atol(getenv("SHIFT_CLOCK_S"));
    return by;
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    static int (*ours)(clockid_t, struct timespec *);
    if (!ours)
        ours = dlsym(RTLD_NEXT, "clock_gettime");
    int result = ours(clock, at);
    if (clock == CLOCK_REALTIME)
        at->tv_sec += shift_s();
    return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}

int adjtimex(struct timex *asked)
{
    memset(asked, 0, sizeof *asked);
    asked->status = atoi(getenv("CLOCK_SYNCED")) ? 0 : STA_UNSYNC;
    return asked->status ? TIME_ERROR : TIME_OK;
}
