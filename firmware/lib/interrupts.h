/*
 * Interrupts of one CPU: descriptor table, 8259s masked, local APIC in xAPIC mode. Everything that
 * interrupts here is a message (MSI) with a vector, or the local APIC's timer, the clock of waits.
 *
 * Interrupts are taken only inside waits. So a handler never finds anything half done, and
 * the order in which a program touches the unit does not depend on the speed of the host.
 */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "types.h"
#include "vectors.h"

typedef void (*interrupt_handler)(void *context);

/* Loads the descriptor table: from here on a CPU exception is reported as a failed check. */
void exceptions_init(void);

/*
 * Masks the 8259s, enables the local APIC at `base` and its timer. False if no local APIC answers
 * there.
 */
bool interrupts_init(u32 base);

/* Handlers run with interrupts off and need no end-of-interrupt of their own. */
void interrupt_register(u8 vector, interrupt_handler handler, void *context);

/* How often this vector was taken since the start. */
u32 interrupt_count(u8 vector);

/* Address to write a vector to, for this CPU: physical destination, fixed delivery, edge. */
u32 interrupt_message_address(void);

typedef bool (*wait_condition)(const void *context);

/*
 * Sleeps between interrupts until the condition holds; false when it does not after WAIT_TICKS
 * timer ticks. The bound counts ticks that the guest saw, so a slow host makes it longer, never
 * shorter.
 */
bool wait_until(wait_condition condition, const void *context);

/* Serves what is pending already. */
void interrupts_take_pending(void);

/* Waits until the vector was taken more than `before` times. */
bool wait_for_interrupt(u8 vector, u32 before);

#endif
