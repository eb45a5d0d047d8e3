#include "acpi.h"
#include "memory.h"

#define BIOS_AREA_START 0xe0000u
#define BIOS_AREA_END 0x100000u
#define RSDP_V1_LENGTH 20

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem_id[6];
	u8 revision;
	u32 rsdt;
	u32 length; /* from here on only with revision 2 */
	u64 xsdt;
	u8 extended_checksum;
	u8 reserved[3];
} __attribute__((packed));

struct madt {
	struct acpi_header header;
	u32 local_apic;
	u32 flags;
} __attribute__((packed));

struct mcfg {
	struct acpi_header header;
	u64 reserved;
	struct {
		u64 base;
		u16 segment;
		u8 first_bus;
		u8 last_bus;
		u32 reserved;
	} __attribute__((packed)) areas[];
} __attribute__((packed));

struct dmar {
	struct acpi_header header;
	u8 host_address_width; /* minus 1 */
	u8 flags;
	u8 reserved[10];
} __attribute__((packed));

#define DMAR_DRHD 0
#define DRHD_INCLUDE_PCI_ALL BIT(0)

struct drhd {
	u16 type;
	u16 length;
	u8 flags;
	u8 size; /* 3:0: the registers take 2^N pages */
	u16 segment;
	u64 registers;
} __attribute__((packed));

#define SCOPE_PCI_ENDPOINT 1

struct device_scope {
	u8 type;
	u8 length;
	u8 flags;
	u8 reserved;
	u8 enumeration_id;
	u8 start_bus;
	struct {
		u8 device;
		u8 function;
	} path[];
} __attribute__((packed));

static const struct rsdp *rsdp;

static bool sum_is_zero(const void *bytes, u32 length)
{
	const u8 *byte = bytes;
	u8 sum = 0;

	while (length--)
		sum = (u8)(sum + *byte++);
	return sum == 0;
}

bool acpi_init(void)
{
	uintptr_t address;

	for (address = BIOS_AREA_START; address < BIOS_AREA_END; address += 16) {
		const struct rsdp *candidate = (const struct rsdp *)address;

		if (!memcmp(candidate->signature, "RSD PTR ", 8) &&
		    sum_is_zero(candidate, RSDP_V1_LENGTH)) {
			rsdp = candidate;
			return true;
		}
	}
	return false;
}

static const struct acpi_header *table_if(u64 address, const char *signature)
{
	const struct acpi_header *table = (const struct acpi_header *)(uintptr_t)address;

	if (HIGH32(address) || !address || memcmp(table->signature, signature, 4))
		return NULL;
	return sum_is_zero(table, table->length) ? table : NULL;
}

const struct acpi_header *acpi_find(const char *signature)
{
	const struct acpi_header *root = NULL, *found = NULL;
	u32 entry_bytes = 8, offset;

	if (!rsdp)
		return NULL;
	if (rsdp->revision >= 2)
		root = table_if(rsdp->xsdt, "XSDT");
	if (!root) {
		root = table_if(rsdp->rsdt, "RSDT");
		entry_bytes = 4;
	}
	if (!root)
		return NULL;
	for (offset = sizeof(*root); !found && offset + entry_bytes <= root->length;
	     offset += entry_bytes) {
		u64 address = 0;

		memcpy(&address, (const u8 *)root + offset, entry_bytes);
		found = table_if(address, signature);
	}
	return found;
}

u32 acpi_local_apic(void)
{
	const struct madt *madt = (const struct madt *)acpi_find("APIC");

	return madt ? madt->local_apic : 0;
}

bool acpi_find_ecam(struct acpi_ecam *ecam)
{
	const struct mcfg *mcfg = (const struct mcfg *)acpi_find("MCFG");
	u32 count, i;

	if (!mcfg)
		return false;
	count = (mcfg->header.length - sizeof(*mcfg)) / sizeof(mcfg->areas[0]);
	for (i = 0; i < count; i++) {
		if (mcfg->areas[i].segment || HIGH32(mcfg->areas[i].base))
			continue;
		ecam->base = mcfg->areas[i].base;
		ecam->first_bus = mcfg->areas[i].first_bus;
		ecam->last_bus = mcfg->areas[i].last_bus;
		return true;
	}
	return false;
}

static bool scope_lists(const struct drhd *drhd, u16 requester)
{
	u32 offset = sizeof(*drhd);

	while (offset + sizeof(struct device_scope) + 2 <= drhd->length) {
		const struct device_scope *scope =
			(const struct device_scope *)((const u8 *)drhd + offset);

		if (scope->length < sizeof(*scope) + 2)
			return false;
		if (scope->type == SCOPE_PCI_ENDPOINT && scope->length == sizeof(*scope) + 2 &&
		    requester == (scope->start_bus << 8 | scope->path[0].device << 3 |
				  scope->path[0].function))
			return true;
		offset += scope->length;
	}
	return false;
}

bool acpi_find_remapping_unit(u16 requester, struct acpi_remapping_unit *unit)
{
	const struct dmar *dmar = (const struct dmar *)acpi_find("DMAR");
	u32 offset = sizeof(*dmar);

	/* INCLUDE_PCI_ALL comes last in its segment (8.3): the first that fits is the right one. */
	while (dmar && offset + sizeof(struct drhd) <= dmar->header.length) {
		const struct drhd *drhd = (const struct drhd *)((const u8 *)dmar + offset);
		bool all = drhd->flags & DRHD_INCLUDE_PCI_ALL;

		if (drhd->length < 4)
			return false;
		offset += drhd->length;
		if (drhd->type != DMAR_DRHD || drhd->segment || HIGH32(drhd->registers) ||
		    (!all && !scope_lists(drhd, requester)))
			continue;
		unit->registers = drhd->registers;
		unit->register_bytes = PAGE_SIZE << (drhd->size & 0xf);
		unit->host_address_bits = dmar->host_address_width + 1u;
		return true;
	}
	return false;
}
