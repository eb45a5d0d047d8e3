/* assembly/capability.ts: what follows from CAP, ECAP and the host address width. */
#ifndef CAPABILITY_H
#define CAPABILITY_H

#include "memory.h"

static struct {
    u64 cap;
    u64 ecap;
    u64 above_host;
    u64 host_address;
    u64 above_domain;
    u64 fs_reserved;
    u64 fs_upper_reserved;
    u64 fs_large_reserved;
    u64 fs_huge_reserved;
    u64 pasid_bits;
    u64 guest_address_width;
    u64 ss_table_reserved;
    u64 ss_upper_reserved;
    u64 ss_page_reserved;
    u64 ss_large_reserved;
    u64 ss_huge_reserved;
} capability;

static inline bool has(u64 bit) { return (capability.ecap & bit) != 0; }

static void load_capability(void)
{
    u64 above = ~0ULL << load32(CONFIG + CONFIG_HOST_ADDRESS_WIDTH);
    u64 address = above & 0x000fffffffffffffULL;
    capability.cap = load64(CONFIG + CONFIG_CAP);
    capability.ecap = load64(CONFIG + CONFIG_ECAP);
    capability.above_host = above;
    capability.host_address = 0x000ffffffffff000ULL & ~above;
    capability.above_domain = (~0ULL << (4 + 2 * (capability.cap & CAP_ND_MASK))) & 0xffff;
    capability.fs_reserved = address;
    capability.fs_upper_reserved = address | 0x80;
    capability.fs_large_reserved = address | 0x1fe000;
    capability.fs_huge_reserved =
        address | 0x3fffe000 | ((capability.cap & CAP_FS1GP) != 0 ? 0 : 0x80);
    capability.guest_address_width = ((capability.cap >> CAP_MGAW_SHIFT) & CAP_MGAW_MASK) + 1;
    u64 sizes = (capability.cap >> CAP_SSLPS_SHIFT) & CAP_SSLPS_MASK;
    u64 snoop = has(ECAP_SC) ? 0 : 0x800;
    capability.ss_table_reserved = address | 0x800;
    capability.ss_upper_reserved = address | 0x880;
    capability.ss_page_reserved = address | snoop;
    capability.ss_large_reserved = address | snoop | 0x1ff000 | (sizes & 1 ? 0 : 0x80);
    capability.ss_huge_reserved = address | snoop | 0x3ffff000 | (sizes & 2 ? 0 : 0x80);
    capability.pasid_bits =
        has(ECAP_PASID) ? ((capability.ecap >> ECAP_PSS_SHIFT) & ECAP_PSS_MASK) + 1 : 0;
}

#endif
