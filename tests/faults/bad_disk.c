/* Preloaded: a bad disk below one folder (bad_disk.py tells what each fault is).
 *
 * What was written and not synced is remembered, with what stood there before, a page at a time, so that a power cut can take
 * it back. Names are as on ext4: they last in the order in which they were changed, from the next sync that takes the journal
 * of the file system along.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum operation { OPEN = 1, READ = 2, WRITE = 4, SYNC = 8, CUT = 16, NAME = 32 };
enum what { NOTHING, DIES, DIES_HALFWAY, POWER, POWER_PAGES, POWER_TORN, FAILS, SHORT, LIES, SLOW, FULL };
enum { PAGE = 4096, FILES = 256, PATH = 4096, PAUSE_US = 5000 };

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static struct { char folder[PATH]; int operations, what, times, error; long nth, room; unsigned seed; } disk;
static long count;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* --- what is not on the disk yet ------------------------------------------------------------------------------------ */

static struct { dev_t device; ino_t inode; int fd; } files[FILES];
static int known;

struct piece {  /* of one write, within one page; or a cut: `n` bytes behind `at` are gone */
    struct piece *older;
    int file, is_cut, is_lost;
    long write;
    off_t at, begin, size;  /* begin: of the whole write; size: of the file before */
    size_t n, had, whole;
    char *was, *is;
};
static struct piece *newest;
static long writes;

struct name { struct name *older; int number; char from[PATH], to[PATH]; };  /* `from` empty: made; `to` empty: removed */
static struct name *names;
static int numbers;

static int chance(unsigned below) { return (int)((unsigned)rand_r(&disk.seed) % below); }

static int is_here(const char *path) {
    size_t n = strlen(disk.folder);
    return n && path && !strncmp(path, disk.folder, n) && (path[n] == '/' || !path[n]);
}

static int file_of(int fd) {
    char link[64], path[PATH];
    struct stat now;
    if (!disk.folder[0]) return -1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return -1;
    path[n] = 0;
    if (!is_here(path) || fstat(fd, &now) || !(S_ISREG(now.st_mode) || S_ISDIR(now.st_mode))) return -1;
    for (int i = 0; i < known; i++)
        if (files[i].device == now.st_dev && files[i].inode == now.st_ino) return i;
    if (known == FILES) abort();
    files[known].device = now.st_dev, files[known].inode = now.st_ino;
    files[known].fd = REAL(open64)(link, S_ISDIR(now.st_mode) ? O_RDONLY : O_RDWR);  /* never closed: that would end locks */
    return known++;
}

static void remember(int file, const char *is, off_t at, size_t n, off_t begin, size_t whole, int is_cut) {
    struct stat now;
    struct piece *p = calloc(1, sizeof *p);
    fstat(files[file].fd, &now);
    *p = (struct piece){newest, file, is_cut, 0, writes, at, begin, now.st_size, n, 0, whole, malloc(n + 1), malloc(n + 1)};
    ssize_t had = REAL(pread64)(files[file].fd, p->was, n, at);
    p->had = had > 0 ? (size_t)had : 0;
    if (is) memcpy(p->is, is, n);
    newest = p;
}

static void remember_write(int file, const char *bytes, off_t at, size_t n) {
    writes++;
    for (size_t done = 0; done < n;) {
        size_t here = PAGE - (size_t)((at + (off_t)done) % PAGE);
        if (here > n - done) here = n - done;
        remember(file, bytes + done, at + (off_t)done, here, at, n, 0);
        done += here;
    }
}

static int dirtied_again(struct piece *lost) {
    for (struct piece *p = newest; p && p != lost; p = p->older)
        if (p->file == lost->file && !p->is_cut && p->at / PAGE == lost->at / PAGE) return 1;
    return 0;
}

static int grows(int file) {
    for (struct piece *p = newest; p; p = p->older)
        if (p->file == file && (p->is_cut || p->at + (off_t)p->n > p->size)) return 1;
    return 0;
}

static void names_last(void) { names = NULL; }

static void synced(int file, int with_metadata) {
    if (with_metadata || grows(file)) names_last();
    for (struct piece *p = newest; p; p = p->older)
        if (p->is_lost && p->file == file && dirtied_again(p)) p->is_lost = 0;
    for (struct piece **p = &newest; *p;)
        if ((*p)->file == file && !(*p)->is_lost) *p = (*p)->older; else p = &(*p)->older;
}

