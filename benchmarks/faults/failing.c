/* The system's calls that write below $FAILING_UNDER fail from the $FAILING_AT-th on, or that one
 * only ($FAILING_ONCE=1), with error number $FAILING_ERRNO. All processes count in one file,
 * $FAILING_COUNT. Loaded by LD_PRELOAD; see disk.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static volatile long *count;
static const char *under;
static long at;
static int number, once;

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("FAILING_COUNT");
    under = getenv("FAILING_UNDER");
    if (!file || !under) return;
    at = atol(getenv("FAILING_AT"));
    number = atoi(getenv("FAILING_ERRNO"));
    once = atoi(getenv("FAILING_ONCE"));
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    int fd = real(file, O_RDWR | O_CREAT, 0600);
    if (fd < 0) return;
    void *shared = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED) count = shared;
}

static int fails(void) {
    long now = __sync_add_and_fetch(count, 1);
    if (at == 0 || now < at || (once && now > at)) return 0;
    errno = number;
    return 1;
}

static int below(const char *path) {
    return count && path && strncmp(path, under, strlen(under)) == 0;
}

static int below_fd(int fd) {
    char name[64], path[PATH_MAX];
    if (!count) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return below(path);
}

#define REAL(name, ...) \
    static __typeof__(__VA_ARGS__) real; \
    if (!real) real = (__typeof__(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t n) {
    REAL(write, ssize_t (*)(int, const void *, size_t));
    return below_fd(fd) && fails() ? -1 : real(fd, data, n);
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t to) {
    REAL(pwrite, ssize_t (*)(int, const void *, size_t, off_t));
    return below_fd(fd) && fails() ? -1 : real(fd, data, n, to);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t to) {
    REAL(pwrite64, ssize_t (*)(int, const void *, size_t, off64_t));
    return below_fd(fd) && fails() ? -1 : real(fd, data, n, to);
}
int fsync(int fd) {
    REAL(fsync, int (*)(int));
    return below_fd(fd) && fails() ? -1 : real(fd);
}
int fdatasync(int fd) {
    REAL(fdatasync, int (*)(int));
    return below_fd(fd) && fails() ? -1 : real(fd);
}
int ftruncate(int fd, off_t to) {
    REAL(ftruncate, int (*)(int, off_t));
    return below_fd(fd) && fails() ? -1 : real(fd, to);
}
int ftruncate64(int fd, off64_t to) {
    REAL(ftruncate64, int (*)(int, off64_t));
    return below_fd(fd) && fails() ? -1 : real(fd, to);
}
int posix_fallocate(int fd, off_t from, off_t n) {
    REAL(posix_fallocate, int (*)(int, off_t, off_t));
    return below_fd(fd) && fails() ? number : real(fd, from, n);
}
int posix_fallocate64(int fd, off64_t from, off64_t n) {
    REAL(posix_fallocate64, int (*)(int, off64_t, off64_t));
    return below_fd(fd) && fails() ? number : real(fd, from, n);
}
int rename(const char *from, const char *to) {
    REAL(rename, int (*)(const char *, const char *));
    return below(to) && fails() ? -1 : real(from, to);
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir, int (*)(const char *, mode_t));
    return below(path) && fails() ? -1 : real(path, mode);
}
static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    /* Of new files only: what is there is opened for writing by those who only read, too. */
    if ((flags & (O_CREAT | O_TRUNC)) && below(path) && access(path, F_OK) != 0 && fails())
        return -1;
    return real(path, flags, mode);
}
int open(const char *path, int flags, ...) {
    REAL(open, int (*)(const char *, int, ...));
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more);
    return opened(real, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    REAL(open64, int (*)(const char *, int, ...));
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more);
    return opened(real, path, flags, mode);
}
