#include "iommufd_device.h"
#include "engine.h"
#include "report.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_character_device(const char *name) {
    char path[300] = "";
    DIR *folder = opendir("/sys/bus/pci/devices/" ENGINE_PLACE "/vfio-dev");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] != '.')
            snprintf(path, sizeof path, "/dev/vfio/devices/%s", entry->d_name);
    }
    if (folder)
        closedir(folder);
    const int device = open(path, O_RDWR);
    if (device < 0)
        give_up(name, "opening VFIO's device of the engine");
    return device;
}

struct iommufd_device iommufd_bind(const char *name) {
    struct iommufd_device opened = {.name = name, .device = open_character_device(name)};
    opened.iommufd = open("/dev/iommu", O_RDWR);
    if (opened.iommufd < 0)
        give_up(name, "/dev/iommu");
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof bind, .iommufd = opened.iommufd};
    if (ioctl(opened.device, VFIO_DEVICE_BIND_IOMMUFD, &bind) != 0)
        give_up(name, "VFIO_DEVICE_BIND_IOMMUFD");
    opened.device_id = bind.out_devid;
    return opened;
}

struct iommufd_device iommufd_open(const char *name) {
    struct iommufd_device opened = iommufd_bind(name);
    struct iommu_ioas_alloc space = {.size = sizeof space};
    if (ioctl(opened.iommufd, IOMMU_IOAS_ALLOC, &space) != 0)
        give_up(name, "IOMMU_IOAS_ALLOC");
    struct iommu_fault_alloc queue = {.size = sizeof queue};
    if (ioctl(opened.iommufd, IOMMU_FAULT_QUEUE_ALLOC, &queue) != 0)
        give_up(name, "IOMMU_FAULT_QUEUE_ALLOC");
    opened.ioas = space.out_ioas_id;
    opened.fault_id = queue.out_fault_id;
    opened.fault_fd = queue.out_fault_fd;
    return opened;
}

uint32_t iommufd_paging_hwpt(const struct iommufd_device *of, uint32_t flags) {
    struct iommu_hwpt_alloc table = {
        .size = sizeof table, .flags = flags, .dev_id = of->device_id, .pt_id = of->ioas};
    if (flags & IOMMU_HWPT_FAULT_ID_VALID)
        table.fault_id = of->fault_id;
    if (ioctl(of->iommufd, IOMMU_HWPT_ALLOC, &table) != 0)
        give_up(of->name, "IOMMU_HWPT_ALLOC");
    return table.out_hwpt_id;
}

uint32_t iommufd_nested_hwpt(const struct iommufd_device *of, uint32_t parent, uint64_t root) {
    struct iommu_hwpt_vtd_s1 first_stage = {.pgtbl_addr = root, .addr_width = 48};
    struct iommu_hwpt_alloc table = {
        .size = sizeof table,
        .flags = IOMMU_HWPT_FAULT_ID_VALID,
        .dev_id = of->device_id,
        .pt_id = parent,
        .data_type = IOMMU_HWPT_DATA_VTD_S1,
        .data_len = sizeof first_stage,
        .data_uptr = (uintptr_t)&first_stage,
        .fault_id = of->fault_id,
    };
    if (ioctl(of->iommufd, IOMMU_HWPT_ALLOC, &table) != 0)
        give_up(of->name, "IOMMU_HWPT_ALLOC of a nested table");
    return table.out_hwpt_id;
}

void iommufd_invalidate(const struct iommufd_device *of, uint32_t hwpt, uint64_t iova, uint64_t pages) {
    struct iommu_hwpt_vtd_s1_invalidate range = {.addr = iova, .npages = pages};
    struct iommu_hwpt_invalidate request = {
        .size = sizeof request,
        .hwpt_id = hwpt,
        .data_uptr = (uintptr_t)&range,
        .data_type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
        .entry_len = sizeof range,
        .entry_num = 1,
    };
    if (ioctl(of->iommufd, IOMMU_HWPT_INVALIDATE, &request) != 0)
        give_up(of->name, "IOMMU_HWPT_INVALIDATE");
}

void iommufd_attach(const struct iommufd_device *of, uint32_t hwpt) {
    struct vfio_device_attach_iommufd_pt attach = {.argsz = sizeof attach, .pt_id = hwpt};
    if (ioctl(of->device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach) != 0)
        give_up(of->name, "VFIO_DEVICE_ATTACH_IOMMUFD_PT");
}

void iommufd_detach(const struct iommufd_device *of) {
    struct vfio_device_detach_iommufd_pt detach = {.argsz = sizeof detach};
    if (ioctl(of->device, VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach) != 0)
        give_up(of->name, "VFIO_DEVICE_DETACH_IOMMUFD_PT");
}

void iommufd_map(const struct iommufd_device *of, uint64_t iova, void *memory, size_t length) {
    struct iommu_ioas_map map = {
        .size = sizeof map,
        .flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE,
        .ioas_id = of->ioas,
        .user_va = (uintptr_t)memory,
        .length = length,
        .iova = iova,
    };
    if (ioctl(of->iommufd, IOMMU_IOAS_MAP, &map) != 0)
        give_up(of->name, "IOMMU_IOAS_MAP");
}

bool iommufd_faulted(const struct iommufd_device *of) {
    struct pollfd queue = {.fd = of->fault_fd, .events = POLLIN};
    return poll(&queue, 1, 10000) == 1;
}

bool iommufd_next_fault(const struct iommufd_device *of, struct iommu_hwpt_pgfault *fault) {
    return iommufd_faulted(of) && read(of->fault_fd, fault, sizeof *fault) == sizeof *fault;
}

unsigned iommufd_next_group(const struct iommufd_device *of, struct iommu_hwpt_pgfault faults[], unsigned most) {
    const ssize_t bytes = iommufd_faulted(of) ? read(of->fault_fd, faults, most * sizeof *faults) : 0;
    return bytes < 0 ? 0 : bytes / sizeof *faults;
}

void iommufd_answer(const struct iommufd_device *of, const struct iommu_hwpt_pgfault *fault, uint32_t code) {
    const struct iommu_hwpt_page_response response = {.cookie = fault->cookie, .code = code};
    if (write(of->fault_fd, &response, sizeof response) != sizeof response)
        give_up(of->name, "writing a page response");
}
