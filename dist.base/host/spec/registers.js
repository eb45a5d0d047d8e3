import { capRegister } from "./registers/cap.js";
import { commandRegisters } from "./registers/commands.js";
import { ecapRegister } from "./registers/ecap.js";
import { faultRegisters } from "./registers/fault.js";
import { generalRegisters } from "./registers/general.js";
import { interruptRemappingRegisters } from "./registers/interrupt-remapping.js";
import { invalidationQueueRegisters } from "./registers/invalidation-queue.js";
import { memoryTypeRegisters } from "./registers/memory-type.js";
import { pageRequestRegisters } from "./registers/page-request.js";
import { performanceCounterRegisters } from "./registers/performance-counters.js";
import { performanceRegisters } from "./registers/performance.js";
import { protectedMemoryRegisters } from "./registers/protected-memory.js";
/** Every register of VT-d 5.10 chapter 11, and the two of 4.x that it dropped (GCMD and FSTS bits, AFLOG). */
export const registers = [
    capRegister,
    ecapRegister,
    ...generalRegisters,
    ...faultRegisters,
    ...protectedMemoryRegisters,
    ...invalidationQueueRegisters,
    ...interruptRemappingRegisters,
    ...pageRequestRegisters,
    ...memoryTypeRegisters,
    ...performanceRegisters,
    ...performanceCounterRegisters,
    ...commandRegisters,
];
