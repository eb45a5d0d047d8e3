#include "ide.h"
#include "cpu.h"
#include "interrupts.h"
#include "pci.h"

#define CLASS_IDE 0x0101
#define BUS_MASTER_BAR 4u

/* Task file of the first channel. */
#define IDE_DATA 0x1f0
#define IDE_COUNT 0x1f2
#define IDE_LBA_LOW 0x1f3
#define IDE_LBA_MIDDLE 0x1f4
#define IDE_LBA_HIGH 0x1f5
#define IDE_DEVICE 0x1f6
#define DEVICE_0_LBA 0xe0u
#define IDE_COMMAND 0x1f7
#define IDE_STATUS 0x3f6 /* the alternate one: reading it changes nothing */
#define STATUS_ERROR BIT(0)
#define STATUS_DATA BIT(3)
#define STATUS_READY BIT(6)
#define STATUS_BUSY BIT(7)
#define CONTROL_NO_INTERRUPT BIT(1)
#define FLOATING 0xffu

#define COMMAND_READ 0x20
#define COMMAND_READ_DMA 0xc8
#define COMMAND_WRITE_DMA 0xca
#define COMMAND_IDENTIFY 0xec
#define IDENTIFY_SECTORS 60u

#define MASTER_COMMAND 0
#define MASTER_START BIT(0)
#define MASTER_TO_MEMORY BIT(3)
#define MASTER_STATUS 2
#define MASTER_ACTIVE BIT(0)
#define MASTER_ERROR BIT(1)
#define MASTER_INTERRUPT BIT(2)
#define MASTER_LIST 4

static bool is_idle(const void *context)
{
	(void)context;
	return !(inb(IDE_STATUS) & STATUS_BUSY);
}

static bool has_data(const void *context)
{
	u8 status = inb(IDE_STATUS);

	(void)context;
	return !(status & STATUS_BUSY) && (status & (STATUS_DATA | STATUS_ERROR));
}

static void command(u32 sector, u32 count, u8 code)
{
	outb(IDE_DEVICE, (u8)(DEVICE_0_LBA | (sector >> 24 & 0xf)));
	outb(IDE_COUNT, (u8)count);
	outb(IDE_LBA_LOW, (u8)sector);
	outb(IDE_LBA_MIDDLE, (u8)(sector >> 8));
	outb(IDE_LBA_HIGH, (u8)(sector >> 16));
	outb(IDE_COMMAND, code);
}

static const char *identify(struct ide *ide)
{
	u16 words[IDE_SECTOR / 2];

	outb(IDE_DEVICE, DEVICE_0_LBA);
	if (inb(IDE_STATUS) == FLOATING || !wait_until(is_idle, NULL))
		return "no disk on the first IDE channel";
	command(0, 0, COMMAND_IDENTIFY);
	/* Nobody there reads 0; a CD drive refuses. */
	if (!(inb(IDE_STATUS) & (STATUS_READY | STATUS_BUSY | STATUS_DATA)) ||
	    !wait_until(has_data, NULL) || (inb(IDE_STATUS) & STATUS_ERROR))
		return "no disk on the first IDE channel";
	inw_many(IDE_DATA, words, ARRAY_SIZE(words));
	ide->sectors = words[IDENTIFY_SECTORS] | (u32)words[IDENTIFY_SECTORS + 1] << 16;
	return ide->sectors ? NULL : "the disk has no sectors";
}

const char *ide_find(struct ide *ide)
{
	u16 bits;

	ide->function = pci_find_class(CLASS_IDE);
	if (ide->function == PCI_NONE)
		return "no IDE controller";
	ide->bus_master = pci_io_bar(ide->function, BUS_MASTER_BAR);
	if (!ide->bus_master)
		return "the IDE controller is no bus master";
	bits = pci_read16(ide->function, PCI_COMMAND);
	pci_write16(ide->function, PCI_COMMAND, bits | PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	outb(IDE_STATUS, CONTROL_NO_INTERRUPT);
	return identify(ide);
}

bool ide_read_by_processor(const struct ide *ide, u32 sector, u32 count, void *to)
{
	u8 *bytes = to;

	(void)ide;
	command(sector, count, COMMAND_READ);
	for (; count; count--, bytes += IDE_SECTOR) {
		if (!wait_until(has_data, NULL) || (inb(IDE_STATUS) & STATUS_ERROR))
			return false;
		inw_many(IDE_DATA, bytes, IDE_SECTOR / 2);
	}
	return true;
}

static bool transfer_has_ended(const void *context)
{
	const struct ide *ide = context;

	return !(inb((u16)(ide->bus_master + MASTER_STATUS)) & MASTER_ACTIVE) && is_idle(NULL);
}

bool ide_transfer(const struct ide *ide, enum ide_direction direction, u32 sector, u32 count,
		  u32 regions)
{
	u8 way = direction == IDE_TO_MEMORY ? MASTER_TO_MEMORY : 0;
	bool ended;

	outb((u16)(ide->bus_master + MASTER_STATUS), MASTER_ERROR | MASTER_INTERRUPT);
	outl((u16)(ide->bus_master + MASTER_LIST), regions);
	command(sector, count,
		direction == IDE_TO_MEMORY ? COMMAND_READ_DMA : COMMAND_WRITE_DMA);
	outb((u16)(ide->bus_master + MASTER_COMMAND), way | MASTER_START);
	ended = wait_until(transfer_has_ended, ide);
	outb((u16)(ide->bus_master + MASTER_COMMAND), way);
	return ended && !(inb(IDE_STATUS) & STATUS_ERROR);
}

bool ide_had_error(const struct ide *ide)
{
	return inb((u16)(ide->bus_master + MASTER_STATUS)) & MASTER_ERROR;
}
