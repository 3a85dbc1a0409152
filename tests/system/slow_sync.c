/* Makes every sync of a file take longer, and writes down which file and when: preloaded into the daemon by a test.
 *
 * SLOW_SYNC_MS: how much longer. SLOW_SYNC_OF: only for files with this in their path. SLOW_SYNC_LOG: a line a sync, "began ended path" in seconds of CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void find(int file, char path[4096])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, 4095);
    path[length < 0 ? 0 : length] = 0;
}

static void tell(double began, const char *path)
{
    char line[4200];
    int log = open(getenv("SLOW_SYNC_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int size = snprintf(line, sizeof line, "%.6f %.6f %s\n", began, now(), path);
    if (log < 0 || write(log, line, size) != size)
        abort();
    close(log);
}

static int slowly(const char *name, int file)
{
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    double began = now();
    char path[4096];
    find(file, path);
    if (strstr(path, getenv("SLOW_SYNC_OF")))
        usleep(1000 * atoi(getenv("SLOW_SYNC_MS")));
    int result = sync(file);
    tell(began, path);
    return result;
}

int fsync(int file) { return slowly("fsync", file); }

int fdatasync(int file) { return slowly("fdatasync", file); }
