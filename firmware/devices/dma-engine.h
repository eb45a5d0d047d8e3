/*
 * Driver of the dma-engine endpoint: docs/dma-engine.md describes the device. One descriptor at a
 * time per queue is enough for a test; dma_start() and dma_wait() are apart so that something can
 * happen in between.
 */
#ifndef DMA_ENGINE_H
#define DMA_ENGINE_H

#include "types.h"

#define DMA_VENDOR 0x1234
#define DMA_DEVICE 0xd3a1

enum dma_operation {
	DMA_NOP = 0,
	DMA_COPY = 1,
	DMA_FILL = 2,
	DMA_VERIFY = 3,
	DMA_COMPARE = 4,
	DMA_ATOMIC_ADD = 5,
};

#define DMA_INTERRUPT BIT(8)
#define DMA_USE_ATS BIT(9)
#define DMA_PAGE_REQUEST BIT(10)

enum dma_status {
	DMA_OK = 0,
	DMA_UNSUPPORTED_REQUEST = 1,
	DMA_NO_PERMISSION = 3,
	DMA_PAGE_INVALID = 4,
	DMA_PAGE_FAILURE = 5,
	DMA_MISMATCH = 6,
};

/* As the device reads it and, from `status` on, writes it. */
struct dma_descriptor {
	u32 control;
	u32 length;
	u64 source;
	u64 destination;
	u64 pattern;
	u64 unused[2];
	volatile u32 status;
	volatile u32 bytes;
	volatile u64 result;
};

struct dma_engine {
	u16 function;
	uintptr_t registers;
};

struct dma_queue {
	struct dma_engine *engine;
	struct dma_descriptor *ring;
	u32 index;
	u32 tail;
	u32 with_pasid; /* a bit of the queue's control register */
};

#define DMA_RING_ENTRIES (PAGE_SIZE / sizeof(struct dma_descriptor))

/* Finds the endpoint and lets it decode its BAR and master the bus. NULL, or what is missing. */
const char *dma_engine_find(struct dma_engine *engine);

/* Device reset; messages with this vector when a descriptor ends. False without MSI. */
bool dma_engine_init(struct dma_engine *engine, u8 vector);

/*
 * Turns PASID, ATS and PRI on in this order, or PRI, ATS and PASID off. False when a bit did not
 * take.
 */
bool dma_engine_pasid_ats_pri_on(const struct dma_engine *engine, u32 page_request_credits);
bool dma_engine_page_requests_off(const struct dma_engine *engine);

/*
 * A Response Failure has turned page requests off (PCI Express 10.5.2.1): acknowledges it and turns
 * them on again. False if the endpoint reports none, or an enable does not take.
 */
bool dma_engine_recover_page_requests(const struct dma_engine *engine, u32 page_request_credits);

void dma_engine_ats_pasid_off(const struct dma_engine *engine);

void dma_engine_set_group_size(const struct dma_engine *engine, u32 pages);

/* Page requests sent since the device reset. */
u32 dma_engine_page_requests(const struct dma_engine *engine);

/* What the engine saw of the page request interface, since the device reset or at the moment. */
struct dma_engine_account {
	u32 page_requests;
	u32 responses_success;
	u32 responses_invalid;
	u32 responses_failure;
	u32 responses_unexpected;
	u32 stop_markers;
	u32 credits_used;
	u32 groups_outstanding;
	u32 invalidations_pending;
};
struct dma_engine_account dma_engine_account(const struct dma_engine *engine);

/*
 * After their last descriptor queues have a few steps left: waits until they rest, and serves what
 * they interrupted for. False if they do not come to rest.
 */
bool dma_engine_settle(const struct dma_engine *engine);

/* Bad manners from now on: bits of docs/dma-engine.md. */
#define DMA_MANNERS_FLOOD BIT(2)
void dma_engine_set_manners(const struct dma_engine *engine, u32 manners);

#define DMA_NO_PASID 0xffffffffu

/*
 * One page of descriptors that the device sees at `ring_address` of the PASID, or without one with
 * DMA_NO_PASID.
 */
void dma_queue_on(struct dma_queue *queue, struct dma_engine *engine, u32 index, u32 pasid,
		  struct dma_descriptor *ring, u64 ring_address);

/*
 * Stops the queue, if asked with a stop marker for its PASID. False when it does not come to rest.
 */
bool dma_queue_off(const struct dma_queue *queue, bool stop_marker);

/* Hands one descriptor to the device. It stays valid until the ring came round. */
const struct dma_descriptor *dma_start(struct dma_queue *queue, struct dma_descriptor request);

bool dma_has_ended(const struct dma_descriptor *descriptor);

/* False when the device does not end it. */
bool dma_wait(const struct dma_descriptor *descriptor);

/* Status code of a descriptor that has ended: enum dma_status, or another of docs/dma-engine.md. */
u32 dma_status(const struct dma_descriptor *descriptor);

/* Start, wait, status code. A descriptor that does not end is a failed check, and the last one. */
u32 dma_run(struct dma_queue *queue, struct dma_descriptor request);

#endif
