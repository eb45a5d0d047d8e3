#include "queue.h"
#include "interrupts.h"
#include "memory.h"
#include "report.h"

#define QUEUE_MASK (PAGE_SIZE - 1)
#define SPACE_POLLS 100000u

/* Descriptor types (Table 21) and granularities. */
#define TYPE_CONTEXT 1
#define TYPE_IOTLB 2
#define TYPE_WAIT 5
#define TYPE_PASID_IOTLB 6
#define TYPE_PASID_CACHE 7
#define TYPE_PASID_DEVICE_TLB 8
#define TYPE_GROUP_RESPONSE 9
#define GRANULARITY(n) ((u64)(n) << 4)
#define CONTEXT_GLOBAL GRANULARITY(1)
#define CONTEXT_DEVICE GRANULARITY(3)
#define IOTLB_GLOBAL GRANULARITY(1)
#define IOTLB_DOMAIN GRANULARITY(2)
#define IOTLB_PAGES GRANULARITY(3)
#define PASID_IOTLB_PASID GRANULARITY(2)
#define PASID_IOTLB_PAGES GRANULARITY(3)
#define PASID_CACHE_DOMAIN GRANULARITY(0)
#define PASID_CACHE_GLOBAL GRANULARITY(3)
#define IOTLB_DRAIN (BIT64(6) | BIT64(7)) /* writes and reads */
#define WAIT_STATUS_WRITE BIT64(5)
#define RESPONSE_HAS_PASID BIT64(4)
#define DEVICE_TLB_SIZE BIT64(11)

bool vtd_queue_on(struct vtd_unit *unit)
{
	unit->descriptors = pages_alloc(1);
	unit->wait_status = pages_alloc(1);
	unit->descriptor_tail = 0;
	unit->descriptor_bytes = unit->ecap & ECAP_SMTS ? 32 : 16;
	vtd_write64(unit, IQT_REG, 0);
	vtd_write64(unit, IQA_REG,
		    physical(unit->descriptors) | (unit->ecap & ECAP_SMTS ? IQA_256_BIT : 0));
	return vtd_command(unit, GLOBAL_QIE, true);
}

bool vtd_queue_off(struct vtd_unit *unit)
{
	return vtd_command(unit, GLOBAL_QIE, false);
}

/* The queue is full when the tail would meet the head: then the unit must first go on. */
static void wait_for_space(const struct vtd_unit *unit, u32 next_tail)
{
	u32 polls;

	for (polls = 0; polls < SPACE_POLLS; polls++) {
		if (vtd_read32(unit, IQH_REG) != next_tail)
			return;
		cpu_relax();
	}
	give_up("invalidation-queue-space", "IQH stays at 0x%x, %s", next_tail,
		vtd_queue_trouble(unit));
}

static void submit(struct vtd_unit *unit, u64 low, u64 high)
{
	u32 next_tail = (unit->descriptor_tail + unit->descriptor_bytes) & QUEUE_MASK;
	u64 *descriptor = unit->descriptors + unit->descriptor_tail / sizeof(u64);

	wait_for_space(unit, next_tail);
	memset(descriptor, 0, unit->descriptor_bytes);
	descriptor[0] = low;
	descriptor[1] = high;
	unit->descriptor_tail = next_tail;
	unit->descriptors_submitted++;
	compiler_barrier();
	vtd_write32(unit, IQT_REG, next_tail);
}

void vtd_invalidate_context(struct vtd_unit *unit, u16 requester)
{
	submit(unit, TYPE_CONTEXT | CONTEXT_DEVICE | (u64)requester << 32, 0);
}

void vtd_invalidate_legacy_context(struct vtd_unit *unit, u16 requester, u16 domain)
{
	submit(unit,
	       TYPE_CONTEXT | CONTEXT_DEVICE | (u64)domain << 16 | (u64)requester << 32, 0);
}

void vtd_invalidate_pasid_cache(struct vtd_unit *unit, u16 domain)
{
	submit(unit, TYPE_PASID_CACHE | PASID_CACHE_DOMAIN | (u64)domain << 16, 0);
}

void vtd_invalidate_domain(struct vtd_unit *unit, u16 domain)
{
	submit(unit, TYPE_IOTLB | IOTLB_DOMAIN | IOTLB_DRAIN | (u64)domain << 16, 0);
}

