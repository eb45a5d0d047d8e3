/* Chapter 1: ACPI names the unit, PCI names the endpoint. */
#include "acpi.h"
#include "demo.h"
#include "interrupts.h"
#include "pci.h"
#include "report.h"

#define NEEDED_ECAP \
	(ECAP_QI | ECAP_SMTS | ECAP_FSTS | ECAP_SMPWCS | ECAP_PASID | ECAP_DT | ECAP_PRS | ECAP_C)
#define NEEDED_PASID_BITS 6u

static void find_tables(void)
{
	struct acpi_ecam ecam;
	bool rsdp = acpi_init();

	require("find-dmar", acpi_find("DMAR") != NULL, "%s",
		rsdp ? "the ACPI tables have no valid DMAR table" :
		       "no RSDP between 0xe0000 and 0xfffff");
	if (acpi_find_ecam(&ecam)) {
		pci_init(&ecam);
		note("configuration space of buses %u to %u at 0x%llx", ecam.first_bus,
		     ecam.last_bus, ecam.base);
	} else {
		pci_init(NULL);
		note("no MCFG table: configuration space through ports CF8 and CFC");
	}
}

static void find_endpoint(struct demo *demo)
{
	const char *missing = dma_engine_find(&demo->engine);
	u16 function = demo->engine.function;

	require("find-endpoint", !missing, "%s", missing);
	require("endpoint-capabilities",
		pci_find_extended_capability(function, PCI_EXT_ATS) &&
			pci_find_extended_capability(function, PCI_EXT_PRI) &&
			pci_find_extended_capability(function, PCI_EXT_PASID),
		"ATS at 0x%x, PRI at 0x%x, PASID at 0x%x (0: not there)",
		pci_find_extended_capability(function, PCI_EXT_ATS),
		pci_find_extended_capability(function, PCI_EXT_PRI),
		pci_find_extended_capability(function, PCI_EXT_PASID));
	note("endpoint %02x:%02x.%u, registers at 0x%x", function >> 8, function >> 3 & 31,
	     function & 7, (u32)demo->engine.registers);
}

static void find_unit(struct demo *demo)
{
	struct acpi_remapping_unit description = { 0 };
	const char *missing;

	require("find-unit",
		acpi_find_remapping_unit(demo->engine.function, &description) &&
			vtd_init(&demo->unit, description.registers),
		"no DRHD covers the endpoint, or nothing answers at its base 0x%llx",
		description.registers);
	vtd_describe(&demo->unit);
	note("%u bytes of registers, host addresses of %u bits", description.register_bytes,
	     description.host_address_bits);

	missing = vtd_missing_capability(&demo->unit, NEEDED_ECAP);
	require("unit-capabilities",
		!missing && ECAP_PSS(demo->unit.ecap) + 1 >= NEEDED_PASID_BITS,
		"ECAP.%s is needed", missing ? missing : "PSS of 5 or more");
}

void demo_discover(struct demo *demo)
{
	find_tables();
	find_endpoint(demo);
	find_unit(demo);
	require("local-apic", interrupts_init(acpi_local_apic()), "none answers at 0x%x",
		acpi_local_apic());
}