static void lose(int file) {  /* the kernel takes them for written, although the sync failed */
    for (struct piece *p = newest; p; p = p->older)
        if (p->file == file) p->is_lost = 1;
}

static void kept(char *path, int number) { snprintf(path, 2 * PATH, "%s.undone/%d", disk.folder, number); }

static void remember_name(const char *from, const char *to) {
    struct name *n = calloc(1, sizeof *n);
    char aside[2 * PATH];
    *n = (struct name){.older = names, .number = numbers++};
    if (from) snprintf(n->from, PATH, "%s", from);
    if (to) snprintf(n->to, PATH, "%s", to);
    kept(aside, n->number);
    if (from) (void)!link(to ? to : from, aside);
    names = n;
}

static void take_back_names(void) {
    int left = 0;
    for (struct name *n = names; n; n = n->older) left++;
    left = disk.what == POWER ? left : chance((unsigned)left + 1);
    for (struct name *n = names; n && left--; n = n->older) {
        char aside[2 * PATH];
        kept(aside, n->number);
        if (!n->from[0]) { REAL(unlink)(n->to); continue; }
        if (n->to[0]) REAL(rename)(n->to, n->from);
        if (!access(aside, F_OK)) REAL(rename)(aside, n->to[0] ? n->to : n->from);
    }
}

static void set(int fd, const char *bytes, size_t n, off_t at) {
    if (n && REAL(pwrite64)(fd, bytes, n, at) < 0) abort();
}

static void put_again(struct piece *p, long torn, size_t bytes, int from_the_end) {
    size_t skip = 0, n = p->n;
    if (p->is_cut) { if (disk.what == POWER_TORN || chance(2)) (void)!REAL(ftruncate64)(files[p->file].fd, p->at); return; }
    if (p->write == torn) {  /* of the whole write the first or the last bytes survive */
        off_t first = from_the_end ? p->begin + (off_t)(p->whole - bytes) : p->begin, last = first + (off_t)bytes;
        off_t a = p->at > first ? p->at : first, b = p->at + (off_t)p->n < last ? p->at + (off_t)p->n : last;
        if (b <= a) return;
        skip = (size_t)(a - p->at), n = (size_t)(b - a);
    }
    set(files[p->file].fd, p->is + skip, n, p->at + (off_t)skip);
}

/* A page of the kernel's memory goes to the disk as it is at one moment: all that was written to it until then. */
static int survives(struct piece *p, unsigned seed) {
    unsigned of_page = seed ^ (unsigned)(p->at / PAGE * 2654435761u) ^ (unsigned)(p->file * 40503u);
    rand_r(&of_page);
    switch (rand_r(&of_page) % 3) {
    case 0: return 0;
    case 1: return 1;
    default: return p->write <= rand_r(&of_page) % (writes + 1);
    }
}

static void forget(void) {
    struct piece *oldest = NULL, *back = NULL;
    for (struct piece *p = newest; p; p = p->older) {
        set(files[p->file].fd, p->was, p->had, p->at);
        if (!p->is_lost) { if (REAL(ftruncate64)(files[p->file].fd, p->size) < 0) abort(); }
        else if (p->had < p->n) { char *zeros = calloc(1, p->n); set(files[p->file].fd, zeros, p->n - p->had, p->at + (off_t)p->had); }
    }
    for (struct piece *p = newest; p; p = back) { back = p->older; p->older = oldest; oldest = p; }  /* the oldest first */
    if (disk.what != POWER) {
        unsigned pages = (unsigned)rand_r(&disk.seed);
        long torn = -1; size_t whole = 1; int n = 0, from_the_end = chance(2);
        if (disk.what == POWER_TORN)
            for (struct piece *p = oldest; p; p = p->older) if (!p->is_cut && chance((unsigned)++n) == 0) torn = p->write, whole = p->whole;
        size_t bytes = (size_t)chance((unsigned)whole);
        for (struct piece *p = oldest; p; p = p->older)
            if (!p->is_lost && (disk.what == POWER_TORN || p->is_cut || survives(p, pages))) put_again(p, torn, bytes, from_the_end);
    }
    newest = NULL;
    take_back_names();
}

