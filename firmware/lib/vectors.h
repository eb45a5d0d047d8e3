/* Interrupt vectors, for C and for the assembler. */
#ifndef VECTORS_H
#define VECTORS_H

#define VECTOR_EXCEPTIONS	0x20	/* 0x00 to 0x1f belong to the CPU */
#define VECTOR_TIMER		0x30
#define VECTOR_FAULT		0x40
#define VECTOR_INVALIDATION	0x41
#define VECTOR_PAGE_REQUEST	0x42
#define VECTOR_ENDPOINT		0x43
#define VECTOR_EDU		0x44
#define VECTOR_SPURIOUS		0x4f	/* low four bits set: old local APICs fix them so */
#define VECTOR_COUNT		0x50

#define VECTOR_STUB_SIZE	16

#endif
