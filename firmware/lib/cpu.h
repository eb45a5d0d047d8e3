/* What C cannot say: port and MMIO accesses, interrupts on and off, halting. */
#ifndef CPU_H
#define CPU_H

#include "types.h"

static inline void outb(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outw(u16 port, u16 value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline u16 inw(u16 port)
{
	u16 value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* `count` words from one port, one after the other. */
static inline void inw_many(u16 port, void *to, u32 count)
{
	__asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static inline void outl(u16 port, u32 value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 inl(u16 port)
{
	u32 value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* Device registers are volatile: the compiler neither drops nor merges these accesses. */
static inline u16 mmio_read16(uintptr_t address)
{
	return *(volatile u16 *)address;
}

static inline u32 mmio_read32(uintptr_t address)
{
	return *(volatile u32 *)address;
}

static inline void mmio_write16(uintptr_t address, u16 value)
{
	*(volatile u16 *)address = value;
}

static inline void mmio_write32(uintptr_t address, u32 value)
{
	*(volatile u32 *)address = value;
}

/*
 * A 32-bit CPU accesses 64-bit registers as two dwords. Low half first: registers that act on a
 * write act on their upper half (VT-d 11.2), and those of the dma-engine likewise.
 */
static inline u64 mmio_read64(uintptr_t address)
{
	u32 low = mmio_read32(address);

	return low | (u64)mmio_read32(address + 4) << 32;
}

static inline void mmio_write64(uintptr_t address, u64 value)
{
	mmio_write32(address, LOW32(value));
	mmio_write32(address + 4, HIGH32(value));
}

/* Keeps the compiler from moving memory accesses across; x86 keeps its stores in order itself. */
static inline void compiler_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

/*
 * Replaces a 64-bit value in one access, and answers the old one: a device may look at any moment,
 * and may have set bits in it meanwhile.
 */
static inline u64 exchange64(volatile u64 *address, u64 value)
{
	u64 old = *address;

	__asm__ volatile("1: lock cmpxchg8b %0; jne 1b"
			 : "+m"(*address), "+A"(old)
			 : "b"(LOW32(value)), "c"(HIGH32(value))
			 : "memory", "cc");
	return old;
}

static inline void cpu_relax(void)
{
	__asm__ volatile("pause" : : : "memory");
}

/*
 * Sleeps until one interrupt was taken. STI holds interrupts back for one instruction, so none is
 * lost.
 */
static inline void sleep_until_interrupt(void)
{
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* Takes what is pending, and does not sleep. */
static inline void take_pending_interrupts(void)
{
	__asm__ volatile("sti; nop; cli" : : : "memory");
}

static inline _Noreturn void halt_forever(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

#endif
