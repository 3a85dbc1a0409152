/* Preloaded: the process dies at the nth write, sync or truncation of a store's file.
 *
 * disk_dies(n, how): 0 before it, 1 in the middle of it (half a write is done), 2 after it, 3 before it, and what was
 * written since the last sync of each file is forgotten, as when the power goes; 4: it fails once with EIO, nobody dies.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BEFORE, HALF, AFTER, FORGET, FAIL };
static const char *NAMES[] = {"/alerts.db", "/alerts.db-wal", "/readings.db", "/readings.db-wal"};
struct old { struct old *next; int file; off_t at, size; size_t n; char bytes[]; };  /* what stood there before a write */
static struct old *unsynced;
static char paths[4][4096];
static long left = -1;
static int how;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void disk_dies(long n, int in_this_way) { left = n; how = in_this_way; }
long disk_lives(void) { return left; }

static int file_of(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return -1;
    path[n] = 0;
    for (int i = 0; i < 4; i++) {
        size_t m = strlen(NAMES[i]);
        if ((size_t)n > m && !strcmp(path + n - m, NAMES[i])) { strcpy(paths[i], path); return i; }
    }
    return -1;
}

static void remember(int fd, int file, off_t at, size_t n) {
    struct stat now;
    struct old *o = malloc(sizeof *o + n);
    fstat(fd, &now);
    ssize_t had = pread(fd, o->bytes, n, at);
    *o = (struct old){unsynced, file, at, now.st_size, had > 0 ? (size_t)had : 0};
    unsynced = o;
}

static void synced(int file) {
    struct old **o = &unsynced;
    while (*o) {
        struct old *this = *o;
        if (this->file == file) { *o = this->next; free(this); } else o = &this->next;
    }
}

static void die(void) {
    if (how == FORGET)
        for (struct old *o = unsynced; o; o = o->next) {  /* the newest first */
            int fd = open(paths[o->file], O_WRONLY);
            if (fd < 0) continue;
            if (REAL(pwrite)(fd, o->bytes, o->n, o->at) < 0) abort();
            if (REAL(ftruncate)(fd, o->size) < 0) abort();
            close(fd);
        }
    kill(getpid(), SIGKILL);
    pause();
}

static int comes(void) { return left > 0 && --left == 0; }

static ssize_t put(int fd, const void *bytes, size_t n, off_t at, int appends) {
    int file = left < 0 ? -1 : file_of(fd);
    if (file < 0) return appends ? REAL(write)(fd, bytes, n) : REAL(pwrite)(fd, bytes, n, at);
    pthread_mutex_lock(&turn);
    if (appends) at = lseek(fd, 0, SEEK_CUR);
    int now = comes();
    if (now && how == FAIL) { pthread_mutex_unlock(&turn); errno = EIO; return -1; }
    if (now && (how == BEFORE || how == FORGET)) die();
    if (how == FORGET) remember(fd, file, at, n);
    ssize_t done = REAL(pwrite)(fd, bytes, now && how == HALF ? n / 2 : n, at);
    if (appends && done > 0) lseek(fd, at + done, SEEK_SET);
    if (now) die();
    pthread_mutex_unlock(&turn);
    return done;
}

static int change(int fd, int (*real)(int, off_t), off_t size, int is_sync) {
    int file = left < 0 ? -1 : file_of(fd);
    if (file < 0) return real(fd, size);
    pthread_mutex_lock(&turn);
    int now = comes();
    if (now && how == FAIL) { pthread_mutex_unlock(&turn); errno = EIO; return -1; }
    if (now && how != AFTER) die();
    if (how == FORGET && !is_sync) {
        struct stat is;
        fstat(fd, &is);
        if (is.st_size > size) remember(fd, file, size, (size_t)(is.st_size - size));
    }
    int done = real(fd, size);
    if (is_sync && !done) synced(file);
    if (now) die();
    pthread_mutex_unlock(&turn);
    return done;
}

static int sync_all(int fd, off_t unused) { (void)unused; return REAL(fsync)(fd); }
static int sync_data(int fd, off_t unused) { (void)unused; return REAL(fdatasync)(fd); }
static int cut(int fd, off_t size) { return REAL(ftruncate)(fd, size); }

ssize_t write(int fd, const void *bytes, size_t n) { return put(fd, bytes, n, 0, 1); }
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) { return put(fd, bytes, n, at, 0); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) { return put(fd, bytes, n, at, 0); }
int fsync(int fd) { return change(fd, sync_all, 0, 1); }
int fdatasync(int fd) { return change(fd, sync_data, 0, 1); }
int ftruncate(int fd, off_t size) { return change(fd, cut, size, 0); }
int ftruncate64(int fd, off64_t size) { return change(fd, cut, size, 0); }
