/*
 * The ACPI tables that a test of DMA remapping needs: where they are, the local APIC (MADT),
 * extended configuration space (MCFG) and the remapping units (DMAR: VT-d chapter 8).
 */
#ifndef ACPI_H
#define ACPI_H

#include "types.h"

struct acpi_header {
	char signature[4];
	u32 length;
	u8 revision;
	u8 checksum;
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	u32 creator_id;
	u32 creator_revision;
} __attribute__((packed));

/* A remapping unit as a DRHD structure describes it (VT-d 8.3), and what DMAR says of all. */
struct acpi_remapping_unit {
	u64 registers;
	u32 register_bytes;
	u32 host_address_bits;
};

struct acpi_ecam {
	u64 base; /* of bus 0 of the segment, even if first_bus is higher */
	u8 first_bus;
	u8 last_bus;
};

/* Searches the BIOS area 0xe0000 to 0xfffff. False if there is no valid RSDP. */
bool acpi_init(void);

/* The table with this signature and a good checksum, or NULL. */
const struct acpi_header *acpi_find(const char *signature);

/* Base address of the local APIC, 0 without MADT. */
u32 acpi_local_apic(void);

/* Configuration space of segment 0. False without MCFG. */
bool acpi_find_ecam(struct acpi_ecam *ecam);

/* The unit that covers a function of segment 0: by device scope, else the one that includes all. */
bool acpi_find_remapping_unit(u16 requester, struct acpi_remapping_unit *unit);

#endif
