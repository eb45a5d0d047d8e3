/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What ioctl of /dev/viommu-sva understands. */
#ifndef VIOMMU_SVA_H
#define VIOMMU_SVA_H

#include <linux/ioctl.h>

/* The PASID of the address space that the file is bound to. */
#define VIOMMU_SVA_PASID _IO('v', 0)
/*
 * Keeps back an interrupt, whose number is the argument, until it is let through or the file is
 * closed. One at a time.
 */
#define VIOMMU_SVA_HOLD_INTERRUPT _IO('v', 1)
#define VIOMMU_SVA_LET_INTERRUPT _IO('v', 2)

#endif
