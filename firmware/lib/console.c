#include "console.h"
#include "cpu.h"

/* 16550 UART: registers as offsets from its first port. */
#define COM1 0x3f8
#define UART_DATA 0
#define UART_INTERRUPT_ENABLE 1
#define UART_FIFO_CONTROL 2
#define UART_LINE_CONTROL 3
#define UART_LINE_STATUS 5
#define LINE_CONTROL_DIVISOR 0x80
#define LINE_CONTROL_8N1 0x03
#define FIFO_ENABLE 0x01
#define TRANSMITTER_EMPTY 0x20
#define TRANSMIT_SPINS 100000u

void console_init(void)
{
	outb(COM1 + UART_INTERRUPT_ENABLE, 0);
	outb(COM1 + UART_LINE_CONTROL, LINE_CONTROL_DIVISOR);
	outb(COM1 + UART_DATA, 1); /* 115200 baud */
	outb(COM1 + UART_INTERRUPT_ENABLE, 0);
	outb(COM1 + UART_LINE_CONTROL, LINE_CONTROL_8N1);
	outb(COM1 + UART_FIFO_CONTROL, FIFO_ENABLE);
}

static void put(char c)
{
	u32 spins = TRANSMIT_SPINS;

	while (!(inb(COM1 + UART_LINE_STATUS) & TRANSMITTER_EMPTY) && --spins)
		cpu_relax();
	outb(COM1 + UART_DATA, (u8)c);
}

static void put_string(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_hex(u64 value, u32 width)
{
	u32 digits = 16;

	while (digits > 1 && digits > width && !(value >> (4 * (digits - 1)) & 0xf))
		digits--;
	while (digits--)
		put("0123456789abcdef"[value >> (4 * digits) & 0xf]);
}

static void put_decimal(u32 value, u32 width)
{
	char digits[10];
	u32 count = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	for (; width > count; width--)
		put('0');
	while (count)
		put(digits[--count]);
}

void vprint(const char *format, va_list arguments)
{
	for (; *format; format++) {
		u32 width = 0;
		bool wide = false;

		if (*format != '%') {
			put(*format);
			continue;
		}
		for (format++; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + (u32)(*format - '0');
		for (; *format == 'l'; format++)
			wide = true;
		switch (*format) {
		case 's':
			put_string(va_arg(arguments, const char *));
			break;
		case 'c':
			put((char)va_arg(arguments, int));
			break;
		case 'u':
			put_decimal(va_arg(arguments, u32), width);
			break;
		case 'x':
			put_hex(wide ? va_arg(arguments, u64) : va_arg(arguments, u32), width);
			break;
		default:
			put(*format);
		}
	}
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprint(format, arguments);
	va_end(arguments);
}
