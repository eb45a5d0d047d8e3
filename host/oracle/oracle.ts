import type { MemoryPort } from "../memory/port.js";
import type {
  MemoryRequest,
  PageRequest,
  TranslatedRequest,
  TranslationRequest,
} from "../spec/requests.js";
import { decodeCapabilities, type CapabilityRegisters } from "./capabilities.js";
import { FaultRecorder } from "./fault-recording.js";
import { Inquiry, type Step } from "./inquiry.js";
import {
  fromMemoryRequest,
  fromPageRequest,
  fromTranslatedRequest,
  fromTranslationRequest,
  withoutPrefix,
  type OracleRequest,
} from "./oracle-request.js";
import { RESET_STATE, type OracleState } from "./oracle-state.js";
import { authorise, type PageRequestAuthorisation } from "./page-requests.js";
import type { OracleTranslateResult, OracleTranslationResult } from "./results.js";
import { handleTranslatedRequest } from "./translated-requests.js";
import { handleTranslationRequest } from "./translation-requests.js";
import { handleUntranslated } from "./untranslated-requests.js";

export interface OracleOptions extends CapabilityRegisters {
  /** Guest memory with the translation structures; accessed and dirty flags are written to it. */
  readonly memory: MemoryPort;
  /** Faults of a requester that has a pending record are not recorded. Default true. */
  readonly faultCollapse?: boolean;
}

/**
 * Translation and its faults as the manual describes them, in its order and without any cache: every
 * request reads every entry from memory again. It is made to judge a fast unit, not to be one.
 * Interrupt remapping, host permission tables and the queues are outside of it.
 */
export class Oracle {
  /** Fault recording registers. */
  readonly faults: FaultRecorder;
  readonly #memory: MemoryPort;
  readonly #unit;
  #state: OracleState = RESET_STATE;
  #steps: readonly Step[] = [];

  /** Throws a RangeError for capabilities that the oracle does not model. */
  constructor(options: OracleOptions) {
    this.#memory = options.memory;
    this.#unit = decodeCapabilities(options);
    this.faults = new FaultRecorder(this.#unit.faultRecords, options.faultCollapse ?? true);
  }

  /** What software has made of the unit. Assign a new object to change it. */
  get state(): OracleState {
    return this.#state;
  }

  set state(state: OracleState) {
    const before = this.#state;
    this.#state = { ...state };
    if (isEnabled(before) && !isEnabled(state)) this.faults.resetIndex();
  }

  /** The entries that the last request read, in order, with what was concluded from each. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** An untranslated memory request. */
  translate(request: MemoryRequest): OracleTranslateResult {
    const normal = fromMemoryRequest(request);
    const seen = this.#state.translationEnabled ? normal : withoutPrefix(normal);
    return this.#process(seen, (inquiry) => handleUntranslated(inquiry, this.#state, this.faults));
  }

  /** An ATS translation request for one translation. */
  requestTranslation(request: TranslationRequest): OracleTranslationResult {
    return this.#process(fromTranslationRequest(request), (inquiry) =>
      handleTranslationRequest(inquiry, this.#state, this.faults),
    );
  }

  /** A memory request with a translated address. */
  translateTranslated(request: TranslatedRequest): OracleTranslateResult {
    return this.#process(fromTranslatedRequest(request), (inquiry) =>
      handleTranslatedRequest(inquiry, this.#state, this.faults),
    );
  }

  /** Whether a page request may be queued; a refusal is logged, except for a stop marker. */
  authorisePageRequest(request: PageRequest): PageRequestAuthorisation {
    return this.#process(fromPageRequest(request), (inquiry) =>
      authorise(inquiry, request, this.#state, this.faults),
    );
  }

  #process<T>(request: OracleRequest, handle: (inquiry: Inquiry) => T): T {
    const inquiry = new Inquiry(this.#unit, this.#memory, request);
    try {
      return handle(inquiry);
    } finally {
      this.#steps = inquiry.steps;
    }
  }
}

/** DMA or interrupt remapping is on. */
function isEnabled({ translationEnabled, interruptRemappingEnabled }: OracleState): boolean {
  return translationEnabled || interruptRemappingEnabled;
}
