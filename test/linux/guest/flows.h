// What the program can do in a guest: each drives the engine in one way of Linux.
#pragma once

// The registers alone, through sysfs.
void flow_mmio(void);
// VFIO's type 1 container: DMA through mappings, interrupts, faults.
void flow_vfio(void);
// VFIO's type 1 container: an unmap whose invalidation the engine does not answer at first.
void flow_time_out(void);
// Shared virtual addresses: the engine works in this process, and its page faults are the kernel's.
void flow_sva(void);
// SVA: more page requests than the queue holds, while the kernel does not look, and then while it does.
void flow_overflow(void);
// SVA: page requests of several queues and processes at once.
void flow_concurrent(void);
// SVA: address spaces that are given back, or whose process dies, while page requests are on their way.
void flow_drain(void);
// SVA: 1000 page requests, one after another.
void flow_round_trips(void);
// IOMMUFD: page faults of a domain that this program answers.
void flow_iommufd(void);
// IOMMUFD: page faults that wait for an answer when their domain is replaced or detached.
void flow_pending(void);
// IOMMUFD: a first stage of this program's own over a second stage.
void flow_nested(void);
// IOMMUFD: a processor and the unit change the same entries of a first stage.
void flow_races(void);
// IOMMUFD: system calls that a program outside of the guest asks for.
void flow_remote(void);
