#include "interrupts.h"
#include "cpu.h"
#include "report.h"

#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_DATA 0xa1

#define APIC_DEFAULT_BASE 0xfee00000u
#define APIC_ID 0x020
#define APIC_VERSION 0x030
#define APIC_TASK_PRIORITY 0x080
#define APIC_EOI 0x0b0
#define APIC_SPURIOUS 0x0f0
#define APIC_SPURIOUS_ENABLE BIT(8)
#define APIC_TIMER_LVT 0x320
#define APIC_TIMER_PERIODIC BIT(17)
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_DIVIDE 0x3e0
#define APIC_DIVIDE_BY_1 0xb

/* About 10 ms at the 1 GHz that emulated local APICs count with. */
#define TIMER_PERIOD 10000000u
#define WAIT_TICKS 500u
#define WAIT_SPINS 256u

#define GATE_INTERRUPT 0x8e00u
#define CODE_SELECTOR 0x08u

struct interrupt_frame {
	u32 edi, esi, ebp, esp, ebx, edx, ecx, eax;
	u32 vector, error;
	u32 eip, cs, eflags;
};

extern u8 vector_stubs[];
void interrupt_dispatch(struct interrupt_frame *frame);

static u64 descriptor_table[VECTOR_COUNT];
static struct {
	interrupt_handler handler;
	void *context;
	volatile u32 count;
} vectors[VECTOR_COUNT];
static volatile u32 interrupts_taken;
static u32 apic = APIC_DEFAULT_BASE;

void exceptions_init(void)
{
	struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) pointer = { sizeof(descriptor_table) - 1,
					      (u32)(uintptr_t)descriptor_table };
	u32 vector;

	for (vector = 0; vector < VECTOR_COUNT; vector++) {
		u32 stub = (u32)(uintptr_t)vector_stubs + vector * VECTOR_STUB_SIZE;

		descriptor_table[vector] = (stub & 0xffff) | CODE_SELECTOR << 16 |
					   (u64)((stub & 0xffff0000) | GATE_INTERRUPT) << 32;
	}
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

bool interrupts_init(u32 base)
{
	u32 version;

	outb(PIC_MASTER_DATA, 0xff);
	outb(PIC_SLAVE_DATA, 0xff);
	apic = base ? base : APIC_DEFAULT_BASE;
	version = mmio_read32(apic + APIC_VERSION);
	if (version == 0 || version == 0xffffffff)
		return false;
	mmio_write32(apic + APIC_TASK_PRIORITY, 0);
	mmio_write32(apic + APIC_SPURIOUS, APIC_SPURIOUS_ENABLE | VECTOR_SPURIOUS);
	mmio_write32(apic + APIC_TIMER_DIVIDE, APIC_DIVIDE_BY_1);
	mmio_write32(apic + APIC_TIMER_LVT, APIC_TIMER_PERIODIC | VECTOR_TIMER);
	mmio_write32(apic + APIC_TIMER_INITIAL, TIMER_PERIOD);
	return true;
}

void interrupt_register(u8 vector, interrupt_handler handler, void *context)
{
	vectors[vector].handler = handler;
	vectors[vector].context = context;
}

u32 interrupt_count(u8 vector)
{
	return vectors[vector].count;
}

u32 interrupt_message_address(void)
{
	u32 id = mmio_read32(apic + APIC_ID) >> 24;

	return 0xfee00000u | id << 12;
}

void interrupt_dispatch(struct interrupt_frame *frame)
{
	u32 vector = frame->vector;

	if (vector < VECTOR_EXCEPTIONS)
		give_up("cpu-exception", "vector %u, error code 0x%x, at 0x%x", vector,
			frame->error, frame->eip);
	vectors[vector].count++;
	interrupts_taken++;
	/* A spurious interrupt sets no in-service bit, so it must not be ended. */
	if (vector == VECTOR_SPURIOUS)
		return;
	if (vectors[vector].handler)
		vectors[vector].handler(vectors[vector].context);
	mmio_write32(apic + APIC_EOI, 0);
}

/* Whoever is served may cause the next one. */
void interrupts_take_pending(void)
{
	u32 before;

	do {
		before = interrupts_taken;
		take_pending_interrupts();
	} while (interrupts_taken != before);
}

bool wait_until(wait_condition condition, const void *context)
{
	u32 deadline = vectors[VECTOR_TIMER].count + WAIT_TICKS;
	u32 spin;

	/* What completes at once should not cost a sleep. */
	for (spin = 0; spin < WAIT_SPINS; spin++) {
		if (condition(context))
			return true;
		cpu_relax();
	}
	for (;;) {
		interrupts_take_pending();
		if (condition(context))
			return true;
		if ((int)(vectors[VECTOR_TIMER].count - deadline) >= 0)
			return false;
		sleep_until_interrupt();
	}
}

struct interrupt_wait {
	u8 vector;
	u32 before;
};

static bool was_taken(const void *context)
{
	const struct interrupt_wait *wait = context;

	return vectors[wait->vector].count != wait->before;
}

bool wait_for_interrupt(u8 vector, u32 before)
{
	struct interrupt_wait wait = { vector, before };

	return wait_until(was_taken, &wait);
}
