#include "dma-engine.h"
#include "cpu.h"
#include "interrupts.h"
#include "pci.h"
#include "report.h"

#define DMA_ID 0x000
#define DMA_ID_VALUE 0x45414d44
#define DMA_CONTROL 0x00c
#define CONTROL_INTERRUPT_ENABLE BIT(0)
#define CONTROL_RESET BIT(1)
#define DMA_STATUS 0x010
#define STATUS_BUSY BIT(0)
#define SETTLE_POLLS 1000u
#define DMA_INTR_STATUS 0x014
#define DMA_INTR_MASK 0x018
#define INTR_COMPLETED 0x00f
#define INTR_FAILED 0xf00
#define DMA_MANNERS 0x020
#define DMA_GROUP_SIZE 0x024
#define DMA_CREDITS_USED 0x028
#define DMA_GROUPS_OUTSTANDING 0x02c
#define DMA_INVALIDATIONS_PENDING 0x030
#define DMA_PAGE_REQUESTS_SENT 0x04c
#define DMA_RESPONSES_SUCCESS 0x050
#define DMA_RESPONSES_INVALID 0x054
#define DMA_RESPONSES_FAILURE 0x058
#define DMA_STOP_MARKERS_SENT 0x05c
#define DMA_UNEXPECTED_RESPONSES 0x060

#define QUEUE_BLOCK(n) (0x1000 + (n) * 0x100)
#define QUEUE_CONTROL 0x00
#define QUEUE_ENABLE BIT(0)
#define QUEUE_PASID_VALID BIT(1)
#define QUEUE_INTERRUPT_ENABLE BIT(4)
#define QUEUE_STOP_MARKER BIT(5)
#define QUEUE_STATUS 0x04
#define QUEUE_STATE 0xf
#define STATE_DISABLED 0
#define QUEUE_PASID 0x08
#define QUEUE_RING_SIZE 0x0c
#define QUEUE_RING_BASE 0x10
#define QUEUE_TAIL 0x1c
#define RING_ENTRIES_LOG2 6

#define STATUS_DONE BIT(31)
#define STATUS_CODE 0xff

static u32 read_register(const struct dma_engine *engine, u32 offset)
{
	return mmio_read32(engine->registers + offset);
}

static void write_register(const struct dma_engine *engine, u32 offset, u32 value)
{
	mmio_write32(engine->registers + offset, value);
}

const char *dma_engine_find(struct dma_engine *engine)
{
	u16 command;

	engine->function = pci_find_device(DMA_VENDOR, DMA_DEVICE);
	if (engine->function == PCI_NONE)
		return "no function 1234:d3a1";
	engine->registers = pci_memory_bar(engine->function, 0);
	if (!engine->registers)
		return "BAR 0 has no address below 4 GiB";
	command = pci_read16(engine->function, PCI_COMMAND);
	pci_write16(engine->function, PCI_COMMAND,
		    command | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_OFF);
	if (read_register(engine, DMA_ID) != DMA_ID_VALUE)
		return "BAR 0 does not begin with the bytes DMAE";
	return NULL;
}

static void serve_interrupt(void *context)
{
	const struct dma_engine *engine = context;

	/* A status bit that stays set sends no further message. */
	write_register(engine, DMA_INTR_STATUS, read_register(engine, DMA_INTR_STATUS));
}

bool dma_engine_init(struct dma_engine *engine, u8 vector)
{
	write_register(engine, DMA_CONTROL, CONTROL_RESET);
	interrupt_register(vector, serve_interrupt, engine);
	if (!pci_enable_msi(engine->function, vector))
		return false;
	write_register(engine, DMA_INTR_MASK, INTR_COMPLETED | INTR_FAILED);
	write_register(engine, DMA_CONTROL, CONTROL_INTERRUPT_ENABLE);
	return true;
}

/* Sets bits of a control register in a capability, and reads back whether they took. */
static bool capability_bits_on(u16 function, u16 id, u32 control, u16 bits)
{
	u32 capability = pci_find_extended_capability(function, id);
	u16 value;

	if (!capability)
		return false;
	value = pci_read16(function, capability + control);
	pci_write16(function, capability + control, value | bits);
	return (pci_read16(function, capability + control) & bits) == bits;
}

static void capability_bits_off(u16 function, u16 id, u32 control, u16 bits)
{
	u32 capability = pci_find_extended_capability(function, id);
	u16 value = pci_read16(function, capability + control);

	pci_write16(function, capability + control, value & (u16)~bits);
}

bool dma_engine_pasid_ats_pri_on(const struct dma_engine *engine, u32 page_request_credits)
{
	u16 function = engine->function;
	u32 pri = pci_find_extended_capability(function, PCI_EXT_PRI);

	/* PASID before ATS: PCI Express lets it change only while ATS is off. */
	if (!pri || !capability_bits_on(function, PCI_EXT_PASID, PASID_CONTROL, PASID_ENABLE) ||
	    !capability_bits_on(function, PCI_EXT_ATS, ATS_CONTROL, ATS_ENABLE))
		return false;
	pci_write32(function, pri + PRI_ALLOCATION, page_request_credits);
	return capability_bits_on(function, PCI_EXT_PRI, PRI_CONTROL, PRI_ENABLE);
}

static bool page_requests_stopped(const void *context)
{
	const struct dma_engine *engine = context;
	u32 pri = pci_find_extended_capability(engine->function, PCI_EXT_PRI);

	return pci_read16(engine->function, pri + PRI_STATUS) & PRI_STOPPED;
}

bool dma_engine_page_requests_off(const struct dma_engine *engine)
{
	capability_bits_off(engine->function, PCI_EXT_PRI, PRI_CONTROL, PRI_ENABLE);
	return wait_until(page_requests_stopped, engine);
}

