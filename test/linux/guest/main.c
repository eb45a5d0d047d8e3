#include "flows.h"
#include "report.h"
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(void);
} flows[] = {
    {"mmio", flow_mmio},         {"vfio", flow_vfio},     {"time-out", flow_time_out}, {"sva", flow_sva},
    {"overflow", flow_overflow}, {"concurrent", flow_concurrent}, {"drain", flow_drain},
    {"round-trips", flow_round_trips}, {"iommufd", flow_iommufd}, {"pending", flow_pending},
    {"nested", flow_nested},     {"races", flow_races}, {"remote", flow_remote},
};

int main(int count, char **arguments) {
    for (unsigned i = 0; count == 2 && i < sizeof flows / sizeof *flows; i++) {
        if (strcmp(arguments[1], flows[i].name) == 0) {
            flows[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: %s FLOW, where FLOW is one of", arguments[0]);
    for (unsigned i = 0; i < sizeof flows / sizeof *flows; i++)
        fprintf(stderr, " %s", flows[i].name);
    fprintf(stderr, "\n");
    return 2;
}
