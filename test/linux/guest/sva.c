#include "flows.h"
#include "report.h"
#include "sva_device.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

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

// Another process works in an address space of its own.
static void work_in_two_processes(void) {
    const pid_t child = fork();
    if (child < 0)
        give_up("sva-second-process", "fork");
    if (child > 0) {
        waitpid(child, NULL, 0);
        return;
    }
    struct sva sva = sva_require("sva-second-process");
    struct engine engine = sva_start(&sva, "sva-second-process", 1);
    uint64_t *memory = pages(4, PROT_READ | PROT_WRITE);
    const unsigned status = engine_run(&engine, fill(memory, 4 * PAGE));
    check("sva-second-process", status == STATUS_OK && filled(memory, 4 * PAGE), "status %u", status);
    engine_stop(&engine);
    sva_close(&sva);
    exit(0);
}

void flow_sva(void) {
    struct sva sva = sva_open("sva-bind");
    if (sva.error == ENODEV || sva.error == EOPNOTSUPP || sva.error == ENOSPC) {
        skip("sva-bind", "the kernel binds no address space: %s", strerror(sva.error));
        return;
    }
    if (sva.error)
        give_up("sva-bind", "opening the module's device");
    struct engine engine = sva_start(&sva, "sva-bind", 0);
    ok("sva-bind");

    fault_one_by_one(&engine);
    fault_in_groups(&engine);
    take_pages_away(&engine);
    write_what_is_read_only(&engine);
    engine_stop(&engine);
    work_in_two_processes();
    sva_close(&sva);
}
