#include "pci.h"
#include "cpu.h"
#include "interrupts.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define CONFIG_ENABLE BIT(31)
#define PORT_CONFIG_BYTES 256u
#define EXTENDED_CONFIG 0x100u
#define HEADER_MULTI_FUNCTION BIT(7)
#define MAX_CAPABILITIES 48u

static struct acpi_ecam ecam_area;
static bool has_ecam;

void pci_init(const struct acpi_ecam *ecam)
{
	has_ecam = ecam != NULL;
	if (ecam)
		ecam_area = *ecam;
}

static bool reaches(u16 function, u32 offset)
{
	u8 bus = (u8)(function >> 8);

	if (has_ecam)
		return bus >= ecam_area.first_bus && bus <= ecam_area.last_bus;
	return offset < PORT_CONFIG_BYTES;
}

static uintptr_t ecam_address(u16 function, u32 offset)
{
	return (uintptr_t)ecam_area.base + ((u32)function << 12) + offset;
}

static u16 select_port(u16 function, u32 offset)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | (u32)function << 8 | (offset & 0xfc));
	return (u16)(CONFIG_DATA + (offset & 3));
}

u16 pci_read16(u16 function, u32 offset)
{
	if (!reaches(function, offset))
		return 0xffff;
	if (has_ecam)
		return mmio_read16(ecam_address(function, offset));
	return inw(select_port(function, offset));
}

u32 pci_read32(u16 function, u32 offset)
{
	if (!reaches(function, offset))
		return 0xffffffff;
	if (has_ecam)
		return mmio_read32(ecam_address(function, offset));
	return inl(select_port(function, offset));
}

void pci_write16(u16 function, u32 offset, u16 value)
{
	if (!reaches(function, offset))
		return;
	if (has_ecam)
		mmio_write16(ecam_address(function, offset), value);
	else
		outw(select_port(function, offset), value);
}

void pci_write32(u16 function, u32 offset, u32 value)
{
	if (!reaches(function, offset))
		return;
	if (has_ecam)
		mmio_write32(ecam_address(function, offset), value);
	else
		outl(select_port(function, offset), value);
}

/* The first function whose dword at this offset has this value where the mask is set. */
static u16 find_function(u32 offset, u32 mask, u32 value)
{
	u32 first = has_ecam ? (u32)ecam_area.first_bus << 8 : 0;
	u32 last = has_ecam ? (u32)ecam_area.last_bus << 8 | 0xff : 0xff;
	u32 function;

	for (function = first; function <= last; function++) {
		u32 ids = pci_read32((u16)function, PCI_VENDOR);
		bool single = !(pci_read16((u16)function, PCI_HEADER_TYPE) & HEADER_MULTI_FUNCTION);

		if (ids != 0xffffffff && (pci_read32((u16)function, offset) & mask) == value)
			return (u16)function;
		/* Function 0 absent or alone: the other seven need no look. */
		if ((function & 7) == 0 && (ids == 0xffffffff || single))
			function += 7;
	}
	return PCI_NONE;
}

u16 pci_find_device(u16 vendor, u16 device)
{
	return find_function(PCI_VENDOR, 0xffffffff, (u32)device << 16 | vendor);
}

u16 pci_find_class(u16 class_code)
{
	return find_function(PCI_CLASS & ~3u, 0xffff0000, (u32)class_code << 16);
}

u32 pci_find_capability(u16 function, u8 id)
{
	u32 offset, hops;

	if (!(pci_read16(function, PCI_STATUS) & PCI_STATUS_CAPABILITIES))
		return 0;
	offset = pci_read16(function, PCI_CAPABILITIES) & 0xfc;
	for (hops = 0; offset && hops < MAX_CAPABILITIES; hops++) {
		u16 header = pci_read16(function, offset);

		if ((header & 0xff) == id)
			return offset;
		offset = header >> 8 & 0xfc;
	}
	return 0;
}

u32 pci_find_extended_capability(u16 function, u16 id)
{
	u32 offset = EXTENDED_CONFIG, hops;

	for (hops = 0; has_ecam && offset && hops < MAX_CAPABILITIES; hops++) {
		u32 header = pci_read32(function, offset);

		if (header == 0 || header == 0xffffffff)
			return 0;
		if ((header & 0xffff) == id)
			return offset;
		offset = header >> 20 & 0xffc;
	}
	return 0;
}

u32 pci_memory_bar(u16 function, u32 index)
{
	u32 low = pci_read32(function, PCI_BAR0 + 4 * index);
	bool io = low & 1;
	bool wide = (low & 6) == 4;

	if (io || (wide && pci_read32(function, PCI_BAR0 + 4 * index + 4)))
		return 0;
	return low & ~0xfu;
}

u16 pci_io_bar(u16 function, u32 index)
{
	u32 bar = pci_read32(function, PCI_BAR0 + 4 * index);

	return bar & 1 ? (u16)(bar & 0xfffc) : 0;
}

bool pci_enable_msi(u16 function, u8 vector)
{
	u32 msi = pci_find_capability(function, PCI_CAP_MSI);
	u32 data = msi + MSI_ADDRESS + 4;
	u16 control;

	if (!msi)
		return false;
	control = pci_read16(function, msi + MSI_CONTROL);
	pci_write32(function, msi + MSI_ADDRESS, interrupt_message_address());
	if (control & MSI_CONTROL_64BIT) {
		pci_write32(function, data, 0);
		data += 4;
	}
	pci_write16(function, data, vector);
	pci_write16(function, msi + MSI_CONTROL,
		    (u16)((control & ~MSI_CONTROL_MESSAGES) | MSI_CONTROL_ENABLE));
	return true;
}
