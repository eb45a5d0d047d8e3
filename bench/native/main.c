/*
 * The native yardstick of `viommu bench`: what the unit does for untranslated requests and for page
 * requests, in C, over a copy of the unit's memory.
 *
 *   yardstick MEMORY BATCHES [read-ahead]
 *
 * MEMORY has the first bytes of the memory, BATCHES batches of BATCH_RECORDS records. Commands on
 * standard input, each answered by one line:
 *
 *   run PASSES      ->  nanoseconds of the median batch, checksum, failures
 *   request PASSES  ->  the same of page requests; the checksum is over the page request queue
 *   counters        ->  the event counters, in order
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "page-request.h"

#define BATCH_BYTES ((size_t)BATCH_RECORDS * REQUEST_SIZE)

static uint8_t *batches;
static size_t batch_count;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void read_memory(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(path);
    if (fread(memory, 1, MEMORY_BYTES, file) == 0) fail(path);
    fclose(file);
}

static void read_batches(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail(path);
    size_t bytes = (size_t)ftell(file);
    rewind(file);
    batches = malloc(bytes);
    if (batches == NULL || fread(batches, 1, bytes, file) != bytes) fail(path);
    fclose(file);
    batch_count = bytes / BATCH_BYTES;
}

/* FNV-1a over the outputs; host/bench/checksum.ts does the same. */
static u32 add_to_checksum(u32 sum, u32 records)
{
    for (u32 i = 0; i < BATCH_RECORDS; i++, records += REQUEST_SIZE) {
        u64 physical = load64(records + REQUEST_PHYSICAL);
        sum = (sum ^ load32(records + REQUEST_STATUS)) * 16777619u;
        sum = (sum ^ (u32)physical) * 16777619u;
        sum = (sum ^ (u32)(physical >> 32)) * 16777619u;
    }
    return sum;
}

static u32 add_queue_to_checksum(u32 sum)
{
    u32 at = queue_place();
    for (u32 end = at + queue_bytes(); at < end; at += 4) sum = (sum ^ load32(at)) * 16777619u;
    return sum;
}

static u64 now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (u64)time.tv_sec * 1000000000u + (u64)time.tv_nsec;
}

static int by_value(const void *one, const void *other)
{
    u64 a = *(const u64 *)one;
    u64 b = *(const u64 *)other;
    return (a > b) - (a < b);
}

static void run(u32 passes, bool for_pages)
{
    size_t measured = passes * batch_count;
    u64 *times = malloc(measured * sizeof *times);
    if (times == NULL) fail("run");
    u32 checksum = 0;
    u32 failures = 0;
    for (size_t i = 0; i < measured; i++) {
        memcpy(memory + BATCH, batches + i % batch_count * BATCH_BYTES, BATCH_BYTES);
        if (for_pages) service_requests();
        u64 start = now();
        failures += (for_pages ? request_pages : translate_batch)(BATCH, BATCH_RECORDS);
        times[i] = now() - start;
        checksum = for_pages ? add_queue_to_checksum(checksum) : add_to_checksum(checksum, BATCH);
    }
    qsort(times, measured, sizeof *times, by_value);
    printf("%" PRIu64 " %" PRIu32 " %" PRIu32 "\n", times[measured / 2], checksum, failures);
    free(times);
}

static void print_counters(void)
{
    for (u32 i = 0; i < COUNTERS_COUNT; i++) {
        printf("%" PRIu64 "%c", load64(COUNTERS + 8 * i), i + 1 < COUNTERS_COUNT ? ' ' : '\n');
    }
}

int main(int argc, char **argv)
{
    read_ahead_allowed = argc == 4 && strcmp(argv[3], "read-ahead") == 0;
    if (argc != 3 && !read_ahead_allowed) {
        fprintf(stderr, "usage: yardstick MEMORY BATCHES [read-ahead]\n");
        return 2;
    }
    read_memory(argv[1]);
    read_batches(argv[2]);
    memory_map = load32(CONFIG + CONFIG_MEMORY_MAP);
    load_capability();

    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (strncmp(line, "run ", 4) == 0) run((u32)strtoul(line + 4, NULL, 10), false);
        else if (strncmp(line, "request ", 8) == 0) run((u32)strtoul(line + 8, NULL, 10), true);
        else if (strcmp(line, "counters\n") == 0) print_counters();
        else return 2;
        fflush(stdout);
    }
    return 0;
}