void vtd_invalidate_translations(struct vtd_unit *unit)
{
	submit(unit, TYPE_IOTLB | IOTLB_GLOBAL | IOTLB_DRAIN, 0);
}

void vtd_invalidate_domain_pages(struct vtd_unit *unit, u16 domain, u64 address, u32 order)
{
	submit(unit, TYPE_IOTLB | IOTLB_PAGES | IOTLB_DRAIN | (u64)domain << 16,
	       (address & ~(u64)(PAGE_SIZE - 1)) | order);
}

void vtd_invalidate_pages(struct vtd_unit *unit, u16 domain, u32 pasid, u64 address, u32 order)
{
	submit(unit,
	       TYPE_PASID_IOTLB | PASID_IOTLB_PAGES | (u64)domain << 16 | (u64)pasid << 32,
	       (address & ~(u64)(PAGE_SIZE - 1)) | order);
}

void vtd_invalidate_pasid(struct vtd_unit *unit, u16 domain, u32 pasid)
{
	submit(unit,
	       TYPE_PASID_IOTLB | PASID_IOTLB_PASID | (u64)domain << 16 | (u64)pasid << 32, 0);
}

void vtd_invalidate_device_tlb(struct vtd_unit *unit, u16 requester, u32 pasid, u64 address,
			       u32 order)
{
	u64 low = TYPE_PASID_DEVICE_TLB | (u64)requester << 16 | (u64)pasid << 32;
	u64 pages = address >> 12;

	/* The device that throttles is the physical function, here the endpoint itself. */
	if (unit->ecap & ECAP_DIT)
		low |= (u64)(requester & 0xf) << 12 | (u64)(requester >> 4) << 52;
	/* The lowest clear bit of the page number says how large the range is (4.1.1 of ATS). */
	if (order)
		pages = (pages & ~(BIT64(order) - 1)) | (BIT64(order - 1) - 1);
	submit(unit, low, pages << 12 | (order ? DEVICE_TLB_SIZE : 0));
}

void vtd_respond(struct vtd_unit *unit, u16 requester, bool has_pasid, u32 pasid, u32 group,
		 enum response_code code)
{
	u64 low = TYPE_GROUP_RESPONSE | (u64)code << 12 | (u64)requester << 16;

	if (has_pasid)
		low |= RESPONSE_HAS_PASID | (u64)pasid << 32;
	submit(unit, low, (u64)group << 3);
}

bool vtd_invalidate_everything(struct vtd_unit *unit)
{
	/* In this order: a later cache may be refilled from an earlier one (6.5.2.12). */
	submit(unit, TYPE_CONTEXT | CONTEXT_GLOBAL, 0);
	if (unit->root_mode == RTADDR_SCALABLE_MODE)
		submit(unit, TYPE_PASID_CACHE | PASID_CACHE_GLOBAL, 0);
	vtd_invalidate_translations(unit);
	return vtd_wait_for_queue(unit, 0);
}

static bool status_written(const struct vtd_unit *unit)
{
	return *unit->wait_status == unit->wait_sequence;
}

/* After an error the queue stands still: waiting longer would not help. */
static bool queue_rests(const void *context)
{
	const struct vtd_unit *unit = context;

	return status_written(unit) || (vtd_read32(unit, FSTS_REG) & (FSTS_IQE | FSTS_ITE));
}

bool vtd_wait_for_queue(struct vtd_unit *unit, u32 flags)
{
	unit->wait_sequence++;
	submit(unit, TYPE_WAIT | WAIT_STATUS_WRITE | flags | (u64)unit->wait_sequence << 32,
	       physical(unit->wait_status));
	return wait_until(queue_rests, unit) && status_written(unit);
}

const char *vtd_queue_trouble(const struct vtd_unit *unit)
{
	u32 status = vtd_read32(unit, FSTS_REG);

	if (status & FSTS_IQE)
		return "FSTS.IQE: a descriptor was refused";
	if (status & FSTS_ITE)
		return "FSTS.ITE: the device did not answer an invalidation";
	if (status & FSTS_ICE)
		return "FSTS.ICE: unexpected invalidation completion";
	return "no queue error in FSTS";
}
