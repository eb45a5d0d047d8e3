#include "vfio_device.h"
#include "report.h"
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PCI_COMMAND = 4, MEMORY_AND_MASTER = 6 };

void *vfio_open_window(int device, const char *name) {
    struct vfio_region_info window = {.argsz = sizeof window, .index = VFIO_PCI_BAR0_REGION_INDEX};
    struct vfio_region_info config = {.argsz = sizeof config, .index = VFIO_PCI_CONFIG_REGION_INDEX};
    if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &window) != 0 ||
        ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &config) != 0)
        give_up(name, "VFIO_DEVICE_GET_REGION_INFO");
    uint16_t command;
    if (pread(device, &command, 2, config.offset + PCI_COMMAND) != 2)
        give_up(name, "reading COMMAND");
    command |= MEMORY_AND_MASTER;
    if (pwrite(device, &command, 2, config.offset + PCI_COMMAND) != 2)
        give_up(name, "writing COMMAND");
    void *bar = mmap(NULL, window.size, PROT_READ | PROT_WRITE, MAP_SHARED, device, window.offset);
    if (bar == MAP_FAILED)
        give_up(name, "mapping BAR0");
    return bar;
}

int vfio_msi_eventfd(int device, const char *name) {
    const int32_t event = eventfd(0, EFD_NONBLOCK);
    struct {
        struct vfio_irq_set set;
        int32_t event;
    } request = {
        .set = {.argsz = sizeof request,
                .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
                .index = VFIO_PCI_MSI_IRQ_INDEX,
                .count = 1},
        .event = event,
    };
    if (event < 0 || ioctl(device, VFIO_DEVICE_SET_IRQS, &request) != 0)
        give_up(name, "VFIO_DEVICE_SET_IRQS");
    return event;
}
