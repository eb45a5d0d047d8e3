#include "engine.h"
#include "flows.h"
#include "iommufd_device.h"
#include "report.h"
#include "vfio_device.h"
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define RING 0x3000000ull
#define MISSING 0x4000000ull

enum how { REPLACED, DETACHED };

// The engine's window, its ring, and two tables over one address space: one is attached.
struct bench {
    struct iommufd_device device;
    struct engine engine;
    void *ring;
    uint32_t attached, other;
};

static void start(struct bench *bench) { engine_start(&bench->engine, bench->ring, RING, -1); }

static void take_away(struct bench *bench, enum how how) {
    const uint32_t other = bench->other;
    bench->device.name = "pending-attach";
    if (how == DETACHED) {
        iommufd_detach(&bench->device);
        return;
    }
    iommufd_attach(&bench->device, other);
    bench->other = bench->attached;
    bench->attached = other;
}

// The kernel does not take an answer any more: there is nothing left to be answered.
static bool too_late(const struct bench *bench, const struct iommu_hwpt_pgfault *fault) {
    const struct iommu_hwpt_page_response answer = {.cookie = fault->cookie, .code = IOMMUFD_PAGE_RESP_SUCCESS};
    return write(bench->device.fault_fd, &answer, sizeof answer) == -1 && errno == EINVAL;
}

// Nor does it tell of a fault that has been answered.
static bool nothing_to_read(const struct bench *bench) {
    struct iommu_hwpt_pgfault fault;
    return read(bench->device.fault_fd, &fault, sizeof fault) == 0;
}

// A fault waits, read by this program or not, when the table that it is of goes away.
static void lose_table(struct bench *bench, const char *name, enum how how, bool read_before) {
    struct iommu_hwpt_pgfault fault;
    const uint32_t refused = engine_read(&bench->engine, ENGINE_RESPONSES_INVALID);
    engine_submit(&bench->engine, (struct descriptor){.control = OP_FILL | WITH_PRI, .length = 8, .destination = MISSING});
    const bool came = read_before ? iommufd_next_fault(&bench->device, &fault) : iommufd_faulted(&bench->device);
    const uint32_t early = engine_read(&bench->engine, ENGINE_RESPONSES_INVALID) - refused;
    take_away(bench, how);
    const bool invalid = engine_reaches(&bench->engine, ENGINE_RESPONSES_INVALID, refused + 1);
    const bool gone = read_before ? too_late(bench, &fault) : nothing_to_read(bench);
    // Only where there is a table can the engine write the result.
    const unsigned status = how == REPLACED ? engine_wait(&bench->engine) : STATUS_PAGE_INVALID;
    check(name, came && early == 0 && invalid && gone && status == STATUS_PAGE_INVALID,
          "a fault came: %d, %u answers before; afterwards Invalid Request: %d, forgotten by the kernel: %d, status %u",
          came, early, invalid, gone, status);
    if (how == DETACHED) {
        engine_stop(&bench->engine);
        iommufd_attach(&bench->device, bench->attached);
        start(bench);
    }
}

static void work_afterwards(struct bench *bench) {
    struct iommu_hwpt_pgfault fault;
    uint64_t *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    engine_submit(&bench->engine,
                  (struct descriptor){.control = OP_FILL | WITH_PRI, .length = 8, .destination = MISSING, .pattern = 7});
    if (iommufd_next_fault(&bench->device, &fault)) {
        iommufd_map(&bench->device, MISSING, memory, PAGE);
        iommufd_answer(&bench->device, &fault, IOMMUFD_PAGE_RESP_SUCCESS);
    }
    const unsigned status = engine_wait(&bench->engine);
    check("pending-after", status == STATUS_OK && *memory == 7, "status %u", status);
}

void flow_pending(void) {
    struct bench bench = {.device = iommufd_open("pending-attach")};
    bench.ring = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    iommufd_map(&bench.device, RING, bench.ring, PAGE);
    bench.attached = iommufd_paging_hwpt(&bench.device, IOMMU_HWPT_FAULT_ID_VALID);
    bench.other = iommufd_paging_hwpt(&bench.device, IOMMU_HWPT_FAULT_ID_VALID);
    iommufd_attach(&bench.device, bench.attached);
    bench.engine.bar = vfio_open_window(bench.device.device, "pending-attach");
    start(&bench);
    lose_table(&bench, "pending-replace-unread", REPLACED, false);
    lose_table(&bench, "pending-replace-read", REPLACED, true);
    lose_table(&bench, "pending-detach-unread", DETACHED, false);
    lose_table(&bench, "pending-detach-read", DETACHED, true);
    work_afterwards(&bench);
    engine_stop(&bench.engine);
}
