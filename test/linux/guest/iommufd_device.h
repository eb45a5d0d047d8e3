// The engine bound to an IOMMUFD through VFIO's character device.
#pragma once
#include <linux/iommufd.h>
#include <stddef.h>
#include <stdint.h>

struct iommufd_device {
    const char *name; // of the check that fails if a step does
    int iommufd, device;
    uint32_t device_id, ioas;
    int fault_fd;
    uint32_t fault_id;
};

// Opens and binds the device; an address space and a fault queue are there, and nothing is attached.
struct iommufd_device iommufd_open(const char *name);
// A page table of the kernel's over the address space, with the fault queue or as a nest's parent.
uint32_t iommufd_paging_hwpt(const struct iommufd_device *of, uint32_t flags);
void iommufd_attach(const struct iommufd_device *of, uint32_t hwpt);
void iommufd_map(const struct iommufd_device *of, uint64_t iova, void *memory, size_t length);
// The next page fault; false if none came.
int iommufd_next_fault(const struct iommufd_device *of, struct iommu_hwpt_pgfault *fault);
void iommufd_answer(const struct iommufd_device *of, const struct iommu_hwpt_pgfault *fault, uint32_t code);
