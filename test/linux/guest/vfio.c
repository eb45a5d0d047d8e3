#include "engine.h"
#include "flows.h"
#include "report.h"
#include "vfio_device.h"
#include <linux/vfio.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define IOVA 0x12340000ull
#define NOWHERE 0x99990000ull
#define PAGE 4096
#define BYTES (16 * PAGE)
#define ROUNDS 100

// DMA of whole pages, many at a time: what each costs when doorbells and results count little.
static void measure(struct engine *engine, const char *how, uint32_t flags) {
    const unsigned descriptors = 60, each = 8;
    double times[ROUNDS / 5];
    for (unsigned round = 0; round < ROUNDS / 5; round++) {
        const double start = now();
        for (unsigned i = 0; i < descriptors; i++)
            engine_submit(engine, (struct descriptor){
                                      .control = OP_FILL | flags, .length = each * PAGE, .destination = IOVA + 8 * PAGE});
        engine_wait(engine);
        times[round] = (now() - start) / descriptors / each;
    }
    char what[64];
    snprintf(what, sizeof what, "vfio: 4 KiB written by %s", how);
    note_distribution(what, times, ROUNDS / 5);
}

static void wait_for_msi(struct engine *engine, int event) {
    engine_write(engine, ENGINE_INTR_MASK, 0xffffffff);
    engine_write(engine, ENGINE_CONTROL, 1);
    struct pollfd poll_event = {.fd = event, .events = POLLIN};
    uint64_t count = 0;
    double elapsed = 0;
    int rounds = 0;
    for (; rounds < ROUNDS; rounds++) {
        const double start = now();
        engine_submit(engine, (struct descriptor){.control = WITH_INTERRUPT});
        if (poll(&poll_event, 1, 10000) != 1 || read(event, &count, 8) != 8)
            break;
        elapsed += now() - start;
        engine_wait(engine);
        engine_write(engine, ENGINE_INTR_STATUS, engine_read(engine, ENGINE_INTR_STATUS));
    }
    check("vfio-msi", rounds == ROUNDS, "interrupt %d did not come", rounds + 1);
    note("vfio: %.0f us from a doorbell to the eventfd of its interrupt", elapsed / ROUNDS);
}

void flow_vfio(void) {
    int device;
    const int container = vfio_open_container("vfio-open", &device);
    ok("vfio-open");

    uint8_t *memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct vfio_iommu_type1_dma_map map = {
        .argsz = sizeof map,
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .vaddr = (uintptr_t)memory,
        .iova = IOVA,
        .size = BYTES,
    };
    if (memory == MAP_FAILED || ioctl(container, VFIO_IOMMU_MAP_DMA, &map) != 0)
        give_up("vfio-map", "VFIO_IOMMU_MAP_DMA");
    struct engine engine = {.bar = vfio_open_window(device, "vfio-map")};
    engine_start(&engine, memory, IOVA, -1);

    for (int i = PAGE; i < 4 * PAGE; i++)
        memory[i] = i * 7 >> 3;
    const struct descriptor copy = {
        .control = OP_COPY, .length = 3 * PAGE - 5, .source = IOVA + PAGE, .destination = IOVA + 8 * PAGE + 3};
    unsigned status = engine_run(&engine, copy);
    check("vfio-copy", status == STATUS_OK && memcmp(memory + PAGE, memory + 8 * PAGE + 3, copy.length) == 0,
          "status %u", status);
    note("vfio: %.0f us for a copy of 12 KiB", engine.elapsed);

    struct descriptor translated = copy;
    translated.control |= WITH_ATS;
    memset(memory + 8 * PAGE, 0, 4 * PAGE);
    status = engine_run(&engine, translated);
    check("vfio-ats-copy",
          status == STATUS_OK && memcmp(memory + PAGE, memory + 8 * PAGE + 3, copy.length) == 0, "status %u",
          status);

    measure(&engine, "untranslated requests", 0);
    measure(&engine, "translated requests", WITH_ATS);

    wait_for_msi(&engine, vfio_msi_eventfd(device, "vfio-msi"));

    status = engine_run(&engine, (struct descriptor){.control = OP_VERIFY, .length = 8, .source = NOWHERE});
    check("vfio-fault", status == STATUS_UR, "a read of what is not mapped has status %u", status);

    // The ring stays, and what lies behind it goes: the engine's TLB holds some of that.
    struct vfio_iommu_type1_dma_unmap unmap = {.argsz = sizeof unmap, .iova = IOVA, .size = BYTES};
    engine_stop(&engine);
    const uint32_t before = engine_read(&engine, ENGINE_INVALIDATIONS_RECEIVED);
    if (ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap) != 0)
        give_up("vfio-unmap", "VFIO_IOMMU_UNMAP_DMA");
    const uint32_t after = engine_read(&engine, ENGINE_INVALIDATIONS_RECEIVED);
    map.size = PAGE;
    if (ioctl(container, VFIO_IOMMU_MAP_DMA, &map) != 0)
        give_up("vfio-unmap", "VFIO_IOMMU_MAP_DMA of the ring");
    engine_start(&engine, memory, IOVA, -1);
    status = engine_run(&engine, translated);
    check("vfio-unmap", status != STATUS_OK && status != STATUS_TIME_OUT && after > before,
          "status %u, and %u invalidations came", status, after - before);
    engine_stop(&engine);
}
