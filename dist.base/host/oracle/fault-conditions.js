/**
 * Table 30 of the manual (§7.1.3), row by row; host permission tables are left out. Columns:
 * fault reason (hexadecimal); qualified (q) or not (n); the answer to an untranslated request,
 * a translation request and a translated request, each without and with PASID; page request.
 *
 * UR, CA: completion status. S0: Success with R=W=U=S=0. S0L: the same, and logged.
 * SE: Success with effective permissions. IR: Invalid Request, or dropped if no response is due.
 */
const TABLE_30 = {
    // Legacy mode
    "LRT.1": "08 n  UR -   CA  -    UR -   -",
    "LRT.2": "01 n  UR -   UR  -    UR -   -",
    "LRT.3": "0A n  UR -   CA  -    UR -   -",
    "LCT.1": "09 n  UR -   CA  -    UR -   -",
    "LCT.2": "02 q  UR -   UR  -    UR -   -",
    "LCT.3": "0B q  UR -   CA  -    UR -   -",
    "LCT.4.1": "03 q  UR -   CA  -    UR -   -",
    "LCT.4.2": "03 q  UR -   CA  -    UR -   -",
    "LCT.4.3": "03 q  UR -   CA  -    -  -   -",
    "LCT.5": "0D q  -  -   UR  -    UR -   -",
    "LSS.1": "07 q  UR -   CA  -    -  -   -",
    "LSS.2": "0C q  UR -   CA  -    -  -   -",
    "LGN.1.1": "04 q  UR -   S0  -    -  -   -",
    "LGN.1.2": "04 q  -  -   -   -    UR -   -",
    "LGN.1.3": "04 q  UR -   -   -    -  -   -",
    "LGN.2": "05 q  UR -   SE  -    -  -   -",
    "LGN.3": "06 q  UR -   SE  -    -  -   -",
    "LGN.4": "0E q  UR -   CA  -    UR -   -",
    // Root-table address register
    "RTA.1.1": "30 n  UR UR  CA  CA   UR UR  IR",
    "RTA.1.2": "30 n  UR UR  CA  CA   UR UR  IR",
    "RTA.1.3": "30 n  UR UR  CA  CA   UR UR  IR",
    "RTA.1.4": "30 n  UR -   CA  -    UR -   -",
    "RTA.2": "31 n  -  UR  -   UR   -  UR  -",
    "RTA.3": "32 n  -  -   -   -    -  -   IR",
    "RTA.4": "33 n  UR UR  UR  UR   UR UR  IR",
    "RTA.5": "34 n  -  UR  -   UR   -  UR  -",
    // Scalable-mode root and context entries
    "SRT.1": "38 n  UR UR  CA  CA   UR UR  IR",
    "SRT.2": "39 n  UR UR  UR  UR   UR UR  IR",
    "SRT.3": "3A n  UR UR  CA  CA   UR UR  IR",
    "SCT.1": "40 n  UR UR  CA  CA   UR UR  IR",
    "SCT.2": "41 q  UR UR  UR  UR   UR UR  IR",
    "SCT.3": "42 q  UR UR  CA  CA   UR UR  IR",
    "SCT.4.1": "43 q  UR UR  CA  CA   UR UR  IR",
    "SCT.4.2": "43 q  UR UR  CA  CA   UR UR  IR",
    "SCT.4.3": "43 q  UR -   CA  -    UR UR  IR",
    "SCT.5": "44 q  -  -   UR  UR   UR UR  -",
    "SCT.6": "45 q  -  UR  -   UR   -  -   IR",
    "SCT.7": "46 q  -  UR  -   UR   -  UR  IR",
    "SCT.8": "47 q  -  -   -   -    -  -   IR",
    "SCT.9": "48 q  -  UR  -   UR   -  UR  IR",
    "SCT.10": "49 q  -  -   -   -    -  UR  -",
    // PASID directory and PASID table
    "SPD.1": "50 n  UR UR  CA  CA   CA CA  IR",
    "SPD.2": "51 q  UR UR  S0  S0   UR UR  IR",
    "SPD.3": "52 q  UR UR  CA  CA   CA CA  IR",
    "SPT.1": "58 n  UR UR  CA  CA   CA CA  IR",
    "SPT.2": "59 q  UR UR  S0  S0   UR UR  IR",
    "SPT.3": "5A q  UR UR  CA  CA   CA CA  IR",
    "SPT.4.1": "5B q  UR UR  CA  CA   CA CA  IR",
    "SPT.4.2": "5B q  UR UR  CA  CA   CA CA  IR",
    "SPT.4.3": "5B q  UR UR  CA  CA   CA CA  IR",
    "SPT.4.4": "5B q  UR UR  CA  CA   CA CA  IR",
    "SPT.5": "5C q  -  UR  -   S0   -  -   -",
    "SPT.6": "5D q  UR UR  S0  S0   -  -   -",
    // First stage
    "SFS.1": "70 q  UR UR  S0  S0   -  -   -",
    "SFS.2": "71 q  UR UR  S0  S0   -  -   -",
    "SFS.3": "72 q  UR UR  S0  S0   -  -   -",
    "SFS.4": "73 q  UR UR  S0  S0   -  -   -",
    "SFS.5": "74 q  UR UR  S0  S0   -  -   -",
    "SFS.6": "75 q  UR UR  S0  S0   -  -   -",
    "SFS.7": "76 q  UR UR  S0  S0   -  -   -",
    "SFS.8": "77 q  UR UR  S0  S0   -  -   -",
    "SFS.9": "90 q  UR UR  S0  S0   -  -   -",
    "SFS.10": "91 q  UR UR  S0L S0L  -  -   -",
    // Second stage in scalable mode
    "SSS.1": "78 q  UR UR  CA  CA   -  -   -",
    "SSS.2": "79 q  UR UR  S0  S0   -  -   -",
    "SSS.3": "7A q  UR UR  CA  CA   -  -   -",
    "SSS.4": "7B q  UR UR  CA  CA   -  -   -",
    "SSS.5": "7C q  UR UR  CA  CA   -  -   -",
    "SSS.6": "7D q  UR UR  CA  CA   -  -   -",
    // General, scalable mode
    "SGN.1": "80 q  UR UR  S0  S0   -  -   -",
    "SGN.2": "81 q  UR UR  S0  S0   -  -   -",
    "SGN.4.1": "83 q  -  -   -   -    UR UR  -",
    "SGN.4.2": "83 q  UR UR  S0  S0   -  -   -",
    "SGN.5": "84 q  UR UR  S0  S0   -  -   -",
    "SGN.6": "85 q  UR UR  SE  SE   -  -   -",
    "SGN.7": "86 q  UR UR  SE  SE   -  -   -",
    "SGN.8.1": "87 q  UR UR  -   -    -  -   -",
    "SGN.8.2": "87 q  -  -   CA  CA   -  -   -",
    "SGN.8.3": "87 q  -  -   -   -    UR UR  -",
    "SGN.10": "89 q  -  UR  -   UR   -  UR  -",
    // Code 29h of Table 15 (§5.1.4.1): a request to FEEx_xxxxh that is no valid interrupt
    "IR.29": "29 n  UR -   -   -    -  -   -",
};
const ROWS = new Map(Object.entries(TABLE_30).map(([name, row]) => {
    const [reason = "", qualified, ...answers] = row.split(/\s+/);
    return [name, { reason: Number.parseInt(reason, 16), qualified: qualified === "q", answers }];
}));
const FIRST_COLUMN = {
    untranslated: 0,
    translation: 2,
    translated: 4,
    "page-request": 6,
};
/** Every condition that the oracle knows, in the manual's order. */
export const CONDITION_NAMES = Object.keys(TABLE_30);
export function conditionOf(name) {
    return rowOf(name);
}
/**
 * The answer that Table 30 gives a request; undefined where the table says that the condition does
 * not apply to this kind of request.
 */
export function answerTo(name, kind, withPasid) {
    const column = FIRST_COLUMN[kind] + (withPasid && kind !== "page-request" ? 1 : 0);
    const answer = rowOf(name).answers[column];
    return answer === "-" ? undefined : answer;
}
function rowOf(name) {
    const row = ROWS.get(name);
    if (row === undefined)
        throw new RangeError(`no fault condition is named ${name}`);
    return row;
}
