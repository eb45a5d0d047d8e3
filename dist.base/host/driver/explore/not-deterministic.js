/** A run did not go as the same run went before. */
export class NotDeterministic extends Error {
    name = "NotDeterministic";
    constructor() {
        super("the scenario did not do the same in two runs with the same schedule: " +
            "make everything that its tasks share in setup, and use no clock and no random numbers");
    }
}
