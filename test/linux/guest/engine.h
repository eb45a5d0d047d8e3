// Driving a dma-engine (docs/dma-engine.md) through its mapped BAR0.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENGINE_PLACE "0000:00:05.0"
#define ENGINE_BAR_BYTES 0x20000
#define ENGINE_ID 0x45414d44u

enum {
    ENGINE_CONTROL = 0x00c,
    ENGINE_INTR_STATUS = 0x014,
    ENGINE_INTR_MASK = 0x018,
    ENGINE_SCRATCH = 0x01c,
    ENGINE_MANNERS = 0x020,
    ENGINE_GROUP_SIZE = 0x024,
    ENGINE_GROUPS_OUTSTANDING = 0x02c,
    ENGINE_RETRY_LIMIT = 0x038,
    ENGINE_RETRY_DELAY = 0x03c,
    ENGINE_PAGE_REQUESTS_SENT = 0x04c,
    ENGINE_RESPONSES_SUCCESS = 0x050,
    ENGINE_RESPONSES_INVALID = 0x054,
    ENGINE_INVALIDATIONS_RECEIVED = 0x064,
};

#define ENGINE_QUEUES 4
// How the engine begins, and an engine that knows no credits and asks for 512 pages at once, or that answers no
// invalidation.
enum { ENGINE_RESET = 2, MANNERS_FLOOD = 4, MANNERS_NO_INVALIDATE_ANSWER = 16 };

enum { OP_COPY = 1, OP_FILL = 2, OP_VERIFY = 3 };
enum { WITH_INTERRUPT = 1 << 8, WITH_ATS = 1 << 9, WITH_PAGE_REQUEST = 1 << 10 };
#define WITH_PRI (WITH_ATS | WITH_PAGE_REQUEST)

enum { STATUS_OK, STATUS_UR, STATUS_CA, STATUS_NO_PERMISSION, STATUS_PAGE_INVALID };
#define STATUS_TIME_OUT 0xff
#define STATUS_DONE (1u << 31)

struct descriptor {
    uint32_t control, length;
    uint64_t source, destination, pattern;
    uint64_t unused[2];
    uint32_t status, bytes;
    uint64_t result;
};

// One queue of the engine.
struct engine {
    volatile uint8_t *bar;
    unsigned queue;
    // The queue's ring: where the program sees it, and where the engine does.
    volatile struct descriptor *ring;
    uint64_t ring_iova;
    unsigned tail;
    // Microseconds from the doorbell of the last command to its end.
    double elapsed;
};

// Microseconds of a clock that only goes on.
double now(void);

uint32_t engine_read(const struct engine *engine, unsigned offset);
void engine_write(const struct engine *engine, unsigned offset, uint32_t value);

// Puts the queue to work with a ring of one page; a negative PASID stands for none.
void engine_start(struct engine *engine, void *ring, uint64_t ring_iova, int pasid);
void engine_stop(struct engine *engine);
// Stops the queue with a stop marker: answers to its page requests are not waited for.
void engine_stop_unanswered(struct engine *engine);

// Waits until a register has at least this value.
bool engine_reaches(const struct engine *engine, unsigned offset, uint32_t value);

// Rings the doorbell, and does not wait.
void engine_submit(struct engine *engine, struct descriptor descriptor);
// Waits for the descriptor that was submitted last; answers its status, or STATUS_TIME_OUT.
unsigned engine_wait(struct engine *engine);
unsigned engine_run(struct engine *engine, struct descriptor descriptor);
