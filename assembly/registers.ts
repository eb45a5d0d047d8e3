/**
 * Register accesses (§11.2, §11.4). The register table gives each dword its access attributes; here
 * is what a write does besides storing.
 */
import {
  CAP_ECMDS,
  CCMD_ICC,
  ECAP_PMS,
  FSTS_IQE,
  FSTS_ITE,
  GSTS_QIES,
  IOTLB_IVT,
  REG_CCMD,
  REG_ECMD,
  REG_FECTL,
  REG_FSTS,
  REG_GCMD,
  REG_GSTS,
  REG_ICS,
  REG_IECTL,
  REG_IQT,
  REG_PECTL,
  REG_PERFINTRCTL,
  REG_PERFINTRSTS,
  REG_PMEN,
  REG_PRS,
} from "./generated/registers";
import {
  COUNT_REGISTER_READS,
  COUNT_REGISTER_WRITES,
  LATCH,
  LATCH_CCMD,
  LATCH_ECMD,
  LATCH_IVA,
} from "./generated/layout";
import { Answer } from "./answer";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { EnhancedCommand } from "./enhanced-command";
import { Events } from "./events";
import { FaultRecording } from "./fault-recording";
import { GlobalCommand } from "./global-command";
import { InvalidationQueue } from "./invalidation-queue";
import { PerformanceMonitoring } from "./performance-monitoring";
import { ProtectedMemory } from "./protected-memory";
import { RegisterInvalidation } from "./register-invalidation";
import { Registers } from "./register-page";

const ALL_ONES: u64 = u64.MAX_VALUE;

// What is wrong with the shape of an access: the answer of read and write, 0 if nothing is.
const OUTSIDE: i32 = 1;
const UNALIGNED: i32 = 2;
const WRONG_SIZE: i32 = 3;

export class RegisterAccess {
  /** §11.2: aligned accesses of 4 bytes, or of 8 to registers of 8 or 16 (choice C7). */
  private static shape(offset: u32, size: u32): i32 {
    if (size != 4 && size != 8) return WRONG_SIZE;
    if ((offset & (size - 1)) != 0) return UNALIGNED;
    if (offset >= Registers.size) return OUTSIDE;
    if (size == 4) return 0;
    return Registers.width(offset) == 4 || Registers.width(offset + 4) == 4 ? WRONG_SIZE : 0;
  }

  /** The value goes to RESULT_VALUE; all ones when the shape of the access is wrong. */
  static read(offset: u32, size: u32): i32 {
    Counters.add(COUNT_REGISTER_READS);
    const wrong = RegisterAccess.shape(offset, size);
    if (wrong != 0) Answer.value(ALL_ONES);
    else if (size == 4) Answer.value(Registers.get32(<i32>offset));
    else Answer.value(Registers.get64(<i32>offset));
    return wrong;
  }

  static write(offset: u32, size: u32, value: u64): i32 {
    Counters.add(COUNT_REGISTER_WRITES);
    const wrong = RegisterAccess.shape(offset, size);
    if (wrong != 0) return wrong;
    if (PerformanceMonitoring.locks(<i32>offset)) return 0;
    Registers.writeByAttributes(offset, <u32>value);
    RegisterAccess.remember(offset, <u32>value);
    if (size == 8) {
      const upper = <u32>(value >> 32);
      Registers.writeByAttributes(offset + 4, upper);
      RegisterAccess.remember(offset + 4, upper);
      RegisterAccess.act(<i32>offset + 4, upper);
    }
    RegisterAccess.act(<i32>offset, <u32>value);
    return 0;
  }

  /** Write-only fields read as 0, but the command that uses them comes later. */
  private static remember(offset: u32, value: u32): void {
    if ((offset & ~4) == <u32>REG_CCMD) {
      store<u32>(<usize>(LATCH + LATCH_CCMD + <i32>(offset & 4)), value);
    }
    if ((offset & ~4) == <u32>REG_ECMD) {
      store<u32>(<usize>(LATCH + LATCH_ECMD + <i32>(offset & 4)), value);
    }
    if ((offset & ~4) == Capability.invalidateOffset) {
      store<u32>(<usize>(LATCH + LATCH_IVA + <i32>(offset & 4)), value);
    }
  }

  /**
   * The effect of writing the dword at `offset`; of a 64-bit register, of its trigger half. What FRO and
   * IRO place comes first: its place may be that of a register that this unit lacks.
   */
  private static act(offset: i32, value: u32): void {
    if (offset == <i32>Capability.invalidateOffset + 12) {
      if ((Registers.get64(offset - 4) & IOTLB_IVT) != 0) {
        RegisterInvalidation.iotlb(load<u64>(LATCH, LATCH_IVA));
      }
    } else if (RegisterAccess.isFaultRecord(offset)) {
      FaultRecording.updatePending();
      Events.statusWritten();
    } else if (offset == REG_GCMD) GlobalCommand.write(value);
    else if (offset == REG_IQT) InvalidationQueue.run();
    else if (offset == REG_FSTS) RegisterAccess.faultStatusWritten(value);
    else if (offset == REG_ICS || offset == REG_PRS) Events.statusWritten();
    else if (offset == REG_FECTL || offset == REG_IECTL || offset == REG_PECTL) {
      Events.controlWritten(offset);
    } else if (offset == REG_PMEN && ProtectedMemory.exists) {
      ProtectedMemory.written();
    } else if (offset == REG_CCMD + 4) {
      if ((Registers.get64(REG_CCMD) & CCMD_ICC) != 0) {
        RegisterInvalidation.context(load<u64>(LATCH, LATCH_CCMD));
      }
    } else if (offset == REG_ECMD && (Capability.cap & CAP_ECMDS) != 0) {
      EnhancedCommand.submit();
    } else if (Capability.has(ECAP_PMS)) {
      if (offset == REG_PERFINTRSTS) Events.statusWritten();
      else if (offset == REG_PERFINTRCTL) Events.controlWritten(offset);
    }
  }

  private static faultStatusWritten(value: u32): void {
    Events.statusWritten();
    // §6.5.2.11: after an error the queue goes on when software has cleared it.
    const queueRuns = (Registers.get32(REG_GSTS) & GSTS_QIES) != 0;
    if (queueRuns && (value & (FSTS_IQE | FSTS_ITE)) != 0) InvalidationQueue.run();
  }

  private static isFaultRecord(offset: i32): bool {
    const first = <i32>Capability.faultRecordOffset;
    return offset >= first && offset < first + <i32>(Capability.faultRecords << 4);
  }
}
