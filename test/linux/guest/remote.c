#define _GNU_SOURCE // strerrorname_np
#include "engine.h"
#include "flows.h"
#include "iommufd_device.h"
#include "report.h"
#include "vfio_device.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// A program outside of the guest makes system calls here. It sends a line for each over the second serial port, and gets
// a line back: what the call answered, or the error's name, and bytes in hexadecimal digits. Numbers are as C has them.
//   open                      -> descriptors of the iommufd and of the device; the device is bound, as number 1
//   ioctl FD REQUEST BYTES    -> RESULT BYTES, the structure as the call leaves it; BYTES may be -
//   read FD ADDRESS COUNT     -> RESULT BYTES, what was read
//   write FD ADDRESS COUNT, close FD
//   poll FD MILLISECONDS      -> the events
//   poke ADDRESS BYTES, peek ADDRESS COUNT
//   load OFFSET, store OFFSET VALUE: registers of the engine, 32 bits
//   sleep MILLISECONDS, end
#define PORT "/dev/ttyS1"
// The program's memory, at this address; behind it there is none.
#define ARENA 0x100000000000ull
#define ARENA_BYTES (4 << 20)
#define LINE 16384

enum { MOST_WORDS = 5, MOST_BYTES = LINE / 2 - 64 };

static FILE *port; // to which answers go
static struct engine engine;

static void answer_result(long result) {
    if (result < 0)
        fprintf(port, "%s", strerrorname_np(errno));
    else
        fprintf(port, "%ld", result);
}

static void answer_bytes(const volatile uint8_t *bytes, size_t count) {
    fputc(' ', port);
    for (size_t i = 0; i < count; i++)
        fprintf(port, "%02x", bytes[i]);
}

static size_t bytes_of(const char *digits, uint8_t *bytes) {
    size_t count = 0;
    for (unsigned value; count < MOST_BYTES && sscanf(digits + 2 * count, "%2x", &value) == 1; count++)
        bytes[count] = value;
    return count;
}

// The device is bound to an iommufd of which it is the first object.
static void open_device(void) {
    static struct iommufd_device device;
    device = iommufd_bind("remote");
    engine.bar = vfio_open_window(device.device, "remote");
    fprintf(port, "%d %d", device.iommufd, device.device);
}

static void do_ioctl(int file, unsigned long request, const char *digits) {
    static uint8_t structure[MOST_BYTES];
    const size_t count = bytes_of(digits, structure);
    answer_result(ioctl(file, request, count > 0 ? structure : NULL));
    answer_bytes(structure, count);
}

static void do_read(int file, uint8_t *at, size_t count) {
    const ssize_t got = read(file, at, count);
    answer_result(got);
    answer_bytes(at, got < 0 ? 0 : got);
}

static void do_poll(int file, int patience) {
    struct pollfd polled = {.fd = file, .events = POLLIN | POLLOUT};
    const int ready = poll(&polled, 1, 0);
    // What cannot be read now may come to be.
    if (ready >= 0 && !(polled.revents & POLLIN) && patience > 0) {
        struct pollfd input = {.fd = file, .events = POLLIN};
        if (poll(&input, 1, patience) == 1)
            polled.revents |= input.revents;
    }
    answer_result(ready < 0 ? -1 : polled.revents);
}

// False: the conversation is over.
static bool obey(char *words[], unsigned count) {
    uint64_t numbers[MOST_WORDS] = {0};
    for (unsigned i = 1; i < count; i++)
        numbers[i] = strtoull(words[i], NULL, 0);
    uint8_t *at = (uint8_t *)numbers[1];
    const char *const command = words[0];
    if (strcmp(command, "open") == 0)
        open_device();
    else if (strcmp(command, "ioctl") == 0 && count == 4)
        do_ioctl(numbers[1], numbers[2], words[3]);
    else if (strcmp(command, "read") == 0)
        do_read(numbers[1], (uint8_t *)numbers[2], numbers[3]);
    else if (strcmp(command, "write") == 0)
        answer_result(write(numbers[1], (void *)numbers[2], numbers[3]));
    else if (strcmp(command, "close") == 0)
        answer_result(close(numbers[1]));
    else if (strcmp(command, "poll") == 0)
        do_poll(numbers[1], numbers[2]);
    else if (strcmp(command, "poke") == 0 && count == 3)
        fprintf(port, "%zu", bytes_of(words[2], at));
    else if (strcmp(command, "peek") == 0) {
        fprintf(port, "%llu", (unsigned long long)numbers[2]);
        answer_bytes(at, numbers[2]);
    } else if (strcmp(command, "load") == 0)
        fprintf(port, "%u", engine_read(&engine, numbers[1]));
    else if (strcmp(command, "store") == 0) {
        engine_write(&engine, numbers[1], numbers[2]);
        fprintf(port, "0");
    } else if (strcmp(command, "sleep") == 0)
        fprintf(port, "%d", usleep(numbers[1] * 1000));
    else
        fprintf(port, "ENOSYS");
    fputc('\n', port);
    fflush(port);
    return strcmp(command, "end") != 0;
}

void flow_remote(void) {
    const int line = open(PORT, O_RDWR | O_NOCTTY);
    struct termios settings;
    if (line < 0 || tcgetattr(line, &settings) != 0)
        give_up("remote", PORT);
    cfmakeraw(&settings);
    cfsetspeed(&settings, B115200);
    if (tcsetattr(line, TCSANOW, &settings) != 0)
        give_up("remote", "tcsetattr");
    if (mmap((void *)ARENA, ARENA_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)ARENA)
        give_up("remote", "mmap");
    FILE *const commands = fdopen(line, "r");
    port = fdopen(dup(line), "w");
    if (!commands || !port)
        give_up("remote", "fdopen");
    fprintf(port, "ready\n");
    fflush(port);

    static char text[LINE];
    for (bool more = true; more && fgets(text, sizeof text, commands);) {
        char *words[MOST_WORDS] = {NULL};
        unsigned count = 0;
        for (char *word = strtok(text, " \n"); word && count < MOST_WORDS; word = strtok(NULL, " \n"))
            words[count++] = word;
        if (count > 0)
            more = obey(words, count);
    }
    ok("remote");
}
