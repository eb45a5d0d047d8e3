/** The case cannot be decided on this target; the message says why. */
export class CaseSkip extends Error {
    name = "CaseSkip";
}
/** The case cannot go on, and the unit is to blame; the message says what was expected. */
export class CaseFailure extends Error {
    name = "CaseFailure";
}
