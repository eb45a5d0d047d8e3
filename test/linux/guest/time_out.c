#include "engine.h"
#include "flows.h"
#include "report.h"
#include "vfio_device.h"
#include <linux/vfio.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ull
#define RING_IOVA 0x10000000ull
#define DATA_IOVA 0x20000000ull
// Invalidations that the engine gets before it answers: the first, and two more of them.
#define UNANSWERED 3

struct patience {
    struct engine *engine;
    uint32_t before;
    volatile bool answered;
};

// The processor of the unmap does nothing else until it is done: this is the other one.
static void *answer_in_the_end(void *argument) {
    struct patience *patience = argument;
    while (engine_read(patience->engine, ENGINE_INVALIDATIONS_RECEIVED) - patience->before < UNANSWERED)
        usleep(1000);
    patience->answered = true;
    engine_write(patience->engine, ENGINE_MANNERS, 0);
    return NULL;
}

static void *map(int container, uint64_t iova) {
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct vfio_iommu_type1_dma_map request = {
        .argsz = sizeof request,
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .vaddr = (uintptr_t)page,
        .iova = iova,
        .size = PAGE,
    };
    if (page == MAP_FAILED || ioctl(container, VFIO_IOMMU_MAP_DMA, &request) != 0)
        give_up("time-out-unmap", "VFIO_IOMMU_MAP_DMA");
    return page;
}

void flow_time_out(void) {
    int device;
    const int container = vfio_open_container("time-out-unmap", &device);
    void *ring = map(container, RING_IOVA);
    map(container, DATA_IOVA);
    struct engine engine = {.bar = vfio_open_window(device, "time-out-unmap")};
    engine_start(&engine, ring, RING_IOVA, -1);
    const struct descriptor fill = {
        .control = OP_FILL | WITH_ATS, .length = 64, .destination = DATA_IOVA, .pattern = 0x5a};
    unsigned status = engine_run(&engine, fill);
    if (status != STATUS_OK)
        give_up("time-out-unmap", "the engine has no translation of the page");

    struct patience patience = {.engine = &engine, .before = engine_read(&engine, ENGINE_INVALIDATIONS_RECEIVED)};
    engine_write(&engine, ENGINE_MANNERS, MANNERS_NO_INVALIDATE_ANSWER);
    pthread_t thread;
    if (pthread_create(&thread, NULL, answer_in_the_end, &patience) != 0)
        give_up("time-out-unmap", "pthread_create");
    struct vfio_iommu_type1_dma_unmap unmap = {.argsz = sizeof unmap, .iova = DATA_IOVA, .size = PAGE};
    const int result = ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap);
    const bool answered = patience.answered;
    pthread_join(thread, NULL);
    check("time-out-unmap", result == 0 && answered, "result %d, %s the endpoint has answered", result,
          answered ? "after" : "before");

    status = engine_run(&engine, fill);
    check("time-out-after", status != STATUS_OK && status != STATUS_TIME_OUT, "status %u", status);
    engine_stop(&engine);
}
