export const MOST_STEPS = 10_000;
/** @throws RangeError for a variant that the scenario has not. */
export async function subject(scenario, variant) {
    const known = scenario.variants[variant];
    if (known === undefined) {
        const names = Object.keys(scenario.variants).join(", ");
        throw new RangeError(`${scenario.name} has no variant "${variant}"; it has ${names}`);
    }
    const world = (await scenario.prepare?.(variant));
    return {
        scenario: scenario.name,
        variant,
        expected: known.expected,
        maxSteps: scenario.maxSteps ?? MOST_STEPS,
        setup: (kernel) => {
            scenario.setup(kernel, variant, world);
        },
    };
}
