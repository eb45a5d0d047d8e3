/**
 * How a remapping unit answers a blocked request: not applicable, Unsupported Request, Completer
 * Abort, Success without any permission, Success with the permissions that there are (§4.2, §7.1.3).
 */
export type FaultResponse = "-" | "UR" | "CA" | "S0" | "SE";
/** One row of Table 30 or Table 15 of the manual. */
export interface FaultCondition {
    /** Name in Table 30, for example "SFS.2"; "IR.25" stands for code 25h of Table 15. */
    readonly condition: string;
    /** Fault reason code, as FRCD.FR shows it. */
    readonly code: number;
    /** A Fault Processing Disable bit on the way keeps it out of the fault records. */
    readonly qualified: boolean;
    /** Answers to each kind of request, without and with PASID. */
    readonly responses: readonly [
        untranslated: FaultResponse,
        untranslatedWithPasid: FaultResponse,
        translation: FaultResponse,
        translationWithPasid: FaultResponse,
        translated: FaultResponse,
        translatedWithPasid: FaultResponse
    ];
    /** It can meet a page request, which is then dropped, or answered Invalid Request if last in group. */
    readonly pageRequest: boolean;
    /** It is logged although the translation request is answered Success. */
    readonly loggedWithSuccess?: boolean;
    readonly meaning: string;
}
