#define _GNU_SOURCE
#include "engine.h"
#include "flows.h"
#include "report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEVICE "/dev/viommu-sva"
#define PAGE 4096
#define PATTERN 0x5041474552455155ull

static uint64_t *pages(unsigned count, int protection) {
    void *memory = mmap(NULL, count * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        give_up("sva-memory", "mmap");
    return memory;
}

static struct descriptor fill(void *memory, unsigned length) {
    return (struct descriptor){.control = OP_FILL | WITH_PRI,
                               .length = length,
                               .destination = (uintptr_t)memory,
                               .pattern = PATTERN};
}

static bool filled(const uint64_t *memory, unsigned length) {
    for (unsigned i = 0; i < length / 8; i++) {
        if (memory[i] != PATTERN)
            return false;
    }
    return true;
}

static void fault_one_by_one(struct engine *engine) {
    uint64_t *memory = pages(16, PROT_READ | PROT_WRITE);
    double sum = 0, least = 1e9, first = 0;
    for (int page = 0; page < 16; page++) {
        uint64_t *at = memory + page * PAGE / 8;
        const unsigned status = engine_run(engine, fill(at, PAGE));
        if (status != STATUS_OK || !filled(at, PAGE)) {
            not_ok("sva-page-request", "page %d: status %u", page, status);
            return;
        }
        sum += engine->elapsed;
        if (page == 0)
            first = engine->elapsed;
        if (engine->elapsed < least)
            least = engine->elapsed;
    }
    ok("sva-page-request");
    note("sva: %.0f us for a DMA with a page request (first %.0f, least %.0f)", sum / 16, first, least);
    const unsigned status = engine_run(engine, fill(memory, PAGE));
    check("sva-present", status == STATUS_OK, "status %u", status);
    note("sva: %.0f us for the same without", engine->elapsed);
}

static void fault_in_groups(struct engine *engine) {
    uint64_t *memory = pages(32, PROT_READ | PROT_WRITE);
    const uint32_t before = engine_read(engine, ENGINE_PAGE_REQUESTS_SENT);
    engine_write(engine, ENGINE_GROUP_SIZE, 8);
    const unsigned status = engine_run(engine, fill(memory, 32 * PAGE));
    const uint32_t asked = engine_read(engine, ENGINE_PAGE_REQUESTS_SENT) - before;
    check("sva-page-groups", status == STATUS_OK && asked >= 32 && filled(memory, 32 * PAGE),
          "status %u, %u page requests", status, asked);
    note("sva: %.0f us for 32 pages in groups of 8", engine->elapsed);
}

// What the engine's TLB holds has to go when the kernel takes a page away.
static void take_pages_away(struct engine *engine) {
    uint64_t *memory = pages(4, PROT_READ | PROT_WRITE);
    unsigned status = engine_run(engine, fill(memory, 4 * PAGE));
    madvise(memory, 4 * PAGE, MADV_DONTNEED);
    const uint64_t gone = memory[0];
    const unsigned again = engine_run(engine, fill(memory, 4 * PAGE));
    check("sva-invalidate", status == STATUS_OK && gone == 0 && again == STATUS_OK && filled(memory, 4 * PAGE),
          "status %u, then %u", status, again);

    munmap(memory, 4 * PAGE);
    status = engine_run(engine, fill(memory, PAGE));
    check("sva-unmapped", status == STATUS_PAGE_INVALID, "status %u", status);
}

static void write_what_is_read_only(struct engine *engine) {
    uint64_t *memory = pages(1, PROT_READ);
    unsigned status = engine_run(engine, fill(memory, 8));
    check("sva-read-only-write", status == STATUS_PAGE_INVALID, "status %u", status);
    status = engine_run(engine, (struct descriptor){.control = OP_VERIFY | WITH_PRI,
                                                    .length = PAGE,
                                                    .source = (uintptr_t)memory});
    check("sva-read-only-read", status == STATUS_OK, "status %u", status);
}

// A queue in this process's address space; `opened` is a descriptor of the module's device.
static struct engine start_queue(const char *name, int opened, unsigned queue) {
    const int pasid = ioctl(opened, 0);
    if (pasid <= 0)
        give_up(name, "asking for the PASID");
    note("sva: PASID %d", pasid);
    void *bar = mmap(NULL, ENGINE_BAR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
    if (bar == MAP_FAILED)
        give_up(name, "mapping BAR0");
    // Descriptors are fetched without page requests.
    uint64_t *ring = pages(1, PROT_READ | PROT_WRITE);
    if (mlock(ring, PAGE) != 0)
        give_up(name, "mlock");
    memset(ring, 0, PAGE);
    struct engine engine = {.bar = bar, .queue = queue};
    engine_start(&engine, ring, (uintptr_t)ring, pasid);
    return engine;
}

// Gives the address space back. Were the window still mapped, the kernel would do that when the process ends,
// and then does not drain its page requests.
static void stop_queue(struct engine *engine, int opened) {
    engine_stop(engine);
    munmap((void *)engine->bar, ENGINE_BAR_BYTES);
    close(opened);
}

// Another process works in an address space of its own.
static void work_in_two_processes(void) {
    const pid_t child = fork();
    if (child < 0)
        give_up("sva-second-process", "fork");
    if (child > 0) {
        waitpid(child, NULL, 0);
        return;
    }
    const int device = open(DEVICE, O_RDWR);
    if (device < 0)
        give_up("sva-second-process", DEVICE);
    struct engine engine = start_queue("sva-second-process", device, 1);
    uint64_t *memory = pages(4, PROT_READ | PROT_WRITE);
    const unsigned status = engine_run(&engine, fill(memory, 4 * PAGE));
    check("sva-second-process", status == STATUS_OK && filled(memory, 4 * PAGE), "status %u", status);
    stop_queue(&engine, device);
    exit(0);
}

void flow_sva(void) {
    const int device = open(DEVICE, O_RDWR);
    if (device < 0 && (errno == ENODEV || errno == EOPNOTSUPP || errno == ENOSPC)) {
        skip("sva-bind", "the kernel binds no address space: %s", strerror(errno));
        return;
    }
    if (device < 0)
        give_up("sva-bind", DEVICE);
    struct engine engine = start_queue("sva-bind", device, 0);
    ok("sva-bind");

    fault_one_by_one(&engine);
    fault_in_groups(&engine);
    take_pages_away(&engine);
    write_what_is_read_only(&engine);
    engine_stop(&engine);
    work_in_two_processes();
    stop_queue(&engine, device);
}
