/**
 * What a device sends to a remapping unit, and what the unit answers (VT-d 5.10 §3, §4, §7).
 * Types only. The unit, the oracle, the devices and the decoders share them.
 */
/** Memory request kinds of PCI Express as the manual tells them apart (§7.2). An AtomicOp reads and writes. */
export type Access = "read" | "write" | "atomic";
/** An untranslated memory request (AT = 00b). */
export interface MemoryRequest {
    /** Requester id: bus 15:8, device and function 7:0. */
    readonly sourceId: number;
    /** Absent for a request without PASID; 0 is PASID 0. At most 20 bits. */
    readonly pasid?: number | undefined;
    /** 64-bit input address. */
    readonly address: bigint;
    readonly access: Access;
    /** Privileged Mode Requested of the PASID prefix. Default false. */
    readonly privileged?: boolean;
    /** Execute Requested of the PASID prefix. Default false. */
    readonly execute?: boolean;
    /** Bytes, 0 to 4096 and within one 4 KiB page; 0 is a zero-length read. Default 8. */
    readonly size?: number;
}
/** An ATS translation request (AT = 01b, §4.2.3). */
export interface TranslationRequest {
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly address: bigint;
    /** The NW flag: the device asks for read permission only. Default false. */
    readonly noWrite?: boolean;
    readonly privileged?: boolean;
    readonly execute?: boolean;
}
/** A request with a translated address (AT = 10b, §4.2.5). */
export interface TranslatedRequest {
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly address: bigint;
    readonly access: Access;
    readonly privileged?: boolean;
    readonly execute?: boolean;
    readonly size?: number;
}
/** A Page Request message (§7.4). read = write = false with last = true is a stop marker. */
export interface PageRequest {
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly address: bigint;
    readonly read: boolean;
    readonly write: boolean;
    readonly execute?: boolean;
    readonly privileged?: boolean;
    /** Last page request in group. */
    readonly last: boolean;
    /** Page request group index, 0 to 511. */
    readonly group: number;
}
/** PCI Express completion status of a request that did not succeed. */
export type Completion = "UR" | "CA";
/** What became of a fault in the fault recording registers (§7.2). */
export type FaultRecording = 
/** Written to a fault recording register. */
"recorded"
/** A qualified condition, and a Fault Processing Disable bit was set on the way. */
 | "suppressed"
/** A pending record has the same source-id already (§7.2.1, compression). */
 | "collapsed"
/** No free record: FSTS.PFO is set. */
 | "overflow"
/** A condition that the manual never logs for this request. */
 | "not-logged";
/** A fault of Table 30 of the manual, or of Table 15 for the interrupt address range. */
export interface Fault {
    readonly status: "fault";
    /** Name of the condition in Table 30, for example "SFS.2". */
    readonly condition: string;
    /** Fault reason code as a fault record shows it. */
    readonly reason: number;
    readonly completion: Completion;
    readonly record: FaultRecording;
}
/** Blocked without any fault report: abort of requests that never are logged. */
export interface Blocked {
    readonly status: "blocked";
    readonly completion: Completion;
}
export interface Permissions {
    readonly read: boolean;
    readonly write: boolean;
}
export interface Translated {
    readonly status: "ok";
    /** Host physical address. */
    readonly address: bigint;
    /** Bytes of the page that the translation covers: 4096, 2 MiB or 1 GiB. */
    readonly pageSize: number;
    /** What the requester may do in this page with the privilege of this request. */
    readonly permissions: Permissions;
}
/** An untranslated DWORD write to FEEx_xxxxh without PASID: an interrupt message, never DMA (§3.15). */
export interface InterruptMessage {
    readonly status: "interrupt";
    readonly address: bigint;
}
export type TranslateResult = Translated | InterruptMessage | Fault | Blocked;
/** Fields of a translation completion (§4.2.3); the completion status is Success. */
export interface TranslationCompletion {
    readonly status: "ok";
    readonly read: boolean;
    readonly write: boolean;
    /** U: untranslated access only. */
    readonly untranslatedOnly: boolean;
    /** N: the requester must not use no-snoop accesses. */
    readonly noSnoop: boolean;
    /** S: the translation is larger than 4 KiB. */
    readonly sizeBit: boolean;
    readonly privileged: boolean;
    readonly execute: boolean;
    readonly global: boolean;
    /** Page-aligned host physical address; meaningful if read or write is set and U is clear. */
    readonly address: bigint;
    /** Bytes that the translation covers. */
    readonly pageSize: number;
    /** The fault condition behind a completion without permissions, where there is one; and its fate. */
    readonly condition?: string;
    readonly record?: FaultRecording;
}
export type TranslationResult = TranslationCompletion | Fault | Blocked;
/** Response codes of a Page Group Response (§7.6.1). */
export type ResponseCode = "success" | "invalid-request" | "response-failure";
export type PageRequestResult = 
/** Written to the page request queue. */
{
    readonly status: "accepted";
}
/** Answered by the unit itself; `why` is a fault condition, or "PRO" or "queue-full" (§7.5). */
 | {
    readonly status: "answered";
    readonly code: ResponseCode;
    readonly why: string;
    readonly record?: FaultRecording;
}
/** Dropped in silence. */
 | {
    readonly status: "dropped";
    readonly why: string;
    readonly record?: FaultRecording;
};
/** An MSI that the unit or an endpoint sends. */
export interface MessageSignaledInterrupt {
    readonly address: bigint;
    readonly data: number;
}
/** An interrupt request: the DWORD write of an MSI to FEEx_xxxxh, without PASID (§5.1.2). */
export interface InterruptRequest {
    /** Requester id: bus 15:8, device and function 7:0. */
    readonly sourceId: number;
    /** A multiple of 4, FEE0_0000h to FEEF_FFFCh. */
    readonly address: bigint;
    /** 32 bits. */
    readonly data: number;
}
/** Sent on, in the format that the interrupt controllers of the platform take. */
export interface DeliveredInterrupt {
    readonly status: "ok";
    /** Bits 63:40 hold bits 31:8 of an x2APIC destination, as the unit's own messages have them (§5.1.6). */
    readonly address: bigint;
    readonly data: number;
    /** False for an interrupt that passed as it came: remapping off, or compatibility format (§5.1.4). */
    readonly remapped: boolean;
}
/** Recorded in a posted-interrupt descriptor (§5.2.3). */
export interface PostedInterrupt {
    readonly status: "posted";
    /** Whether a notification was sent: as an "interrupt" event, ahead of the return of the call. */
    readonly notified: boolean;
}
export type RemapInterruptResult = DeliveredInterrupt | PostedInterrupt | Fault;
/** A Page Group Response message to a device (§7.6.1). */
export interface PageGroupResponse {
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly group: number;
    /** 0 Success, 1 Invalid Request, 15 Response Failure. */
    readonly code: number;
}
/** An Invalidate Request message to a device (§6.5.2.5, §6.5.2.6). */
export interface DeviceTlbInvalidate {
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly address: bigint;
    /** S: the size is coded in the address as for translation completions. */
    readonly sizeBit: boolean;
    readonly global: boolean;
    /** 0 to 31. */
    readonly itag: number;
}
