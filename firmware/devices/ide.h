/*
 * The first disk of an IDE controller at the ports of old: sectors by the processor (PIO), and by
 * the controller as bus master, with a list of physical regions.
 */
#ifndef IDE_H
#define IDE_H

#include "types.h"

#define IDE_SECTOR 512u

struct ide {
	u16 function;
	u16 bus_master; /* first of its ports */
	u32 sectors;
};

/* One piece of memory, within 64 KiB; `count` in bytes, even. */
struct ide_region {
	u32 address;
	u16 count;
	u16 flags;
};
#define IDE_LAST_REGION BIT(15)

/* Finds the controller and a disk. NULL, or what is missing. */
const char *ide_find(struct ide *ide);

/* Up to 255 sectors, through the processor. False if the disk reports an error or nothing. */
bool ide_read_by_processor(const struct ide *ide, u32 sector, u32 count, void *to);

enum ide_direction { IDE_TO_DISK, IDE_TO_MEMORY };

/*
 * Up to 255 sectors by bus master; `regions` is the address of the list as the controller emits it.
 * False if the disk reports an error or does not end.
 */
bool ide_transfer(const struct ide *ide, enum ide_direction direction, u32 sector, u32 count,
		  u32 regions);

/* Whether a request of the latest transfer was aborted. */
bool ide_had_error(const struct ide *ide);

#endif
