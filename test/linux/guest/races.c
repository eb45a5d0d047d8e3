#define _GNU_SOURCE
#include "engine.h"
#include "flows.h"
#include "iommufd_device.h"
#include "report.h"
#include "vfio_device.h"
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ull
// Where the second stage has this program's memory: four levels of tables, the ring, data.
#define BASE 0x1000000ull
#define PAGES 6
#define LEAVES 3
#define RING_PAGE 4
#define DATA_PAGE 5
#define RING_IOVA 0x7fff00000000ull
// Entries of the table of leaves: the ring's, those that are fought for, and some that nobody uses.
#define FIRST 16
#define ENTRIES 448
#define LEAF_ENTRIES 512
#define IOVA(entry) (RING_IOVA + (entry) * PAGE)

#define PRESENT_WRITE_USER 7ull
#define ACCESSED (1ull << 5)
#define DIRTY (1ull << 6)
#define FLAGS (ACCESSED | DIRTY)
// Bits 62:52 of an entry are software's (9.7): here they count the processor's updates.
#define COUNT_SHIFT 52
#define COUNT_MASK (0x7ffull << COUNT_SHIFT)
#define PATTERN 0x5241434552414345ull

static uint64_t (*memory)[PAGE / 8];

// What one processor does to the entries, in turn, until it is told to stop.
struct updates {
    unsigned count;  // of entries
    unsigned pause;  // loops between updates
    bool atomic;     // by compare-and-exchange, else by a read and a write
    volatile bool ready, stop;
    uint64_t made, lost;
};

struct figures {
    unsigned accesses, failed, flags_lost;
};

static volatile uint64_t *entry_of(unsigned index) { return &memory[LEAVES][FIRST + index]; }

static uint64_t next_count(uint64_t entry) { return (entry & ~COUNT_MASK) | ((entry + (1ull << COUNT_SHIFT)) & COUNT_MASK); }

// Counts on in the software's bits of each entry. Where the count is not what it left there, the unit
// has put an older entry back.
static void *update_entries(void *argument) {
    struct updates *updates = argument;
    static uint64_t left[ENTRIES];
    cpu_set_t second;
    CPU_ZERO(&second);
    CPU_SET(1, &second);
    sched_setaffinity(0, sizeof second, &second);
    for (unsigned i = 0; i < updates->count; i++)
        left[i] = *entry_of(i) & COUNT_MASK;
    updates->ready = true;
    for (unsigned i = 0; !updates->stop; i = (i + 1) % updates->count) {
        volatile uint64_t *entry = entry_of(i);
        uint64_t found = *entry;
        if (updates->atomic) {
            while (!__atomic_compare_exchange_n(entry, &found, next_count(found), false, __ATOMIC_SEQ_CST,
                                                __ATOMIC_SEQ_CST))
                ;
        } else {
            *entry = next_count(found);
        }
        updates->lost += (found & COUNT_MASK) != left[i];
        left[i] = next_count(found) & COUNT_MASK;
        updates->made++;
        for (volatile unsigned wait = 0; wait < updates->pause; wait++)
            ;
    }
    return NULL;
}

// As engine_run, asleep: two processors that are busy leave none to the unit.
static unsigned run_asleep(struct engine *engine, struct descriptor descriptor) {
    const unsigned slot = engine->tail;
    engine_submit(engine, descriptor);
    const double end = now() + 20e6;
    while (!(engine->ring[slot].status & STATUS_DONE) && now() < end)
        usleep(500);
    return engine_wait(engine);
}

// The engine writes through `count` entries whose flags are clear, and that the unit has not cached.
static void access_entries(const struct iommufd_device *device, struct engine *engine, uint32_t hwpt, unsigned count,
                           struct figures *figures) {
    for (unsigned i = 0; i < count; i++)
        __atomic_fetch_and(entry_of(i), ~FLAGS, __ATOMIC_SEQ_CST);
    iommufd_invalidate(device, hwpt, IOVA(FIRST), ENTRIES);
    const unsigned status = run_asleep(engine, (struct descriptor){.control = OP_FILL,
                                                                   .length = count * PAGE,
                                                                   .destination = IOVA(FIRST),
                                                                   .pattern = PATTERN});
    if (status != STATUS_OK) {
        figures->failed++;
        return;
    }
    for (unsigned i = 0; i < count; i++)
        figures->flags_lost += (*entry_of(i) & FLAGS) != FLAGS;
    figures->accesses += count;
}