bool dma_engine_recover_page_requests(const struct dma_engine *engine, u32 page_request_credits)
{
	u32 status = pci_find_extended_capability(engine->function, PCI_EXT_PRI) + PRI_STATUS;

	if (!(pci_read16(engine->function, status) & PRI_RESPONSE_FAILURE) ||
	    !wait_until(page_requests_stopped, engine))
		return false;
	pci_write16(engine->function, status, PRI_RESPONSE_FAILURE);
	return dma_engine_pasid_ats_pri_on(engine, page_request_credits);
}

void dma_engine_ats_pasid_off(const struct dma_engine *engine)
{
	capability_bits_off(engine->function, PCI_EXT_ATS, ATS_CONTROL, ATS_ENABLE);
	capability_bits_off(engine->function, PCI_EXT_PASID, PASID_CONTROL, PASID_ENABLE);
}

void dma_engine_set_group_size(const struct dma_engine *engine, u32 pages)
{
	write_register(engine, DMA_GROUP_SIZE, pages);
}

u32 dma_engine_page_requests(const struct dma_engine *engine)
{
	return read_register(engine, DMA_PAGE_REQUESTS_SENT);
}

struct dma_engine_account dma_engine_account(const struct dma_engine *engine)
{
	return (struct dma_engine_account){
		.page_requests = read_register(engine, DMA_PAGE_REQUESTS_SENT),
		.responses_success = read_register(engine, DMA_RESPONSES_SUCCESS),
		.responses_invalid = read_register(engine, DMA_RESPONSES_INVALID),
		.responses_failure = read_register(engine, DMA_RESPONSES_FAILURE),
		.responses_unexpected = read_register(engine, DMA_UNEXPECTED_RESPONSES),
		.stop_markers = read_register(engine, DMA_STOP_MARKERS_SENT),
		.credits_used = read_register(engine, DMA_CREDITS_USED),
		.groups_outstanding = read_register(engine, DMA_GROUPS_OUTSTANDING),
		.invalidations_pending = read_register(engine, DMA_INVALIDATIONS_PENDING),
	};
}

bool dma_engine_settle(const struct dma_engine *engine)
{
	u32 polls;

	for (polls = 0; polls < SETTLE_POLLS; polls++) {
		if (!(read_register(engine, DMA_STATUS) & STATUS_BUSY)) {
			interrupts_take_pending();
			return true;
		}
	}
	return false;
}

void dma_engine_set_manners(const struct dma_engine *engine, u32 manners)
{
	write_register(engine, DMA_MANNERS, manners);
}

static u32 queue_register(const struct dma_queue *queue, u32 offset)
{
	return QUEUE_BLOCK(queue->index) + offset;
}

void dma_queue_on(struct dma_queue *queue, struct dma_engine *engine, u32 index, u32 pasid,
		  struct dma_descriptor *ring, u64 ring_address)
{
	u32 with_pasid = pasid == DMA_NO_PASID ? 0 : QUEUE_PASID_VALID;

	*queue = (struct dma_queue){
		.engine = engine, .ring = ring, .index = index, .with_pasid = with_pasid
	};
	write_register(engine, queue_register(queue, QUEUE_PASID), with_pasid ? pasid : 0);
	write_register(engine, queue_register(queue, QUEUE_RING_SIZE), RING_ENTRIES_LOG2);
	write_register(engine, queue_register(queue, QUEUE_RING_BASE), LOW32(ring_address));
	write_register(engine, queue_register(queue, QUEUE_RING_BASE) + 4, HIGH32(ring_address));
	write_register(engine, queue_register(queue, QUEUE_CONTROL),
		       QUEUE_ENABLE | with_pasid | QUEUE_INTERRUPT_ENABLE);
}

static bool queue_disabled(const void *context)
{
	const struct dma_queue *queue = context;
	u32 status = read_register(queue->engine, queue_register(queue, QUEUE_STATUS));

	return (status & QUEUE_STATE) == STATE_DISABLED;
}

bool dma_queue_off(const struct dma_queue *queue, bool stop_marker)
{
	write_register(queue->engine, queue_register(queue, QUEUE_CONTROL),
		       queue->with_pasid | (stop_marker ? QUEUE_STOP_MARKER : 0));
	return wait_until(queue_disabled, queue);
}

const struct dma_descriptor *dma_start(struct dma_queue *queue, struct dma_descriptor request)
{
	struct dma_descriptor *descriptor = &queue->ring[queue->tail];

	*descriptor = request;
	queue->tail = (queue->tail + 1) % DMA_RING_ENTRIES;
	compiler_barrier();
	write_register(queue->engine, queue_register(queue, QUEUE_TAIL), queue->tail);
	return descriptor;
}

bool dma_has_ended(const struct dma_descriptor *descriptor)
{
	return descriptor->status & STATUS_DONE;
}

static bool descriptor_done(const void *context)
{
	return dma_has_ended(context);
}

u32 dma_status(const struct dma_descriptor *descriptor)
{
	return descriptor->status & STATUS_CODE;
}

bool dma_wait(const struct dma_descriptor *descriptor)
{
	return wait_until(descriptor_done, descriptor);
}

u32 dma_run(struct dma_queue *queue, struct dma_descriptor request)
{
	const struct dma_descriptor *descriptor = dma_start(queue, request);

	if (!dma_wait(descriptor))
		give_up("dma-completion",
			"waited for descriptor %u of queue %u, which is in state %u",
			(u32)(descriptor - queue->ring), queue->index,
			read_register(queue->engine, queue_register(queue, QUEUE_STATUS)) &
				QUEUE_STATE);
	return dma_status(descriptor);
}
