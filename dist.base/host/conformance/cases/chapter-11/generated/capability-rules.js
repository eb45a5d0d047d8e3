import { exclusionRules, prerequisiteRules, valueRules, } from "../../../../spec/capability-rules.js";
import { casesOf } from "../../../case.js";
import { atLeast } from "../../../needs.js";
import { slug } from "./register-subjects.js";
/** Rules about capabilities that depend on each other, each for units that report the first. */
function caseOf(rule, what, needs, holds) {
    const version = rule.fromMajor === undefined ? [] : [{ MAJOR: atLeast(rule.fromMajor) }];
    return casesOf(rule.section, [
        {
            id: `${slug(rule.capability)}-${what}`,
            title: `A unit reports no combination that the manual rules out: ${rule.sentence}`,
            needs: { capabilities: [...needs, ...version] },
            steps: (bench) => {
                const { cap, ecap } = bench.capabilities;
                const found = `CAP 0x${cap.toString(16)}, ECAP 0x${ecap.toString(16)}`;
                const value = (name) => bench.value(name);
                bench.expect.that(rule.sentence, holds(value), found);
                return Promise.resolve();
            },
        },
    ]);
}
/** What §11.4.2 and §11.4.3 say about fields that go together. */
export const capabilityRuleCases = [
    ...prerequisiteRules.flatMap((rule) => caseOf(rule, `needs-${rule.needs.map(slug).join("-")}`, [rule.capability], (value) => rule.needs.every((name) => value(name) !== 0))),
    ...exclusionRules.flatMap((rule) => caseOf(rule, `excludes-${slug(rule.excludes)}`, [rule.capability], (value) => value(rule.excludes) === 0)),
    ...valueRules.flatMap((rule) => caseOf(rule, "has-a-defined-value", [], (value) => rule.values.includes(value(rule.capability)))),
];
