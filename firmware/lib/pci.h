/*
 * PCI configuration space of segment 0, through ECAM where ACPI says so, else through ports CF8/CFC
 * (first 256 bytes only), and the PCI Express capabilities that page requests need.
 */
#ifndef PCI_H
#define PCI_H

#include "acpi.h"
#include "types.h"

#define PCI_NONE 0xffffu

#define PCI_VENDOR 0x00
#define PCI_COMMAND 0x04
#define PCI_STATUS 0x06
#define PCI_CLASS 0x0a /* class and subclass */
#define PCI_HEADER_TYPE 0x0e
#define PCI_BAR0 0x10
#define PCI_CAPABILITIES 0x34

#define PCI_COMMAND_IO BIT(0)
#define PCI_COMMAND_MEMORY BIT(1)
#define PCI_COMMAND_MASTER BIT(2)
#define PCI_COMMAND_INTX_OFF BIT(10)
#define PCI_STATUS_CAPABILITIES BIT(4)

#define PCI_CAP_MSI 0x05

#define MSI_CONTROL 0x02
#define MSI_CONTROL_ENABLE BIT(0)
#define MSI_CONTROL_64BIT BIT(7)
#define MSI_CONTROL_MESSAGES 0x0070
#define MSI_ADDRESS 0x04

#define PCI_EXT_ATS 0x0f
#define ATS_CONTROL 0x06
#define ATS_ENABLE BIT(15)

#define PCI_EXT_PRI 0x13
#define PRI_CONTROL 0x04
#define PRI_ENABLE BIT(0)
#define PRI_STATUS 0x06
#define PRI_RESPONSE_FAILURE BIT(0) /* written 1 to clear */
#define PRI_STOPPED BIT(8)
#define PRI_ALLOCATION 0x0c

#define PCI_EXT_PASID 0x1b
#define PASID_CONTROL 0x06
#define PASID_ENABLE BIT(0)

/* `ecam` NULL: ports CF8/CFC. */
void pci_init(const struct acpi_ecam *ecam);

/* A function is named by its requester id: bus 15:8, device 7:3, function 2:0. */
u16 pci_read16(u16 function, u32 offset);
u32 pci_read32(u16 function, u32 offset);
void pci_write16(u16 function, u32 offset, u16 value);
void pci_write32(u16 function, u32 offset, u32 value);

/* The first function with these ids, or of this class and subclass, or PCI_NONE. */
u16 pci_find_device(u16 vendor, u16 device);
u16 pci_find_class(u16 class_code);

/* Offset of a capability, 0 if the function has none. Extended ones need ECAM. */
u32 pci_find_capability(u16 function, u8 id);
u32 pci_find_extended_capability(u16 function, u16 id);

/* Address in a 32- or 64-bit memory BAR; 0 for an I/O BAR, above 4 GiB or unassigned. */
u32 pci_memory_bar(u16 function, u32 index);

/* First port of an I/O BAR; 0 for a memory BAR or an unassigned one. */
u16 pci_io_bar(u16 function, u32 index);

/* One message with this vector to the boot CPU. False without MSI capability. */
bool pci_enable_msi(u16 function, u8 vector);

#endif
