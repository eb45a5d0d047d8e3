#include "engine.h"
#include "flows.h"
#include "iommufd_device.h"
#include "report.h"
#include "vfio_device.h"
#include <sys/mman.h>

#define RING 0x3000000ull
#define MISSING 0x4000000ull
#define REFUSED 0x4001000ull
#define PAGE 4096
#define GROUP 4
#define GROUP_IOVA 0x5000000ull
#define PATTERN 0x4649444d4d4f4921ull
#define TIMES 50

static struct descriptor fill(uint64_t iova) {
    return (struct descriptor){
        .control = OP_FILL | WITH_PRI, .length = PAGE, .destination = iova, .pattern = PATTERN};
}

// Faults at a page that is not mapped, once for the answer that is given here.
static bool fault_at(struct iommufd_device *device, struct engine *engine, uint64_t iova, const char *check_name) {
    struct iommu_hwpt_pgfault fault;
    engine_submit(engine, fill(iova));
    if (!iommufd_next_fault(device, &fault)) {
        not_ok(check_name, "no page fault came; the DMA has status %u", engine_wait(engine));
        return false;
    }
    const uint32_t wanted = IOMMU_PGFAULT_FLAGS_LAST_PAGE;
    if (fault.addr != iova || fault.flags != wanted || !(fault.perm & IOMMU_PGFAULT_PERM_WRITE) ||
        fault.dev_id != device->device_id) {
        not_ok(check_name, "fault at 0x%llx of device %u, flags %u, permissions %u",
               (unsigned long long)fault.addr, fault.dev_id, fault.flags, fault.perm);
        return false;
    }
    const bool refuse = iova == REFUSED;
    if (!refuse) {
        void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        iommufd_map(device, iova, page, PAGE);
        iommufd_answer(device, &fault, IOMMUFD_PAGE_RESP_SUCCESS);
        const unsigned status = engine_wait(engine);
        const bool good = status == STATUS_OK && *(uint64_t *)page == PATTERN;
        if (!good)
            not_ok(check_name, "answered Success, the DMA has status %u", status);
        return good;
    }
    iommufd_answer(device, &fault, IOMMUFD_PAGE_RESP_INVALID);
    const unsigned status = engine_wait(engine);
    if (status != STATUS_PAGE_INVALID)
        not_ok(check_name, "answered Invalid Request, the DMA has status %u", status);
    return status == STATUS_PAGE_INVALID;
}

// The pages of a group come together, under one cookie, the last one marked; one answer is for all.
static void fault_in_group(struct iommufd_device *device, struct engine *engine) {
    struct iommu_hwpt_pgfault faults[GROUP + 1];
    struct descriptor group = fill(GROUP_IOVA);
    group.length = GROUP * PAGE;
    engine_write(engine, ENGINE_GROUP_SIZE, GROUP);
    engine_submit(engine, group);
    const unsigned count = iommufd_next_group(device, faults, GROUP + 1);
    bool good = count == GROUP;
    for (unsigned i = 0; i < count && i < GROUP; i++) {
        const uint32_t last = i == GROUP - 1 ? IOMMU_PGFAULT_FLAGS_LAST_PAGE : 0;
        good = good && faults[i].addr == GROUP_IOVA + i * PAGE && faults[i].flags == last &&
               faults[i].cookie == faults[0].cookie && faults[i].grpid == faults[0].grpid;
    }
    uint64_t *memory = mmap(NULL, GROUP * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    iommufd_map(device, GROUP_IOVA, memory, GROUP * PAGE);
    if (count > 0)
        iommufd_answer(device, &faults[0], IOMMUFD_PAGE_RESP_SUCCESS);
    const unsigned status = engine_wait(engine);
    check("iommufd-group", good && status == STATUS_OK && memory[GROUP * PAGE / 8 - 1] == PATTERN,
          "%u faults, status %u", count, status);
    engine_write(engine, ENGINE_GROUP_SIZE, 1);
}

void flow_iommufd(void) {
    struct iommufd_device device = iommufd_open("iommufd-attach");
    iommufd_attach(&device, iommufd_paging_hwpt(&device, IOMMU_HWPT_FAULT_ID_VALID));
    ok("iommufd-attach");
    void *ring = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    iommufd_map(&device, RING, ring, PAGE);
    struct engine engine = {.bar = vfio_open_window(device.device, "iommufd-attach")};
    engine_start(&engine, ring, RING, -1);

    if (fault_at(&device, &engine, MISSING, "iommufd-fault"))
        ok("iommufd-fault");
    if (fault_at(&device, &engine, REFUSED, "iommufd-fault-refused"))
        ok("iommufd-fault-refused");

    fault_in_group(&device, &engine);

    double sum = 0;
    int times = 0;
    while (times < TIMES && fault_at(&device, &engine, MISSING + (2 + times) * PAGE, "iommufd-many-faults")) {
        sum += engine.elapsed;
        times++;
    }
    if (times == TIMES)
        ok("iommufd-many-faults");
    note("iommufd: %.0f us for a DMA with a page fault that this program answers", sum / TIMES);
    engine_stop(&engine);
}
