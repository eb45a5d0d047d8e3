// Fault conditions (VT-d 5.10 §7.1.3, §5.1.4.1), one word each.
// Generated from host/spec/faults.ts by "npm run generate"; edit that instead.
//   7:0   fault reason code
//   8     qualified: kept out of the records by Fault Processing Disable
//   11:9  answer to an untranslated request
//   14:12 answer to a translation request
//   17:15 answer to a translated request
//   18    logged although the translation request is answered Success
//   31:24 ordinal: the place in faultConditions of host/spec/faults.ts, from 1
// Answers: 0 not applicable, 1 Unsupported Request, 2 Completer Abort,
// 3 Success without permissions, 4 Success with effective permissions.

// the root entry could not be fetched
export const LRT_1: u32 = 0x100a208;
// the root entry is not present
export const LRT_2: u32 = 0x2009201;
// a reserved field of the root entry is not zero
export const LRT_3: u32 = 0x300a20a;
// the context entry could not be fetched
export const LCT_1: u32 = 0x400a209;
// the context entry is not present
export const LCT_2: u32 = 0x5009302;
// a reserved field of the context entry is not zero
export const LCT_3: u32 = 0x600a30b;
// the context entry has an address width that the unit does not support
export const LCT_4_1: u32 = 0x700a303;
// the context entry has a translation type that the unit does not support
export const LCT_4_2: u32 = 0x800a303;
// the second-stage root table could not be fetched through the context entry
export const LCT_4_3: u32 = 0x9002303;
// a translation or translated request, and the translation type blocks both
export const LCT_5: u32 = 0xa00910d;
// a second-stage entry could not be fetched
export const LSS_1: u32 = 0xb002307;
// a reserved field of a second-stage entry is not zero
export const LSS_2: u32 = 0xc00230c;
// the address lies beyond the width of the second stage or of guest addresses
export const LGN_1_1: u32 = 0xd003304;
// the translated address lies beyond the host address width
export const LGN_1_2: u32 = 0xe008104;
// the pass-through address lies beyond the host address width
export const LGN_1_3: u32 = 0xf000304;
// a write or AtomicOp without write permission
export const LGN_2: u32 = 0x10004305;
// a read or AtomicOp without read permission
export const LGN_3: u32 = 0x11004306;
// the resulting or translated address lies in the interrupt address range
export const LGN_4: u32 = 0x1200a30e;
// abort-DMA mode is set, and the unit does not support it
export const RTA_1_1: u32 = 0x1300a230;
// the translation table mode is the reserved one
export const RTA_1_2: u32 = 0x1400a230;
// scalable mode is set, and the unit does not support it
export const RTA_1_3: u32 = 0x1500a230;
// RTADDR.SSIRWE is set in legacy mode
export const RTA_1_4: u32 = 0x1600a230;
// a request with PASID in legacy mode
export const RTA_2: u32 = 0x17009231;
// a page request in legacy mode
export const RTA_3: u32 = 0x18000032;
// abort-DMA mode blocks every request
export const RTA_4: u32 = 0x19009233;
// a request to execute, from major version 8 on
export const RTA_5: u32 = 0x1a009234;
// the root entry could not be fetched
export const SRT_1: u32 = 0x1b00a238;
// the half of the root entry for this device is not present
export const SRT_2: u32 = 0x1c009239;
// a reserved field of that half of the root entry is not zero
export const SRT_3: u32 = 0x1d00a23a;
// the context entry could not be fetched
export const SCT_1: u32 = 0x1e00a240;
// the context entry is not present
export const SCT_2: u32 = 0x1f009341;
// a reserved field of the context entry is not zero
export const SCT_3: u32 = 0x2000a342;
// the context entry enables page requests without enabling device-TLBs
export const SCT_4_1: u32 = 0x2100a343;
// RID_PASID lies beyond the PASID directory
export const SCT_4_2: u32 = 0x2200a343;
// the context entry allows PASIDs in translated requests without allowing PASIDs
export const SCT_4_3: u32 = 0x2300a343;
// a translation or translated request, and the context entry does not enable device-TLBs
export const SCT_5: u32 = 0x24009144;
// a request with PASID, and the context entry does not allow PASIDs
export const SCT_6: u32 = 0x25001345;
// the PASID lies beyond the PASID directory
export const SCT_7: u32 = 0x26009346;
// a page request, and the context entry does not enable them
export const SCT_8: u32 = 0x27000147;
// the PASID of the request equals RID_PASID
export const SCT_9: u32 = 0x28009348;
// a translated request with PASID, and the context entry does not allow it
export const SCT_10: u32 = 0x29008149;
// the PASID directory entry could not be fetched
export const SPD_1: u32 = 0x2a012250;
// the PASID directory entry is not present
export const SPD_2: u32 = 0x2b00b351;
// a reserved field of the PASID directory entry is not zero
export const SPD_3: u32 = 0x2c012352;
// the PASID table entry could not be fetched
export const SPT_1: u32 = 0x2d012258;
// the PASID table entry is not present
export const SPT_2: u32 = 0x2e00b359;
// a reserved field of the PASID table entry is not zero
export const SPT_3: u32 = 0x2f01235a;
// the PASID table entry has a second-stage address width that the unit does not support
export const SPT_4_1: u32 = 0x3001235b;
// the PASID table entry has a translation type that is reserved or that the unit does not support
export const SPT_4_2: u32 = 0x3101235b;
// the PASID table entry has a first-stage paging mode that the unit does not support
export const SPT_4_3: u32 = 0x3201235b;
// nested: the first-stage table pointer lies beyond the width of the second stage or of guest addresses
export const SPT_4_4: u32 = 0x3301235b;
// a request to execute, and the unit does not support it (up to major version 7)
export const SPT_5: u32 = 0x3400335c;
// a request with supervisor privilege, and the PASID table entry does not allow it
export const SPT_6: u32 = 0x3500335d;
// the translated address lies beyond the host permission table
export const SPT_9: u32 = 0x36008160;
// a first-stage entry below the root table could not be fetched
export const SFS_1: u32 = 0x37003370;
// a first-stage entry is not present
export const SFS_2: u32 = 0x38003371;
// a reserved field of a first-stage entry is not zero
export const SFS_3: u32 = 0x39003372;
// the first-stage root table could not be fetched through the PASID table entry
export const SFS_4: u32 = 0x3a003373;
// nested: the address in a first-stage entry lies beyond the width of the second stage or of guest addresses
export const SFS_5: u32 = 0x3b003374;
// nested: the second stage denies reading the first-stage root table
export const SFS_6: u32 = 0x3c003375;
// nested: the second stage denies reading a first-stage entry below the root table
export const SFS_7: u32 = 0x3d003376;
// nested: the second stage denies writing a first-stage entry whose flags must be set
export const SFS_8: u32 = 0x3e003377;
// a first-stage flag must be set, and page walks are not snooped
export const SFS_9: u32 = 0x3f003390;
// setting a flag of a first-stage entry failed
export const SFS_10: u32 = 0x40043391;
// a second-stage entry below the root table could not be fetched
export const SSS_1: u32 = 0x41002378;
// a second-stage entry gives neither read nor write permission
export const SSS_2: u32 = 0x42003379;
// a reserved field of a second-stage entry is not zero
export const SSS_3: u32 = 0x4300237a;
// the second-stage root table could not be fetched through the PASID table entry
export const SSS_4: u32 = 0x4400237b;
// a second-stage flag must be set, and page walks are not snooped
export const SSS_5: u32 = 0x4500237c;
// setting a flag of a second-stage entry failed
export const SSS_6: u32 = 0x4600237d;
// the address is not canonical for the first stage
export const SGN_1: u32 = 0x47003380;
// a user request met a supervisor page
export const SGN_2: u32 = 0x48003381;
// the translated address lies beyond the host address width
export const SGN_4_1: u32 = 0x49008183;
// the pass-through address lies beyond the host address width
export const SGN_4_2: u32 = 0x4a003383;
// the address lies beyond the width of the second stage or of guest addresses
export const SGN_5: u32 = 0x4b003384;
// a write or AtomicOp without write permission
export const SGN_6: u32 = 0x4c004385;
// a read or AtomicOp without read permission
export const SGN_7: u32 = 0x4d004386;
// the resulting address lies in the interrupt address range
export const SGN_8_1: u32 = 0x4e000387;
// the translation asked for overlaps the interrupt address range
export const SGN_8_2: u32 = 0x4f002187;
// the translated address lies in the interrupt address range
export const SGN_8_3: u32 = 0x50008187;
// the PASID lies beyond the width that the unit supports
export const SGN_10: u32 = 0x51009389;
// a host permission table entry could not be fetched
export const HPT_1: u32 = 0x520101a0;
// a reserved field of a host permission table entry is not zero
export const HPT_2: u32 = 0x530101a1;
// the host permission root table could not be fetched
export const HPT_3: u32 = 0x540101a2;
// a zero-length read, and the host permission table gives no permission
export const HPT_4: u32 = 0x550081a3;
// the host permission table denies the write
export const HPT_5: u32 = 0x560081a4;
// the host permission table denies the read
export const HPT_6: u32 = 0x570081a5;
// a reserved field of a remappable interrupt request is not zero
export const IR_20: u32 = 0x58000220;
// the interrupt index lies beyond the table, or its entry beyond the host address width
export const IR_21: u32 = 0x59000221;
// the interrupt remapping table entry is not present
export const IR_22: u32 = 0x5a000322;
// the interrupt remapping table entry could not be fetched
export const IR_23: u32 = 0x5b000223;
// a reserved field of the interrupt remapping table entry is not zero
export const IR_24: u32 = 0x5c000324;
// compatibility-format interrupts are blocked
export const IR_25: u32 = 0x5d000225;
// the source-id check failed
export const IR_26: u32 = 0x5e000326;
// the posted-interrupt descriptor could not be accessed
export const IR_27: u32 = 0x5f000327;
// a reserved field of the posted-interrupt descriptor is not zero
export const IR_28: u32 = 0x60000328;
// a request without PASID to the interrupt address range that is no interrupt
export const IR_29: u32 = 0x61000229;
// extended interrupt mode is required and not enabled
export const IR_2A: u32 = 0x6200022a;
// interrupt remapping is required and not enabled
export const IR_2B: u32 = 0x6300022b;
