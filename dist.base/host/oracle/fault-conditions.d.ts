import type { Completion } from "../spec/requests.js";
/**
 * Table 30 of the manual (§7.1.3), row by row; host permission tables are left out. Columns:
 * fault reason (hexadecimal); qualified (q) or not (n); the answer to an untranslated request,
 * a translation request and a translated request, each without and with PASID; page request.
 *
 * UR, CA: completion status. S0: Success with R=W=U=S=0. S0L: the same, and logged.
 * SE: Success with effective permissions. IR: Invalid Request, or dropped if no response is due.
 */
declare const TABLE_30: {
    readonly "LRT.1": "08 n  UR -   CA  -    UR -   -";
    readonly "LRT.2": "01 n  UR -   UR  -    UR -   -";
    readonly "LRT.3": "0A n  UR -   CA  -    UR -   -";
    readonly "LCT.1": "09 n  UR -   CA  -    UR -   -";
    readonly "LCT.2": "02 q  UR -   UR  -    UR -   -";
    readonly "LCT.3": "0B q  UR -   CA  -    UR -   -";
    readonly "LCT.4.1": "03 q  UR -   CA  -    UR -   -";
    readonly "LCT.4.2": "03 q  UR -   CA  -    UR -   -";
    readonly "LCT.4.3": "03 q  UR -   CA  -    -  -   -";
    readonly "LCT.5": "0D q  -  -   UR  -    UR -   -";
    readonly "LSS.1": "07 q  UR -   CA  -    -  -   -";
    readonly "LSS.2": "0C q  UR -   CA  -    -  -   -";
    readonly "LGN.1.1": "04 q  UR -   S0  -    -  -   -";
    readonly "LGN.1.2": "04 q  -  -   -   -    UR -   -";
    readonly "LGN.1.3": "04 q  UR -   -   -    -  -   -";
    readonly "LGN.2": "05 q  UR -   SE  -    -  -   -";
    readonly "LGN.3": "06 q  UR -   SE  -    -  -   -";
    readonly "LGN.4": "0E q  UR -   CA  -    UR -   -";
    readonly "RTA.1.1": "30 n  UR UR  CA  CA   UR UR  IR";
    readonly "RTA.1.2": "30 n  UR UR  CA  CA   UR UR  IR";
    readonly "RTA.1.3": "30 n  UR UR  CA  CA   UR UR  IR";
    readonly "RTA.1.4": "30 n  UR -   CA  -    UR -   -";
    readonly "RTA.2": "31 n  -  UR  -   UR   -  UR  -";
    readonly "RTA.3": "32 n  -  -   -   -    -  -   IR";
    readonly "RTA.4": "33 n  UR UR  UR  UR   UR UR  IR";
    readonly "RTA.5": "34 n  -  UR  -   UR   -  UR  -";
    readonly "SRT.1": "38 n  UR UR  CA  CA   UR UR  IR";
    readonly "SRT.2": "39 n  UR UR  UR  UR   UR UR  IR";
    readonly "SRT.3": "3A n  UR UR  CA  CA   UR UR  IR";
    readonly "SCT.1": "40 n  UR UR  CA  CA   UR UR  IR";
    readonly "SCT.2": "41 q  UR UR  UR  UR   UR UR  IR";
    readonly "SCT.3": "42 q  UR UR  CA  CA   UR UR  IR";
    readonly "SCT.4.1": "43 q  UR UR  CA  CA   UR UR  IR";
    readonly "SCT.4.2": "43 q  UR UR  CA  CA   UR UR  IR";
    readonly "SCT.4.3": "43 q  UR -   CA  -    UR UR  IR";
    readonly "SCT.5": "44 q  -  -   UR  UR   UR UR  -";
    readonly "SCT.6": "45 q  -  UR  -   UR   -  -   IR";
    readonly "SCT.7": "46 q  -  UR  -   UR   -  UR  IR";
    readonly "SCT.8": "47 q  -  -   -   -    -  -   IR";
    readonly "SCT.9": "48 q  -  UR  -   UR   -  UR  IR";
    readonly "SCT.10": "49 q  -  -   -   -    -  UR  -";
    readonly "SPD.1": "50 n  UR UR  CA  CA   CA CA  IR";
    readonly "SPD.2": "51 q  UR UR  S0  S0   UR UR  IR";
    readonly "SPD.3": "52 q  UR UR  CA  CA   CA CA  IR";
    readonly "SPT.1": "58 n  UR UR  CA  CA   CA CA  IR";
    readonly "SPT.2": "59 q  UR UR  S0  S0   UR UR  IR";
    readonly "SPT.3": "5A q  UR UR  CA  CA   CA CA  IR";
    readonly "SPT.4.1": "5B q  UR UR  CA  CA   CA CA  IR";
    readonly "SPT.4.2": "5B q  UR UR  CA  CA   CA CA  IR";
    readonly "SPT.4.3": "5B q  UR UR  CA  CA   CA CA  IR";
    readonly "SPT.4.4": "5B q  UR UR  CA  CA   CA CA  IR";
    readonly "SPT.5": "5C q  -  UR  -   S0   -  -   -";
    readonly "SPT.6": "5D q  UR UR  S0  S0   -  -   -";
    readonly "SFS.1": "70 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.2": "71 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.3": "72 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.4": "73 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.5": "74 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.6": "75 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.7": "76 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.8": "77 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.9": "90 q  UR UR  S0  S0   -  -   -";
    readonly "SFS.10": "91 q  UR UR  S0L S0L  -  -   -";
    readonly "SSS.1": "78 q  UR UR  CA  CA   -  -   -";
    readonly "SSS.2": "79 q  UR UR  S0  S0   -  -   -";
    readonly "SSS.3": "7A q  UR UR  CA  CA   -  -   -";
    readonly "SSS.4": "7B q  UR UR  CA  CA   -  -   -";
    readonly "SSS.5": "7C q  UR UR  CA  CA   -  -   -";
    readonly "SSS.6": "7D q  UR UR  CA  CA   -  -   -";
    readonly "SGN.1": "80 q  UR UR  S0  S0   -  -   -";
    readonly "SGN.2": "81 q  UR UR  S0  S0   -  -   -";
    readonly "SGN.4.1": "83 q  -  -   -   -    UR UR  -";
    readonly "SGN.4.2": "83 q  UR UR  S0  S0   -  -   -";
    readonly "SGN.5": "84 q  UR UR  S0  S0   -  -   -";
    readonly "SGN.6": "85 q  UR UR  SE  SE   -  -   -";
    readonly "SGN.7": "86 q  UR UR  SE  SE   -  -   -";
    readonly "SGN.8.1": "87 q  UR UR  -   -    -  -   -";
    readonly "SGN.8.2": "87 q  -  -   CA  CA   -  -   -";
    readonly "SGN.8.3": "87 q  -  -   -   -    UR UR  -";
    readonly "SGN.10": "89 q  -  UR  -   UR   -  UR  -";
    readonly "IR.29": "29 n  UR -   -   -    -  -   -";
};
export type ConditionName = keyof typeof TABLE_30;
/** What the requester gets. */
export type Answer = Completion | "S0" | "S0L" | "SE" | "IR";
export type RequestKind = "untranslated" | "translation" | "translated" | "page-request";
export interface FaultCondition {
    /** Fault reason as a fault record shows it. */
    readonly reason: number;
    /** True if a Fault Processing Disable bit keeps it out of the log. */
    readonly qualified: boolean;
}
/** Every condition that the oracle knows, in the manual's order. */
export declare const CONDITION_NAMES: readonly ConditionName[];
export declare function conditionOf(name: ConditionName): FaultCondition;
/**
 * The answer that Table 30 gives a request; undefined where the table says that the condition does
 * not apply to this kind of request.
 */
export declare function answerTo(name: ConditionName, kind: RequestKind, withPasid: boolean): Answer | undefined;
export {};
