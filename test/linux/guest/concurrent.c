#include "flows.h"
#include "report.h"
#include "sva_device.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGES 64
#define GROUP_SIZE 8
#define ROUNDS 4

// Queues from `first` to `end` each fill pages that were never touched, and the processor reads some at the same time.
static bool fill_at_once(const struct sva *sva, unsigned first, unsigned end, const char *name) {
    struct engine engines[ENGINE_QUEUES];
    uint64_t *memory[ENGINE_QUEUES];
    for (unsigned i = first; i < end; i++)
        engines[i] = sva_start(sva, name, i);
    bool good = true;
    for (unsigned round = 0; good && round < ROUNDS; round++) {
        for (unsigned i = first; i < end; i++)
            memory[i] = pages(PAGES, PROT_READ | PROT_WRITE);
        for (unsigned i = first; i < end; i++)
            engine_submit(&engines[i], fill(memory[i], PAGES * PAGE));
        for (int page = PAGES - 1; page >= 0; page -= 3) {
            for (unsigned i = first; i < end; i++)
                (void)*(volatile uint64_t *)(memory[i] + page * PAGE / 8);
        }
        for (unsigned i = first; i < end; i++) {
            const unsigned status = engine_wait(&engines[i]);
            good = good && status == STATUS_OK && filled(memory[i], PAGES * PAGE);
            if (status != STATUS_OK)
                not_ok(name, "queue %u, round %u: status %u", i, round, status);
            munmap(memory[i], PAGES * PAGE);
        }
    }
    for (unsigned i = first; i < end; i++)
        engine_stop(&engines[i]);
    return good;
}

static void work_at_once(const struct sva *sva) {
    const pid_t child = fork();
    if (child < 0)
        give_up("concurrent-processes", "fork");
    if (child == 0) {
        struct sva own = sva_require("concurrent-processes");
        const bool good = fill_at_once(&own, 2, 4, "concurrent-processes");
        sva_close(&own);
        exit(good ? 0 : 1);
    }
    const bool good = fill_at_once(sva, 0, 2, "concurrent-processes");
    int ending = 1;
    waitpid(child, &ending, 0);
    check("concurrent-processes", good && ending == 0, "this one's pages: %d, the other ended with %d", good, ending);
}

void flow_concurrent(void) {
    struct sva sva = sva_require("concurrent-bind");
    const struct engine engine = {.bar = sva.bar};
    engine_write(&engine, ENGINE_GROUP_SIZE, GROUP_SIZE);
    check("concurrent-queues", fill_at_once(&sva, 0, 4, "concurrent-queues"), "pages differ");
    work_at_once(&sva);
    sva_close(&sva);
}