static void race(const struct iommufd_device *device, struct engine *engine, uint32_t hwpt, const char *title,
                 struct updates updates, unsigned rounds) {
    struct figures figures = {0};
    pthread_t thread;
    pthread_create(&thread, NULL, update_entries, &updates);
    while (!updates.ready)
        sched_yield();
    const double start = now();
    for (unsigned round = 0; round < rounds; round++)
        access_entries(device, engine, hwpt, updates.count, &figures);
    const double elapsed = now() - start;
    updates.stop = true;
    pthread_join(thread, NULL);
    note("races: %s: %u flags of the unit, %llu of them undid an update of the processor (%.1f%%), which made %.2f a us; "
         "%u flags lost; %u DMA of %u failed",
         title, figures.accesses, (unsigned long long)updates.lost, 100.0 * updates.lost / figures.accesses,
         updates.made / elapsed, figures.flags_lost, figures.failed, rounds);
}

static uint64_t leaf_of(unsigned index) {
    return (BASE + (index == 0 ? RING_PAGE : DATA_PAGE) * PAGE) | PRESENT_WRITE_USER;
}

// Whatever raced, each word is one that either side wrote, and its neighbours are as they were.
static void check_words(void) {
    unsigned wrong = 0;
    for (unsigned i = 0; i < LEAF_ENTRIES; i++) {
        const bool fought_for = i >= FIRST && i < FIRST + ENTRIES;
        const uint64_t own = fought_for ? FLAGS | COUNT_MASK : i == 0 ? FLAGS : 0;
        wrong += ((memory[LEAVES][i] ^ leaf_of(i)) & ~own) != 0;
    }
    for (unsigned level = 0; level < LEAVES; level++) {
        for (unsigned i = 0; i < LEAF_ENTRIES; i++) {
            const bool used = i == (RING_IOVA >> (39 - 9 * level) & 511);
            const uint64_t expected = used ? (BASE + (level + 1) * PAGE) | PRESENT_WRITE_USER : 0;
            wrong += ((memory[level][i] ^ expected) & ~(used ? ACCESSED : 0)) != 0;
        }
    }
    check("races-words", wrong == 0, "%u entries have bits that nobody wrote", wrong);
}

static void build_tables(void) {
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        give_up("races-attach", "mmap");
    memset(memory, 0, PAGES * PAGE);
    for (unsigned level = 0; level < LEAVES; level++)
        memory[level][RING_IOVA >> (39 - 9 * level) & 511] = (BASE + (level + 1) * PAGE) | PRESENT_WRITE_USER;
    for (unsigned i = 0; i < LEAF_ENTRIES; i++)
        memory[LEAVES][i] = leaf_of(i);
}

void flow_races(void) {
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        skip("races-words", "it takes two processors");
        return;
    }
    struct iommufd_device device = iommufd_open("races-attach");
    build_tables();
    const uint32_t parent = iommufd_paging_hwpt(&device, IOMMU_HWPT_ALLOC_NEST_PARENT);
    iommufd_map(&device, BASE, memory, PAGES * PAGE);
    const uint32_t hwpt = iommufd_nested_hwpt(&device, parent, BASE);
    iommufd_attach(&device, hwpt);
    struct engine engine = {.bar = vfio_open_window(device.device, "races-attach")};
    engine_start(&engine, memory[RING_PAGE], RING_IOVA, -1);

    race(&device, &engine, hwpt, "448 entries in turn", (struct updates){.count = ENTRIES, .atomic = true}, 40);
    race(&device, &engine, hwpt, "448 entries in turn, not atomically", (struct updates){.count = ENTRIES}, 40);
    race(&device, &engine, hwpt, "1 entry, at times", (struct updates){.count = 1, .pause = 2000, .atomic = true}, 300);
    race(&device, &engine, hwpt, "1 entry, all the time", (struct updates){.count = 1, .atomic = true}, 100);
    check_words();
    engine_stop(&engine);
}
