#include "edu.h"
#include "cpu.h"
#include "interrupts.h"
#include "pci.h"

#define EDU_ID 0x00
#define EDU_ID_VALUE 0x010000edu
#define EDU_INTERRUPT_STATUS 0x24
#define EDU_INTERRUPT_ACKNOWLEDGE 0x64
#define EDU_DMA_SOURCE 0x80
#define EDU_DMA_DESTINATION 0x88
#define EDU_DMA_COUNT 0x90
#define EDU_DMA_COMMAND 0x98
#define COMMAND_RUN BIT(0)
#define COMMAND_TO_MEMORY BIT(1)
#define COMMAND_INTERRUPT BIT(2)
/* Of the buffer, as the DMA registers count. */
#define EDU_BUFFER 0x40000u

const char *edu_find(struct edu *edu)
{
	u16 command;

	edu->function = pci_find_device(EDU_VENDOR, EDU_DEVICE);
	if (edu->function == PCI_NONE)
		return "no function 1234:11e8";
	edu->registers = pci_memory_bar(edu->function, 0);
	if (!edu->registers)
		return "BAR 0 of edu has no address below 4 GiB";
	command = pci_read16(edu->function, PCI_COMMAND);
	pci_write16(edu->function, PCI_COMMAND,
		    command | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_OFF);
	if (mmio_read32(edu->registers + EDU_ID) != EDU_ID_VALUE)
		return "edu does not identify itself";
	return NULL;
}

static void serve_interrupt(void *context)
{
	const struct edu *edu = context;

	mmio_write32(edu->registers + EDU_INTERRUPT_ACKNOWLEDGE,
		     mmio_read32(edu->registers + EDU_INTERRUPT_STATUS));
}

bool edu_init(struct edu *edu, u8 vector)
{
	interrupt_register(vector, serve_interrupt, edu);
	return pci_enable_msi(edu->function, vector);
}

static bool has_ended(const void *context)
{
	const struct edu *edu = context;

	return !(mmio_read32(edu->registers + EDU_DMA_COMMAND) & COMMAND_RUN);
}

static bool transfer(const struct edu *edu, u32 source, u32 destination, u32 bytes, u32 command)
{
	mmio_write32(edu->registers + EDU_DMA_SOURCE, source);
	mmio_write32(edu->registers + EDU_DMA_DESTINATION, destination);
	mmio_write32(edu->registers + EDU_DMA_COUNT, bytes);
	mmio_write32(edu->registers + EDU_DMA_COMMAND, COMMAND_RUN | COMMAND_INTERRUPT | command);
	return wait_until(has_ended, edu);
}

bool edu_read_memory(const struct edu *edu, u32 address, u32 buffer_offset, u32 bytes)
{
	return transfer(edu, address, EDU_BUFFER + buffer_offset, bytes, 0);
}

bool edu_write_memory(const struct edu *edu, u32 address, u32 buffer_offset, u32 bytes)
{
	return transfer(edu, EDU_BUFFER + buffer_offset, address, bytes, COMMAND_TO_MEMORY);
}