static void die(void) {
    if (disk.what >= POWER && disk.what <= POWER_TORN) forget();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* --- what the tests ask --------------------------------------------------------------------------------------------- */

void bad_disk(const char *folder, int operations, long nth, int what, int times, int error, unsigned seed, long room) {
    char aside[2 * PATH];
    snprintf(disk.folder, PATH, "%s", folder);
    snprintf(aside, sizeof aside, "%s.undone", folder);
    mkdir(aside, 0700);
    disk.operations = operations, disk.nth = nth, disk.what = what, disk.times = times, disk.error = error;
    disk.seed = seed, disk.room = room, count = 0;
}

long bad_disk_count(void) { return count; }
void bad_disk_mended(void) { disk.nth = 0; }
static void at_once(int signal) { (void)signal; kill(getpid(), SIGKILL); }
void bad_disk_kill_after(long us) {
    struct itimerval once = {.it_value = {us / 1000000, us % 1000000}};
    signal(SIGPROF, at_once);
    setitimer(ITIMER_PROF, &once, NULL);
}
void bad_disk_power(int what, unsigned seed) { disk.what = what, disk.seed = seed; die(); }

__attribute__((constructor)) static void from_environment(void) {
    const char *told = getenv("LIFERING_BAD_DISK");
    char folder[PATH];
    int operations, what, times, error;
    long nth, room;
    unsigned seed;
    if (told && sscanf(told, "%d %ld %d %d %d %u %ld %4095[^\n]", &operations, &nth, &what, &times, &error, &seed, &room, folder) == 8)
        bad_disk(folder, operations, nth, what, times, error, seed, room);
}

/* --- what the process asks of its disk ------------------------------------------------------------------------------ */

static int verdict(int operation) {
    if (!(disk.operations & operation)) return NOTHING;
    count++;
    if (!disk.nth || count < disk.nth || (disk.times >= 0 && count >= disk.nth + disk.times)) return NOTHING;
    if (disk.what == SLOW) usleep(PAUSE_US);
    if (disk.what == DIES || (disk.what >= POWER && disk.what <= POWER_TORN) || (disk.what == DIES_HALFWAY && operation != WRITE)) die();
    return disk.what;
}

static int fails(int now) {
    if (now == FAILS) errno = disk.error;
    return now == FAILS;
}

static size_t room_for(int file, off_t at, size_t n, int now) {
    struct stat is;
    fstat(files[file].fd, &is);
    off_t more = at + (off_t)n - is.st_size;
    if (now != FULL || more <= 0) return n;
    if (more > disk.room) n -= (size_t)(more - disk.room), more = disk.room;
    disk.room -= more;
    return n;
}

static ssize_t put(int fd, const void *bytes, size_t n, off_t at, int appends) {
    pthread_mutex_lock(&turn);
    int file = file_of(fd), now = file < 0 ? NOTHING : verdict(WRITE);
    ssize_t done = -1;
    if (file < 0) {
        pthread_mutex_unlock(&turn);
        return appends ? REAL(write)(fd, bytes, n) : REAL(pwrite64)(fd, bytes, n, at);
    }
    if (!fails(now)) {
        if (appends) at = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
        size_t some = now == DIES_HALFWAY || now == SHORT ? n / 2 : room_for(file, at, n, now);
        if (n && !some && now == FULL) errno = ENOSPC;
        else {
            remember_write(file, bytes, at, some);
            done = REAL(pwrite64)(files[file].fd, bytes, some, at);
            if (appends && done > 0) lseek(fd, at + done, SEEK_SET);
        }
        if (now == DIES_HALFWAY) die();
    }
    pthread_mutex_unlock(&turn);
    return done;
}

static ssize_t get(int fd, void *bytes, size_t n, off_t at, int goes_on) {
    pthread_mutex_lock(&turn);
    int failed = file_of(fd) >= 0 && fails(verdict(READ));
    pthread_mutex_unlock(&turn);
    if (failed) return -1;
    return goes_on ? REAL(read)(fd, bytes, n) : REAL(pread64)(fd, bytes, n, at);
}

static int sync_file(int fd, int (*real)(int), int with_metadata) {
    pthread_mutex_lock(&turn);
    int file = file_of(fd), now = file < 0 ? NOTHING : verdict(SYNC), failed = fails(now), done = -1;
    if (now == LIES) { lose(file); failed = 1; errno = EIO; }
    if (!failed) {
        done = real(fd);
        if (file >= 0 && !done) synced(file, with_metadata);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

static int cut(int fd, off64_t size) {
    struct stat is;
    pthread_mutex_lock(&turn);
    int file = file_of(fd), failed = file >= 0 && fails(verdict(CUT)), done = -1;
    if (!failed) {
        if (file >= 0 && !fstat(fd, &is) && is.st_size > size) {
            writes++;
            remember(file, NULL, size, (size_t)(is.st_size - size), size, 0, 1);
            disk.room += is.st_size - size;
        }
        done = REAL(ftruncate64)(fd, size);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

static int begin(const char *path, int flags, mode_t mode) {
    pthread_mutex_lock(&turn);
    int here = is_here(path), is_new = here && flags & O_CREAT && access(path, F_OK);
    int now = here ? verdict(OPEN) : NOTHING, failed = now == FAILS && (disk.error == EIO || is_new || (disk.error == EROFS && flags & (O_WRONLY | O_RDWR)));
    int fd = -1;
    if (failed) errno = disk.error;
    else fd = REAL(open64)(path, flags, mode);
    if (fd >= 0 && is_new) remember_name(NULL, path);
    pthread_mutex_unlock(&turn);
    return fd;
}

static void given_back(const char *path) {
    struct stat is;
    if (!stat(path, &is)) disk.room += is.st_size;
}

static mode_t mode_of(int flags, va_list more) { return flags & O_CREAT ? va_arg(more, mode_t) : 0; }

#define MODE(flags) va_list more; va_start(more, flags); mode_t mode = mode_of(flags, more); va_end(more)
int open(const char *path, int flags, ...) { MODE(flags); return begin(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags); return begin(path, flags, mode); }
ssize_t write(int fd, const void *bytes, size_t n) { return put(fd, bytes, n, 0, 1); }
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) { return put(fd, bytes, n, at, 0); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) { return put(fd, bytes, n, at, 0); }
ssize_t read(int fd, void *bytes, size_t n) { return get(fd, bytes, n, 0, 1); }
ssize_t pread(int fd, void *bytes, size_t n, off_t at) { return get(fd, bytes, n, at, 0); }
ssize_t pread64(int fd, void *bytes, size_t n, off64_t at) { return get(fd, bytes, n, at, 0); }
int fsync(int fd) { return sync_file(fd, REAL(fsync), 1); }
int fdatasync(int fd) { return sync_file(fd, REAL(fdatasync), 0); }
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

int posix_fallocate64(int fd, off64_t at, off64_t n) {
    struct stat is;
    pthread_mutex_lock(&turn);
    int full = file_of(fd) >= 0 && disk.what == FULL && disk.nth && !fstat(fd, &is) && at + n - is.st_size > disk.room;
    if (!full && file_of(fd) >= 0 && disk.what == FULL && disk.nth) disk.room -= at + n - is.st_size;
    pthread_mutex_unlock(&turn);
    return full ? ENOSPC : REAL(posix_fallocate64)(fd, at, n);
}
int posix_fallocate(int fd, off_t at, off_t n) { return posix_fallocate64(fd, at, n); }

int rename(const char *from, const char *to) {
    pthread_mutex_lock(&turn);
    int here = is_here(to), failed = here && fails(verdict(NAME)), done = -1;
    if (here && !failed) remember_name(from, to);
    if (!failed) done = REAL(rename)(from, to);
    if (here && done && !failed) names = names->older;
    pthread_mutex_unlock(&turn);
    return done;
}

int unlink(const char *path) {
    pthread_mutex_lock(&turn);
    int here = is_here(path), failed = here && fails(verdict(NAME)), done = -1;
    int there = here && !failed && !access(path, F_OK);
    if (there) { remember_name(path, NULL); given_back(path); }
    if (!failed) done = REAL(unlink)(path);
    if (there && done) names = names->older;
    pthread_mutex_unlock(&turn);
    return done;
}
