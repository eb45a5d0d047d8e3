#include "engine.h"
#include <sched.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE_BLOCK = 0x1000, QUEUE_BLOCK_BYTES = 0x100 };
enum { QUEUE_CONTROL = 0x00, QUEUE_STATUS = 0x04, QUEUE_PASID = 0x08, QUEUE_RING_SIZE = 0x0c };
enum { QUEUE_RING_BASE = 0x10, QUEUE_TAIL = 0x1c };
enum { QUEUE_ENABLE = 1, QUEUE_PASID_VALID = 2, QUEUE_INTERRUPT_ENABLE = 16, QUEUE_STOP_MARKER = 32 };
#define RING_LOG2 6
#define PATIENCE 20e6

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

uint32_t engine_read(const struct engine *engine, unsigned offset) {
    return *(volatile uint32_t *)(engine->bar + offset);
}

void engine_write(const struct engine *engine, unsigned offset, uint32_t value) {
    *(volatile uint32_t *)(engine->bar + offset) = value;
}

bool engine_reaches(const struct engine *engine, unsigned offset, uint32_t value) {
    const double end = now() + PATIENCE;
    while (engine_read(engine, offset) < value) {
        if (now() > end)
            return false;
        usleep(1000);
    }
    return true;
}

static void queue_write(struct engine *engine, unsigned offset, uint32_t value) {
    engine_write(engine, QUEUE_BLOCK + engine->queue * QUEUE_BLOCK_BYTES + offset, value);
}

void engine_start(struct engine *engine, void *ring, uint64_t ring_iova, int pasid) {
    engine->ring = ring;
    engine->ring_iova = ring_iova;
    engine->tail = 0;
    queue_write(engine, QUEUE_PASID, pasid < 0 ? 0 : pasid);
    queue_write(engine, QUEUE_RING_SIZE, RING_LOG2);
    queue_write(engine, QUEUE_RING_BASE, (uint32_t)ring_iova);
    queue_write(engine, QUEUE_RING_BASE + 4, ring_iova >> 32);
    queue_write(engine, QUEUE_CONTROL,
                QUEUE_ENABLE | QUEUE_INTERRUPT_ENABLE | (pasid < 0 ? 0 : QUEUE_PASID_VALID));
}

static void stop(struct engine *engine, uint32_t control) {
    queue_write(engine, QUEUE_CONTROL, control);
    const double end = now() + PATIENCE;
    const unsigned status = QUEUE_BLOCK + engine->queue * QUEUE_BLOCK_BYTES + QUEUE_STATUS;
    while ((engine_read(engine, status) & 15) != 0 && now() < end)
        ;
}

void engine_stop(struct engine *engine) { stop(engine, 0); }

void engine_stop_unanswered(struct engine *engine) { stop(engine, QUEUE_STOP_MARKER); }

void engine_submit(struct engine *engine, struct descriptor descriptor) {
    volatile struct descriptor *slot = &engine->ring[engine->tail];
    *slot = descriptor;
    engine->tail = (engine->tail + 1) % (1 << RING_LOG2);
    __sync_synchronize();
    engine->elapsed = -now();
    queue_write(engine, QUEUE_TAIL, engine->tail);
}

unsigned engine_wait(struct engine *engine) {
    const unsigned last = (engine->tail + (1 << RING_LOG2) - 1) % (1 << RING_LOG2);
    const double end = now() + PATIENCE;
    while (!(engine->ring[last].status & STATUS_DONE)) {
        if (now() > end)
            return STATUS_TIME_OUT;
        sched_yield();
    }
    engine->elapsed += now();
    return engine->ring[last].status & 0xff;
}

unsigned engine_run(struct engine *engine, struct descriptor descriptor) {
    engine_submit(engine, descriptor);
    return engine_wait(engine);
}
