/*
 * Entry from a multiboot 1 loader: 32-bit protected mode, paging off, interrupts off,
 * EAX = magic, EBX = multiboot information. The loader's descriptor table is not to be relied on.
 */

#define MULTIBOOT_MAGIC		0x1badb002
#define MULTIBOOT_FLAGS		0x00000002	/* give us the amount of memory */
#define STACK_SIZE		16384

	.section .multiboot, "a"
	.balign 4
	.long	MULTIBOOT_MAGIC
	.long	MULTIBOOT_FLAGS
	.long	-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.text
	.globl	start
start:
	cli
	cld
	lgdt	gdt_pointer
	ljmp	$0x08, $1f
1:	movl	$0x10, %ecx
	movw	%cx, %ds
	movw	%cx, %es
	movw	%cx, %fs
	movw	%cx, %gs
	movw	%cx, %ss
	movl	$stack_top, %esp

	movl	%eax, %esi
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep stosb

	pushl	%ebx
	pushl	%esi
	call	firmware_main
2:	cli
	hlt
	jmp	2b

	.section .rodata
	.balign 8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: flat code */
	.quad	0x00cf93000000ffff	/* 0x10: flat data */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt

	.section .bss
	.balign 16
	.skip	STACK_SIZE
stack_top:

	.section .note.GNU-stack, "", @progbits
