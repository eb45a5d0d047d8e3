/* Driver of QEMU's educational device, as docs/edu.md describes it: its DMA and its message. */
#ifndef EDU_H
#define EDU_H

#include "types.h"

#define EDU_VENDOR 0x1234
#define EDU_DEVICE 0x11e8
#define EDU_BUFFER_BYTES PAGE_SIZE
/* Addresses that it can emit have so many bits. */
#define EDU_ADDRESS_BITS 28u

struct edu {
	u16 function;
	uintptr_t registers;
};

/* Finds it and lets it decode its BAR and master the bus. NULL, or what is missing. */
const char *edu_find(struct edu *edu);

/* A message with this vector at the end of each transfer. False without MSI. */
bool edu_init(struct edu *edu, u8 vector);

/* Moves bytes between memory and its buffer, and waits. False if it does not end. */
bool edu_read_memory(const struct edu *edu, u32 address, u32 buffer_offset, u32 bytes);
bool edu_write_memory(const struct edu *edu, u32 address, u32 buffer_offset, u32 bytes);

#endif
