#include "flows.h"
#include "report.h"
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(void);
} flows[] = {
    {"mmio", flow_mmio}, {"vfio", flow_vfio},       {"sva", flow_sva},
    {"iommufd", flow_iommufd}, {"nested", flow_nested},
};

int main(int count, char **arguments) {
    for (unsigned i = 0; count == 2 && i < sizeof flows / sizeof *flows; i++) {
        if (strcmp(arguments[1], flows[i].name) == 0) {
            flows[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: %s mmio|vfio|sva|iommufd|nested\n", arguments[0]);
    return 2;
}
