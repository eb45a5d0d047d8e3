// The engine bound to an IOMMUFD through VFIO's character device.
#pragma once
#include <linux/iommufd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct iommufd_device {
    const char *name; // of the check that fails if a step does
    int iommufd, device;
    uint32_t device_id, ioas;
    int fault_fd;
    uint32_t fault_id;
};

// Opens and binds the device, which is object 1 then; there is nothing else.
struct iommufd_device iommufd_bind(const char *name);
// Opens and binds the device; an address space and a fault queue are there, and nothing is attached.
struct iommufd_device iommufd_open(const char *name);
// A page table of the kernel's over the address space, with the fault queue or as a nest's parent.
uint32_t iommufd_paging_hwpt(const struct iommufd_device *of, uint32_t flags);
// A first stage of this program's own, whose root lies at `root` of the parent's address space, with the fault queue.
uint32_t iommufd_nested_hwpt(const struct iommufd_device *of, uint32_t parent, uint64_t root);
// What was attached before is replaced.
void iommufd_attach(const struct iommufd_device *of, uint32_t hwpt);
void iommufd_detach(const struct iommufd_device *of);
// Tells the kernel that pages of a first stage have changed.
void iommufd_invalidate(const struct iommufd_device *of, uint32_t hwpt, uint64_t iova, uint64_t pages);
void iommufd_map(const struct iommufd_device *of, uint64_t iova, void *memory, size_t length);
// Whether a page fault comes that can be read.
bool iommufd_faulted(const struct iommufd_device *of);
// The next page fault; false if none came.
bool iommufd_next_fault(const struct iommufd_device *of, struct iommu_hwpt_pgfault *fault);
// The page faults of the next group; answers how many there are, 0 if none came.
unsigned iommufd_next_group(const struct iommufd_device *of, struct iommu_hwpt_pgfault faults[], unsigned most);
void iommufd_answer(const struct iommufd_device *of, const struct iommu_hwpt_pgfault *fault, uint32_t code);
