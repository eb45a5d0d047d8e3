#define _GNU_SOURCE
#include "sva_device.h"
#include "module/viommu_sva.h"
#include "report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEVICE "/dev/viommu-sva"

struct sva sva_open(const char *name) {
    struct sva sva = {.file = open(DEVICE, O_RDWR)};
    if (sva.file < 0) {
        sva.error = errno;
        return sva;
    }
    sva.pasid = ioctl(sva.file, VIOMMU_SVA_PASID);
    if (sva.pasid <= 0)
        give_up(name, "asking for the PASID");
    note("sva: PASID %d", sva.pasid);
    sva.bar = mmap(NULL, ENGINE_BAR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, sva.file, 0);
    if (sva.bar == MAP_FAILED)
        give_up(name, "mapping BAR0");
    return sva;
}

struct sva sva_require(const char *name) {
    const struct sva sva = sva_open(name);
    if (sva.error)
        give_up(name, DEVICE);
    return sva;
}

void sva_close(struct sva *sva) {
    munmap(sva->bar, ENGINE_BAR_BYTES);
    close(sva->file);
}

struct engine sva_start(const struct sva *sva, const char *name, unsigned queue) {
    // Descriptors are fetched without page requests.
    uint64_t *ring = pages(1, PROT_READ | PROT_WRITE);
    if (mlock(ring, PAGE) != 0)
        give_up(name, "mlock");
    memset(ring, 0, PAGE);
    struct engine engine = {.bar = sva->bar, .queue = queue};
    engine_start(&engine, ring, (uintptr_t)ring, sva->pasid);
    return engine;
}

static int page_request_interrupt(const char *name) {
    FILE *interrupts = fopen("/proc/interrupts", "r");
    char line[1024];
    int number = -1;
    while (interrupts && number < 0 && fgets(line, sizeof line, interrupts)) {
        if (strstr(line, "dmar0-prq"))
            number = atoi(line);
    }
    if (number < 0)
        give_up(name, "there is no interrupt dmar0-prq");
    fclose(interrupts);
    return number;
}

void sva_hold_page_requests(const struct sva *sva, const char *name) {
    if (ioctl(sva->file, VIOMMU_SVA_HOLD_INTERRUPT, (long)page_request_interrupt(name)) != 0)
        give_up(name, "VIOMMU_SVA_HOLD_INTERRUPT");
}

void sva_let_page_requests(const struct sva *sva, const char *name) {
    if (ioctl(sva->file, VIOMMU_SVA_LET_INTERRUPT) != 0)
        give_up(name, "VIOMMU_SVA_LET_INTERRUPT");
}

uint64_t *pages(unsigned count, int protection) {
    void *memory = mmap(NULL, count * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        give_up("sva-memory", "mmap");
    // A kernel without huge pages does not know the advice.
    madvise(memory, count * PAGE, MADV_NOHUGEPAGE);
    return memory;
}

struct descriptor fill(void *memory, unsigned length) {
    return (struct descriptor){.control = OP_FILL | WITH_PRI,
                               .length = length,
                               .destination = (uintptr_t)memory,
                               .pattern = PATTERN};
}

bool filled(const uint64_t *memory, unsigned length) {
    for (unsigned i = 0; i < length / 8; i++) {
        if (memory[i] != PATTERN)
            return false;
    }
    return true;
}
