#include "engine.h"
#include "flows.h"
#include "report.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TIMES 2000

void flow_mmio(void) {
    const int fd = open("/sys/bus/pci/devices/" ENGINE_PLACE "/resource0", O_RDWR | O_SYNC);
    if (fd < 0)
        give_up("mmio-map", "resource0");
    const int enable = open("/sys/bus/pci/devices/" ENGINE_PLACE "/enable", O_WRONLY);
    if (enable < 0 || write(enable, "1", 1) != 1)
        give_up("mmio-map", "enable");
    void *bar = mmap(NULL, ENGINE_BAR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bar == MAP_FAILED)
        give_up("mmio-map", "mmap");
    const struct engine engine = {.bar = bar};
    const uint32_t id = engine_read(&engine, 0);
    check("mmio-id", id == ENGINE_ID, "ID is 0x%x", id);

    double start = now();
    for (int i = 0; i < TIMES; i++)
        engine_read(&engine, ENGINE_SCRATCH);
    note("mmio: %.1f us a read", (now() - start) / TIMES);

    start = now();
    for (int i = 1; i <= TIMES; i++)
        engine_write(&engine, ENGINE_SCRATCH, i);
    const double issued = now();
    const uint32_t last = engine_read(&engine, ENGINE_SCRATCH);
    note("mmio: %.1f us a write, %.1f with the last one read back", (issued - start) / TIMES,
         (now() - start) / TIMES);
    check("mmio-posted-writes", last == TIMES, "SCRATCH is %u", last);
    if (write(enable, "0", 1) != 1)
        give_up("mmio-map", "disable");
}
