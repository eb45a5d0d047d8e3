#define _GNU_SOURCE
#include "flows.h"
#include "report.h"
#include "sva_device.h"
#include <fcntl.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <unistd.h>

// What one queue of the engine asks for in a flood: four of them fill the unit's queue of 2048 descriptors,
// which is full with one less.
#define FLOOD_PAGES 512
#define GROUP_SIZE 8
#define GROUPS (FLOOD_PAGES / GROUP_SIZE)
enum { READ_ALL = 3 };

// What the kernel wrote last is not told before it writes something else: its line has no end.
static void end_line_of_kernel(void) {
    const char text[] = "<6>flows: so far\n";
    const int log = open("/dev/kmsg", O_WRONLY);
    if (log < 0 || write(log, text, sizeof text - 1) < 0)
        give_up("overflow-kernel", "/dev/kmsg");
    close(log);
}

static bool kernel_said(const char *text) {
    static char log[1 << 18];
    const int length = klogctl(READ_ALL, log, sizeof log - 1);
    log[length < 0 ? 0 : length] = 0;
    return strstr(log, text) != NULL;
}

static uint64_t *ask_for_all(struct engine *engine) {
    uint64_t *memory = pages(FLOOD_PAGES, PROT_READ | PROT_WRITE);
    engine_submit(engine, fill(memory, FLOOD_PAGES * PAGE));
    return memory;
}

// Every queue has what it asked for.
static bool served(struct engine engines[], uint64_t *memory[], const char *name) {
    for (unsigned i = 0; i < ENGINE_QUEUES; i++) {
        const unsigned status = engine_wait(&engines[i]);
        if (status != STATUS_OK || !filled(memory[i], FLOOD_PAGES * PAGE)) {
            not_ok(name, "queue %u: status %u", i, status);
            return false;
        }
        munmap(memory[i], FLOOD_PAGES * PAGE);
    }
    return true;
}

// The kernel does not look at its queue: it runs full, and the unit answers in its place.
static void overflow(const struct sva *sva, struct engine engines[]) {
    uint64_t *memory[ENGINE_QUEUES];
    const struct engine *engine = &engines[0];
    const uint32_t sent = engine_read(engine, ENGINE_PAGE_REQUESTS_SENT);
    const uint32_t answered = engine_read(engine, ENGINE_RESPONSES_SUCCESS);
    sva_hold_page_requests(sva, "overflow-answered");
    for (unsigned i = 0; i < ENGINE_QUEUES; i++)
        memory[i] = ask_for_all(&engines[i]);
    if (!engine_reaches(engine, ENGINE_PAGE_REQUESTS_SENT, sent + ENGINE_QUEUES * FLOOD_PAGES))
        give_up("overflow-answered", "waiting for the page requests of a flood");
    // One queue forgets what it asked for, and asks for something else: there is no space for any of that.
    engine_stop_unanswered(&engines[0]);
    engines[0] = sva_start(sva, "overflow-answered", 0);
    memory[0] = ask_for_all(&engines[0]);
    const bool come = engine_reaches(engine, ENGINE_RESPONSES_SUCCESS, answered + 1 + 2 * GROUPS);
    check("overflow-answered", come, "%u answers came while the kernel did not look",
          engine_read(engine, ENGINE_RESPONSES_SUCCESS) - answered);
    sva_let_page_requests(sva, "overflow-answered");
    if (served(engines, memory, "overflow-recovery"))
        ok("overflow-recovery");
    note("overflow: %.0f us for 4 times 512 pages, %.0f of them behind the overflow",
         engines[3].elapsed, engines[0].elapsed);
    end_line_of_kernel();
    check("overflow-kernel", kernel_said("PRQ overflow detected") && kernel_said("PRQ overflow cleared"),
          "it did not tell of an overflow that it cleared");
}

static void flood(struct engine engines[]) {
    uint64_t *memory[ENGINE_QUEUES];
    for (unsigned i = 0; i < ENGINE_QUEUES; i++)
        memory[i] = ask_for_all(&engines[i]);
    if (served(engines, memory, "overflow-flood"))
        ok("overflow-flood");
    note("overflow: %.0f us for 4 times 512 pages, the kernel awake", engines[3].elapsed);
}

static void ask_as_usual(struct engine *engine) {
    uint64_t *memory = pages(16, PROT_READ | PROT_WRITE);
    for (unsigned page = 0; page < 16; page++) {
        uint64_t *at = memory + page * PAGE / 8;
        const unsigned status = engine_run(engine, fill(at, PAGE));
        if (status != STATUS_OK || !filled(at, PAGE)) {
            not_ok("overflow-after", "page %u: status %u", page, status);
            return;
        }
    }
    ok("overflow-after");
}

void flow_overflow(void) {
    struct sva sva = sva_require("overflow-bind");
    struct engine engines[ENGINE_QUEUES];
    for (unsigned i = 0; i < ENGINE_QUEUES; i++)
        engines[i] = sva_start(&sva, "overflow-bind", i);
    engine_write(&engines[0], ENGINE_GROUP_SIZE, GROUP_SIZE);
    engine_write(&engines[0], ENGINE_RETRY_LIMIT, 0);
    engine_write(&engines[0], ENGINE_RETRY_DELAY, 5000);
    engine_write(&engines[0], ENGINE_MANNERS, MANNERS_FLOOD);
    overflow(&sva, engines);
    flood(engines);
    engine_write(&engines[0], ENGINE_MANNERS, 0);
    ask_as_usual(&engines[0]);
    for (unsigned i = 0; i < ENGINE_QUEUES; i++)
        engine_stop(&engines[i]);
    engine_write(&engines[0], ENGINE_CONTROL, ENGINE_RESET);
    sva_close(&sva);
}
