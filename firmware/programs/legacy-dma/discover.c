/* Chapter 1: the tables of ACPI, the devices that are there, and the unit that covers them. */
#include "legacy-dma.h"
#include "acpi.h"
#include "interrupts.h"
#include "pci.h"
#include "report.h"

static void find_device(const char *name, const char *missing, u16 function)
{
	if (missing)
		note("%s: %s", name, missing);
	else
		note("%s at %02x:%02x.%u", name, function >> 8, function >> 3 & 31, function & 7);
}

/* A device that DMAR puts behind another unit, or behind none, is none of this program's. */
static const char *unless_covered(const struct legacy *legacy, const char *missing, u16 function)
{
	struct acpi_remapping_unit description;

	if (missing)
		return missing;
	if (acpi_find_remapping_unit(function, &description) &&
	    description.registers == legacy->unit.registers)
		return NULL;
	return "it is not behind this unit";
}

static void find_unit(struct legacy *legacy)
{
	struct acpi_remapping_unit description = { 0 };
	u32 levels;

	require("find-unit",
		acpi_find_remapping_unit(legacy->engine.function, &description) &&
			vtd_init(&legacy->unit, description.registers),
		"no DRHD covers the dma-engine, or nothing answers at its base 0x%llx",
		description.registers);
	vtd_describe(&legacy->unit);
	legacy->no_edu = unless_covered(legacy, legacy->no_edu, legacy->edu.function);
	legacy->no_ide = unless_covered(legacy, legacy->no_ide, legacy->ide.function);
	for (levels = LEAST_LEVELS; levels <= MOST_LEVELS; levels++)
		legacy->offered[levels] = CAP_SAGAW(legacy->unit.cap) & BIT(levels - 2);
	require("second-stage", legacy->offered[3] || legacy->offered[4],
		"SAGAW 0x%x has neither 3 nor 4 levels", CAP_SAGAW(legacy->unit.cap));
}

void legacy_discover(struct legacy *legacy)
{
	struct acpi_ecam ecam;
	bool tables = acpi_init();

	require("find-tables", tables && acpi_find("DMAR"), "no RSDP, or no DMAR table");
	pci_init(acpi_find_ecam(&ecam) ? &ecam : NULL);
	require("local-apic", interrupts_init(acpi_local_apic()), "none answers");
	legacy->no_engine = dma_engine_find(&legacy->engine);
	legacy->no_edu = edu_find(&legacy->edu);
	legacy->no_ide = ide_find(&legacy->ide);
	find_device("dma-engine", legacy->no_engine, legacy->engine.function);
	find_device("edu", legacy->no_edu, legacy->edu.function);
	find_device("IDE disk", legacy->no_ide, legacy->ide.function);
	require("find-dma-engine", !legacy->no_engine, "%s", legacy->no_engine);
	find_unit(legacy);
}
