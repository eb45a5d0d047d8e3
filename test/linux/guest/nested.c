#include "engine.h"
#include "flows.h"
#include "iommufd_device.h"
#include "report.h"
#include "vfio_device.h"
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE 4096ull
#define PAGES 8
// Where the second stage has this program's memory: tables, the ring, data.
#define BASE 0x1000000ull
#define RING_PAGE 4
#define DATA_PAGE 5
#define OTHER_DATA_PAGE 6
// Where the first stage shows it.
#define RING_IOVA 0x7fff00000000ull
#define DATA_IOVA (RING_IOVA + PAGE)
#define GROUP 4
#define GROUP_IOVA (RING_IOVA + 16 * PAGE)
#define PRESENT_WRITE_USER 7
#define PATTERN 0x4e45535445442d53ull

static uint64_t (*memory)[PAGE / 8];

// Four levels in pages 0 to 3, which map one region of 2 MiB by pages.
static void map_page(uint64_t iova, unsigned page) {
    for (unsigned level = 0; level < 4; level++) {
        const unsigned index = iova >> (39 - 9 * level) & 511;
        memory[level][index] = (BASE + (level < 3 ? level + 1 : page) * PAGE) | PRESENT_WRITE_USER;
    }
}

static void check_hw_info(const struct iommufd_device *device) {
    struct iommu_hw_info_vtd vtd = {0};
    struct iommu_hw_info info = {.size = sizeof info,
                                 .dev_id = device->device_id,
                                 .data_len = sizeof vtd,
                                 .data_uptr = (uintptr_t)&vtd};
    if (ioctl(device->iommufd, IOMMU_GET_HW_INFO, &info) != 0)
        give_up("nested-hw-info", "IOMMU_GET_HW_INFO");
    note("nested: CAP 0x%llx, ECAP 0x%llx, %u bits of PASID", (unsigned long long)vtd.cap_reg,
         (unsigned long long)vtd.ecap_reg, info.out_max_pasid_log2);
    check("nested-hw-info", info.out_data_type == IOMMU_HW_INFO_TYPE_INTEL_VTD && vtd.cap_reg != 0,
          "type %u, CAP 0x%llx", info.out_data_type, (unsigned long long)vtd.cap_reg);
}

static const struct descriptor fill = {
    .control = OP_FILL | WITH_PRI, .length = PAGE, .destination = DATA_IOVA, .pattern = PATTERN};

static void fault_in_first_stage(const struct iommufd_device *device, struct engine *engine) {
    struct iommu_hwpt_pgfault fault;
    engine_submit(engine, fill);
    if (!iommufd_next_fault(device, &fault)) {
        not_ok("nested-fault", "no page fault came; the DMA has status %u", engine_wait(engine));
        return;
    }
    map_page(DATA_IOVA, DATA_PAGE);
    iommufd_answer(device, &fault, IOMMUFD_PAGE_RESP_SUCCESS);
    const unsigned status = engine_wait(engine);
    check("nested-fault", fault.addr == DATA_IOVA && status == STATUS_OK && memory[DATA_PAGE][0] == PATTERN,
          "fault at 0x%llx, status %u", (unsigned long long)fault.addr, status);
}

// The program gets a group of page requests in one piece, and answers it as a whole.
static void fault_in_group(const struct iommufd_device *device, struct engine *engine) {
    struct iommu_hwpt_pgfault faults[GROUP + 1];
    struct descriptor group = fill;
    group.destination = GROUP_IOVA;
    group.length = GROUP * PAGE;
    engine_write(engine, ENGINE_GROUP_SIZE, GROUP);
    engine_submit(engine, group);
    const unsigned count = iommufd_next_group(device, faults, GROUP + 1);
    for (unsigned i = 0; i < GROUP; i++)
        map_page(GROUP_IOVA + i * PAGE, DATA_PAGE);
    if (count > 0)
        iommufd_answer(device, &faults[0], IOMMUFD_PAGE_RESP_SUCCESS);
    const unsigned status = engine_wait(engine);
    check("nested-group", count == GROUP && faults[GROUP - 1].addr == GROUP_IOVA + (GROUP - 1) * PAGE && status == STATUS_OK,
          "%u faults, status %u", count, status);
}

// A page moves: after the invalidation the engine sees it where it is now.
static void move_page(const struct iommufd_device *device, struct engine *engine, uint32_t hwpt) {
    memory[DATA_PAGE][0] = 0;
    map_page(DATA_IOVA, OTHER_DATA_PAGE);
    iommufd_invalidate(device, hwpt, DATA_IOVA, 1);
    const unsigned status = engine_run(engine, fill);
    check("nested-invalidate",
          status == STATUS_OK && memory[DATA_PAGE][0] == 0 && memory[OTHER_DATA_PAGE][0] == PATTERN,
          "status %u, the old page has 0x%llx, the new one 0x%llx", status,
          (unsigned long long)memory[DATA_PAGE][0], (unsigned long long)memory[OTHER_DATA_PAGE][0]);
}

// An entry that is taken away is used until it is invalidated, and not after that.
static void take_page_away(const struct iommufd_device *device, struct engine *engine, uint32_t hwpt) {
    struct descriptor untranslated = fill;
    untranslated.control = OP_FILL;
    const unsigned before = engine_run(engine, untranslated);
    memory[3][DATA_IOVA >> 12 & 511] = 0;
    memory[OTHER_DATA_PAGE][0] = 0;
    const unsigned stale = engine_run(engine, untranslated);
    const uint64_t written = memory[OTHER_DATA_PAGE][0];
    iommufd_invalidate(device, hwpt, DATA_IOVA, 1);
    const unsigned after = engine_run(engine, untranslated);
    check("nested-stale", before == STATUS_OK && stale == STATUS_OK && written == PATTERN && after == STATUS_UR,
          "status %u, without the entry %u, after the invalidation %u", before, stale, after);
}

void flow_nested(void) {
    struct iommufd_device device = iommufd_open("nested-attach");
    check_hw_info(&device);
    const uint32_t parent = iommufd_paging_hwpt(&device, IOMMU_HWPT_ALLOC_NEST_PARENT);
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        give_up("nested-attach", "mmap");
    memset(memory, 0, PAGES * PAGE);
    iommufd_map(&device, BASE, memory, PAGES * PAGE);
    map_page(RING_IOVA, RING_PAGE);
    const uint32_t hwpt = iommufd_nested_hwpt(&device, parent, BASE);
    iommufd_attach(&device, hwpt);
    ok("nested-attach");

    struct engine engine = {.bar = vfio_open_window(device.device, "nested-attach")};
    engine_start(&engine, memory[RING_PAGE], RING_IOVA, -1);
    fault_in_first_stage(&device, &engine);
    fault_in_group(&device, &engine);
    move_page(&device, &engine, hwpt);
    take_page_away(&device, &engine, hwpt);
    engine_stop(&engine);
}
