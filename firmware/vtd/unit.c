#include "unit.h"
#include "interrupts.h"
#include "queue.h"
#include "report.h"
#include "console.h"

#define COMMAND_POLLS 1000000u

struct bit_name {
	u64 bit;
	const char *name;
};

static const struct bit_name ecap_names[] = {
	{ ECAP_QI, "QI" },	 { ECAP_DT, "DT" },	{ ECAP_IR, "IR" },
	{ ECAP_EIM, "EIM" },	 { ECAP_C, "C" },	{ ECAP_SC, "SC" },
	{ ECAP_PT, "PT" },	 { ECAP_SMTS, "SMTS" }, { ECAP_FSTS, "FSTS" },
	{ ECAP_SSTS, "SSTS" },	 { ECAP_NEST, "NEST" }, { ECAP_SMPWCS, "SMPWCS" },
	{ ECAP_SSADS, "SSADS" }, { ECAP_EAFS, "EAFS" }, { ECAP_SRS, "SRS" },
	{ ECAP_PASID, "PASID" }, { ECAP_RPS, "RPS" },	{ ECAP_PRS, "PRS" },
	{ ECAP_PDS, "PDS" },	 { ECAP_DIT, "DIT" },	{ ECAP_NWFS, "NWFS" },
};

static const struct bit_name cap_names[] = {
	{ CAP_ESRTPS, "ESRTPS" }, { CAP_FS5LP, "FS5LP" }, { CAP_FS1GP, "FS1GP" },
	{ CAP_PSI, "PSI" },	  { CAP_CM, "CM" },
};

bool vtd_init(struct vtd_unit *unit, u64 registers)
{
	u32 version;

	unit->registers = (uintptr_t)registers;
	version = vtd_read32(unit, VER_REG);
	unit->cap = vtd_read64(unit, CAP_REG);
	unit->ecap = vtd_read64(unit, ECAP_REG);
	return version != 0 && version != 0xffffffff;
}

static void print_names(u64 value, const struct bit_name *names, u32 count)
{
	for (; count; count--, names++)
		if (value & names->bit)
			print(" %s", names->name);
	print("\n");
}

void vtd_describe(const struct vtd_unit *unit)
{
	u32 version = vtd_read32(unit, VER_REG);
	u32 sagaw = CAP_SAGAW(unit->cap);

	note("unit at 0x%x: VT-d version %u.%u", (u32)unit->registers, version >> 4 & 0xf,
	     version & 0xf);
	print("# CAP  %016llx:", unit->cap);
	print_names(unit->cap, cap_names, ARRAY_SIZE(cap_names));
	print("# ECAP %016llx:", unit->ecap);
	print_names(unit->ecap, ecap_names, ARRAY_SIZE(ecap_names));
	note("%u fault records at +0x%x, %u-bit domain ids, %u-bit PASIDs", CAP_NFR(unit->cap) + 1,
	     CAP_FRO(unit->cap) * 16, 4 + 2 * CAP_ND(unit->cap), ECAP_PSS(unit->ecap) + 1);
	note("guest addresses of %u bits, second-stage tables of%s%s%s levels",
	     CAP_MGAW(unit->cap) + 1, sagaw & BIT(1) ? " 3" : "",
	     sagaw & BIT(2) ? " 4" : "", sagaw & BIT(3) ? " 5" : "");
}

const char *vtd_missing_capability(const struct vtd_unit *unit, u64 ecap_bits)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ecap_names); i++)
		if (ecap_names[i].bit & ecap_bits & ~unit->ecap)
			return ecap_names[i].name;
	return NULL;
}

bool vtd_command(const struct vtd_unit *unit, u32 bit, bool on)
{
	u32 command = vtd_read32(unit, GSTS_REG) & ~GLOBAL_ONE_SHOT;
	u32 polls;

	vtd_write32(unit, GCMD_REG, on ? command | bit : command & ~bit);
	for (polls = 0; polls < COMMAND_POLLS; polls++) {
		if (!(vtd_read32(unit, GSTS_REG) & bit) == !on)
			return true;
		cpu_relax();
	}
	return false;
}

bool vtd_event_on(const struct vtd_unit *unit, u32 control, u8 vector)
{
	vtd_write32(unit, control + EVENT_DATA, vector);
	vtd_write32(unit, control + EVENT_ADDRESS, interrupt_message_address());
	vtd_write32(unit, control + EVENT_UPPER_ADDRESS, 0);
	vtd_write32(unit, control, 0);
	return !(vtd_read32(unit, control) & EVENT_MASKED);
}

void vtd_event_off(const struct vtd_unit *unit, u32 control)
{
	vtd_write32(unit, control, EVENT_MASKED);
}

bool vtd_set_root(struct vtd_unit *unit)
{
	vtd_write64(unit, RTADDR_REG, (uintptr_t)unit->root_table | unit->root_mode);
	if (!vtd_command(unit, GLOBAL_SRTP, true))
		return false;
	return (unit->cap & CAP_ESRTPS) || vtd_invalidate_everything(unit);
}

bool vtd_flush_write_buffer(const struct vtd_unit *unit)
{
	u32 command = vtd_read32(unit, GSTS_REG) & ~GLOBAL_ONE_SHOT, polls;

	if (!(unit->cap & CAP_RWBF))
		return true;
	vtd_write32(unit, GCMD_REG, command | GLOBAL_WBF);
	for (polls = 0; polls < COMMAND_POLLS; polls++)
		if (!(vtd_read32(unit, GSTS_REG) & GLOBAL_WBF))
			return true;
	return false;
}
