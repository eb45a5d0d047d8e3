#define _GNU_SOURCE
#include "flows.h"
#include "report.h"
#include "sva_device.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGES 64
#define GROUP_SIZE 8
#define GROUPS (PAGES / GROUP_SIZE)
#define QUEUE 3
#define A_WHILE 200000

static volatile bool closed;

static void *give_back(void *sva) {
    sva_close(sva);
    closed = true;
    return NULL;
}

// Asks for pages that the kernel will not hear of for now; true if all requests are on their way.
static bool ask(struct engine *engine) {
    const uint32_t sent = engine_read(engine, ENGINE_PAGE_REQUESTS_SENT);
    engine_submit(engine, fill(pages(PAGES, PROT_READ | PROT_WRITE), PAGES * PAGE));
    return engine_reaches(engine, ENGINE_PAGE_REQUESTS_SENT, sent + PAGES) &&
           engine_read(engine, ENGINE_GROUPS_OUTSTANDING) == GROUPS;
}

// The engine is told to stop, and the address space is given back while its page requests lie in the unit's queue.
static void give_back_while_asking(const struct sva *parent) {
    struct sva sva = sva_require("drain-waits");
    struct engine engine = sva_start(&sva, "drain-waits", QUEUE);
    // The window of a file that is to be closed cannot stay.
    engine.bar = parent->bar;
    sva_hold_page_requests(parent, "drain-waits");
    if (!ask(&engine))
        give_up("drain-waits", "asking for pages");
    engine_stop_unanswered(&engine);
    const uint32_t before = engine_read(&engine, ENGINE_GROUPS_OUTSTANDING);
    pthread_t closing;
    pthread_create(&closing, NULL, give_back, &sva);
    usleep(A_WHILE);
    const bool waits = !closed;
    sva_let_page_requests(parent, "drain-waits");
    pthread_join(closing, NULL);
    const uint32_t after = engine_read(&engine, ENGINE_GROUPS_OUTSTANDING);
    check("drain-waits", waits, "the address space was given back before its page requests were looked at");
    check("drain-answered", before == GROUPS && after == 0, "%u groups were without an answer, and %u are", before,
          after);
}

static uint32_t groups_outstanding(const struct engine *engine) {
    const double end = now() + 10e6;
    while (engine_read(engine, ENGINE_GROUPS_OUTSTANDING) != 0 && now() < end)
        usleep(1000);
    return engine_read(engine, ENGINE_GROUPS_OUTSTANDING);
}

// A process dies while its page requests lie in the unit's queue: Linux 7.2 does not wait for them then.
static void die_while_asking(const struct sva *parent) {
    const struct engine engine = {.bar = parent->bar};
    sva_hold_page_requests(parent, "drain-killed");
    const uint32_t sent = engine_read(&engine, ENGINE_PAGE_REQUESTS_SENT);
    const uint32_t refused = engine_read(&engine, ENGINE_RESPONSES_INVALID);
    const pid_t child = fork();
    if (child == 0) {
        const struct sva sva = sva_require("drain-killed");
        struct engine own = sva_start(&sva, "drain-killed", QUEUE);
        ask(&own);
        pause();
    }
    if (child < 0 || !engine_reaches(&engine, ENGINE_PAGE_REQUESTS_SENT, sent + PAGES))
        give_up("drain-killed", "a process that asks for pages");
    kill(child, SIGKILL);
    usleep(A_WHILE);
    sva_let_page_requests(parent, "drain-killed");
    waitpid(child, NULL, 0);
    const uint32_t outstanding = groups_outstanding(&engine);
    const uint32_t invalid = engine_read(&engine, ENGINE_RESPONSES_INVALID) - refused;
    check("drain-killed", outstanding == 0 && invalid == GROUPS, "%u groups have no answer, %u were refused",
          outstanding, invalid);
}

static void work_afterwards(const struct sva *sva) {
    struct engine engine = sva_start(sva, "drain-after", 0);
    uint64_t *memory = pages(PAGES, PROT_READ | PROT_WRITE);
    const unsigned status = engine_run(&engine, fill(memory, PAGES * PAGE));
    check("drain-after", status == STATUS_OK && filled(memory, PAGES * PAGE), "status %u", status);
    engine_stop(&engine);
}

void flow_drain(void) {
    struct sva sva = sva_require("drain-bind");
    const struct engine engine = {.bar = sva.bar};
    engine_write(&engine, ENGINE_GROUP_SIZE, GROUP_SIZE);
    engine_write(&engine, ENGINE_MANNERS, MANNERS_FLOOD);
    const pid_t child = fork();
    if (child == 0) {
        give_back_while_asking(&sva);
        exit(0);
    }
    waitpid(child, NULL, 0);
    die_while_asking(&sva);
    engine_write(&engine, ENGINE_CONTROL, ENGINE_RESET);
    work_afterwards(&sva);
    sva_close(&sva);
}
