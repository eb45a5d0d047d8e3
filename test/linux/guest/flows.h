// What the program can do in a guest: each drives the engine in one way of Linux.
#pragma once

// The registers alone, through sysfs.
void flow_mmio(void);
// VFIO's type 1 container: DMA through mappings, interrupts, faults.
void flow_vfio(void);
// Shared virtual addresses: the engine works in this process, and its page faults are the kernel's.
void flow_sva(void);
// IOMMUFD: page faults of a domain that this program answers.
void flow_iommufd(void);
// IOMMUFD: a first stage of this program's own over a second stage.
void flow_nested(void);
