#include "vfio_device.h"
#include "engine.h"
#include "report.h"
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PCI_COMMAND = 4, MEMORY_AND_MASTER = 6 };

static int open_group(const char *name) {
    char link[256], path[64];
    const ssize_t length = readlink("/sys/bus/pci/devices/" ENGINE_PLACE "/iommu_group", link, sizeof link - 1);
    if (length < 0)
        give_up(name, "the device has no iommu_group");
    link[length] = 0;
    snprintf(path, sizeof path, "/dev/vfio/%s", strrchr(link, '/') + 1);
    const int group = open(path, O_RDWR);
    if (group < 0)
        give_up(name, path);
    return group;
}

int vfio_open_container(const char *name, int *device) {
    const int container = open("/dev/vfio/vfio", O_RDWR);
    if (container < 0)
        give_up(name, "/dev/vfio/vfio");
    const int group = open_group(name);
    if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) != 0)
        give_up(name, "VFIO_GROUP_SET_CONTAINER");
    if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0)
        give_up(name, "VFIO_SET_IOMMU");
    *device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, ENGINE_PLACE);
    if (*device < 0)
        give_up(name, "VFIO_GROUP_GET_DEVICE_FD");
    return container;
}

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
