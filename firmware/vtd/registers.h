/*
 * Registers and fields of a remapping unit that the library uses, by their names in VT-d 5.10
 * chapter 11. 64-bit fields are u64; offsets are bytes from the base in the DRHD structure.
 */
#ifndef VTD_REGISTERS_H
#define VTD_REGISTERS_H

#include "types.h"

#define VER_REG 0x000
#define VER_MAJOR(version) ((version) >> 4 & 0xf)
#define CAP_REG 0x008
#define ECAP_REG 0x010

/* 11.4.2 */
#define CAP_ESRTPS BIT64(63)
#define CAP_FS5LP BIT64(60)
#define CAP_FS1GP BIT64(56)
#define CAP_MAMV(cap) ((u32)((cap) >> 48 & 0x3f)) /* log2 of pages */
#define CAP_NFR(cap) ((u32)((cap) >> 40 & 0xff)) /* fault records minus 1 */
#define CAP_PSI BIT64(39)
#define CAP_SSLPS_1G BIT64(35)
#define CAP_SSLPS_2M BIT64(34)
#define CAP_FRO(cap) ((u32)((cap) >> 24 & 0x3ff)) /* in units of 16 bytes */
#define CAP_MGAW(cap) ((u32)((cap) >> 16 & 0x3f)) /* bits minus 1 */
#define CAP_SAGAW(cap) ((u32)((cap) >> 8 & 0x1f))
#define CAP_CM BIT64(7)
#define CAP_RWBF BIT64(4)
#define CAP_ND(cap) ((u32)((cap) & 7)) /* domain ids have 4 + 2 N bits */

/* 11.4.3 */
#define ECAP_RPS BIT64(49)
#define ECAP_SMPWCS BIT64(48)
#define ECAP_FSTS BIT64(47)
#define ECAP_SSTS BIT64(46)
#define ECAP_SSADS BIT64(45)
#define ECAP_SMTS BIT64(43)
#define ECAP_PDS BIT64(42)
#define ECAP_DIT BIT64(41)
#define ECAP_PASID BIT64(40)
#define ECAP_PSS(ecap) ((u32)((ecap) >> 35 & 0x1f)) /* PASID bits minus 1 */
#define ECAP_EAFS BIT64(34)
#define ECAP_NWFS BIT64(33)
#define ECAP_SRS BIT64(31)
#define ECAP_PRS BIT64(29)
#define ECAP_NEST BIT64(26)
#define ECAP_IRO(ecap) ((u32)((ecap) >> 8 & 0x3ff)) /* in units of 16 bytes */
#define ECAP_SC BIT64(7)
#define ECAP_PT BIT64(6)
#define ECAP_EIM BIT64(4)
#define ECAP_IR BIT64(3)
#define ECAP_DT BIT64(2)
#define ECAP_QI BIT64(1)
#define ECAP_C BIT64(0)

/* Global command and status: a command and its status have the same bit (11.4.4). */
#define GCMD_REG 0x018
#define GSTS_REG 0x01c
#define GLOBAL_TE BIT(31)
#define GLOBAL_SRTP BIT(30)
#define GLOBAL_WBF BIT(27)
#define GLOBAL_QIE BIT(26)
#define GLOBAL_ONE_SHOT 0x69000000u /* status bits that must not be written back as commands */

#define RTADDR_REG 0x020
#define RTADDR_SCALABLE_MODE BIT64(10)

/* 11.4.6; IVA and IOTLB lie where ECAP.IRO says */
#define CCMD_REG 0x028
#define CCMD_ICC BIT64(63)
#define CCMD_REQUEST(granularity) ((u64)(granularity) << 61)
#define CCMD_DONE(value) ((u32)((value) >> 59 & 3))
#define IVA_OFFSET 0x0
#define IOTLB_OFFSET 0x8
#define IOTLB_IVT BIT64(63)
#define IOTLB_REQUEST(granularity) ((u64)(granularity) << 60)
#define IOTLB_DONE(value) ((u32)((value) >> 57 & 3))
#define IOTLB_DRAINS (BIT64(49) | BIT64(48)) /* reads and writes */

/* 11.4.7 */
#define FSTS_REG 0x034
#define FSTS_FRI(fsts) ((fsts) >> 8 & 0xff)
#define FSTS_ITE BIT(6)
#define FSTS_ICE BIT(5)
#define FSTS_IQE BIT(4)
#define FSTS_PPF BIT(1)
#define FSTS_PFO BIT(0)

/*
 * An event: control, data, address, upper address, in this order (11.4.7.2, 11.4.9.5, 11.4.11.5).
 */
#define FECTL_REG 0x038
#define IECTL_REG 0x0a0
#define PECTL_REG 0x0e0
#define EVENT_DATA 0x4
#define EVENT_ADDRESS 0x8
#define EVENT_UPPER_ADDRESS 0xc
#define EVENT_MASKED BIT(31)

/* 11.4.7.6: one record, dword by dword */
#define FRCD_BYTES 16u
#define FRCD_ADDRESS 0x0
#define FRCD_SOURCE 0x8
#define FRCD_REASON 0xc
#define FRCD_REASON_F BIT(31)
#define FRCD_REASON_T1 BIT(30)
#define FRCD_SOURCE_PP BIT(31)
#define FRCD_SOURCE_T2 BIT(28)

/* 11.4.9 */
#define IQH_REG 0x080
#define IQT_REG 0x088
#define IQA_REG 0x090
#define IQA_256_BIT BIT64(11)
#define ICS_REG 0x09c
#define ICS_IWC BIT(0)
#define IQERCD_REG 0x0b0

/* 11.4.11 */
#define PQH_REG 0x0c0
#define PQT_REG 0x0c8
#define PQA_REG 0x0d0
#define PRS_REG 0x0dc
#define PRS_PRO BIT(1)
#define PRS_PPR BIT(0)

#endif
