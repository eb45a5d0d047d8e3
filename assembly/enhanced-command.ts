/** The enhanced command interface (§11.4.14): commands that software submits by writing ECMD. */
import {
  ECMD_CMD_DISABLE_COUNTER,
  ECMD_CMD_ENABLE_COUNTER,
  ECMD_CMD_FREEZE,
  ECMD_CMD_MASK,
  ECMD_CMD_RESET_CONFIGURATION,
  ECMD_CMD_RESET_VALUES,
  ECMD_OA_SHIFT,
  ECRSP_SC_SHIFT,
  REG_ECCAP0,
  REG_ECRSP,
} from "./generated/registers";
import { LATCH, LATCH_ECMD } from "./generated/layout";
import { GlobalCommand } from "./global-command";
import { PerformanceMonitoring } from "./performance-monitoring";
import { ProtectedMemory } from "./protected-memory";
import { Registers } from "./register-page";

// Status codes (Table 53). From 16 on they are a command's own.
const SUCCESS: u64 = 0;
const UNDEFINED: u64 = 1;
const ABORTED: u64 = 2;
const FAILED: u64 = 16;

export class EnhancedCommand {
  /** Software wrote the low half of ECMD. The command is complete when the write is (choice M2). */
  static submit(): void {
    const written = load<u64>(LATCH, LATCH_ECMD);
    const status = EnhancedCommand.execute(written & ECMD_CMD_MASK, written >> ECMD_OA_SHIFT);
    Registers.set64(REG_ECRSP, status << ECRSP_SC_SHIFT);
  }

  /** ECCAP0 to ECCAP3 have a bit for each command. */
  private static supports(command: u64): bool {
    const word = Registers.get64(REG_ECCAP0 + ((<i32>(command >> 6)) << 3));
    return ((word >> (command & 63)) & 1) != 0;
  }

  private static execute(command: u64, operand: u64): u64 {
    if (!EnhancedCommand.supports(command)) return UNDEFINED;
    if (GlobalCommand.isInFlight || ProtectedMemory.isEnabling) return ABORTED;
    if (command == ECMD_CMD_ENABLE_COUNTER) {
      return PerformanceMonitoring.enable(operand) ? SUCCESS : FAILED;
    }
    if (command == ECMD_CMD_DISABLE_COUNTER) {
      return PerformanceMonitoring.disable(operand) ? SUCCESS : FAILED;
    }
    if (command == ECMD_CMD_RESET_CONFIGURATION) PerformanceMonitoring.resetConfiguration();
    else if (command == ECMD_CMD_RESET_VALUES) PerformanceMonitoring.resetValues();
    else if (command == ECMD_CMD_FREEZE) PerformanceMonitoring.freeze();
    else PerformanceMonitoring.unfreeze();
    return SUCCESS;
  }
}
