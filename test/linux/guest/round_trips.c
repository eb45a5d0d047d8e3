#include "flows.h"
#include "report.h"
#include "sva_device.h"
#include <sys/mman.h>

#define TIMES 1000

void flow_round_trips(void) {
    static double times[TIMES];
    struct sva sva = sva_require("round-trips");
    struct engine engine = sva_start(&sva, "round-trips", 0);
    uint64_t *memory = pages(TIMES, PROT_READ | PROT_WRITE);
    unsigned status = STATUS_OK, done = 0;
    for (; done < TIMES && status == STATUS_OK; done++) {
        status = engine_run(&engine, fill(memory + done * PAGE / 8, 8));
        times[done] = engine.elapsed;
    }
    check("round-trips", status == STATUS_OK, "page %u: status %u", done - 1, status);
    note_distribution("round-trips: doorbell to result, with a page request", times, done);
    for (done = 0; done < TIMES && status == STATUS_OK; done++) {
        status = engine_run(&engine, fill(memory + done * PAGE / 8, 8));
        times[done] = engine.elapsed;
    }
    note_distribution("round-trips: doorbell to result, without", times, done);
    engine_stop(&engine);
    sva_close(&sva);
}
