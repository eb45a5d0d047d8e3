/*
 * One entry stub for each vector 0 to VECTOR_COUNT - 1. All of them leave the same frame, struct
 * interrupt_frame of interrupts.h, whether or not the CPU pushed an error code.
 */

#include "vectors.h"

	.text
	.balign	16
	.globl	vector_stubs
vector_stubs:
	.set	i, 0
	.rept	VECTOR_COUNT
	.balign	VECTOR_STUB_SIZE
	/* #DF, #TS to #PF, #AC, #CP, #VC and #SX push an error code themselves. */
	.if	!(i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21 || i == 29 || i == 30)
	pushl	$0
	.endif
	pushl	$i
	jmp	common
	.set	i, i + 1
	.endr

common:
	pushal
	cld
	pushl	%esp
	call	interrupt_dispatch
	addl	$4, %esp
	popal
	addl	$8, %esp
	iretl

	.section .note.GNU-stack, "", @progbits
