import { casesOf } from "../../../case.js";
import { joined } from "../../../needs.js";
import { exists, instances, maskOf, maskOfAccess, needsOf, slug, STORED, subjects, TRIGGERS, wishesOf, } from "./register-subjects.js";
const CHECKERED = 0x5a5aa5a596966969a5a55a5a69699696n;
/** Registers that only tell what the unit is: each has its own values. */
const REPORTS = ["VER", "CAP", "ECAP", "MTRRCAP", "VCCAP", "PERFCAP", "PERFEVNTCAP"];
const REPORT_NAMES = /^(PERF\w+OFF|PERFCNTRCAP|PERFCNTREVCAP|ECCAP\d)$/;
function isReport({ mnemonic }) {
    return REPORTS.includes(mnemonic) || REPORT_NAMES.test(mnemonic);
}
const isReadable = ({ mnemonic }) => mnemonic !== "GCMD" && mnemonic !== "IVA";
const startsNothing = ({ mnemonic }) => TRIGGERS[mnemonic] === undefined;
const stores = ({ fields }) => fields.some(({ access }) => STORED.includes(access));
/** The value after a power-good reset: the defaults of the fields, and 0 in reserved bits. */
function resetValue(register, values) {
    return register.fields
        .filter((field) => exists(field, values))
        .reduce((value, field) => value | (BigInt(field.reset ?? 0) << BigInt(field.low)), 0n);
}
/** Bits that a write of CHECKERED changes, and keeps, in every unit. */
function patternOf(bench, register, values) {
    const address = register.fields.find(({ inPlace, high }) => inPlace === true && high === 63);
    const width = BigInt(bench.hostAddressWidth);
    const unstored = address === undefined ? 0n : maskOf(address) & ~((1n << width) - 1n);
    return CHECKERED & maskOfAccess(register, values, STORED) & ~unstored;
}
function casesOfRegister(register, what, title, steps, abilities = []) {
    const wishes = wishesOf(register);
    return casesOf(register.section, [
        {
            id: `${slug(register.mnemonic)}-${what}`,
            title,
            needs: joined(needsOf(register), { abilities }),
            ...(wishes !== undefined && { with: wishes }),
            async steps(bench) {
                const { names, values } = await instances(bench, register);
                for (const name of names)
                    await steps(bench, name, values);
            },
        },
    ]);
}
const resetCases = subjects.filter(isReadable).flatMap((register) => {
    const { mnemonic } = register;
    if (isReport(register)) {
        const title = `Reserved bits of ${mnemonic}_REG are 0`;
        return casesOfRegister(register, "reserved-bits", title, async (bench, name) => {
            const covered = register.fields.reduce((mask, field) => mask | maskOf(field), 0n);
            const value = await bench.registers.read(name);
            bench.expect.equal(`reserved bits of ${name}`, value & ~covered, 0n);
        });
    }
    const title = `${mnemonic}_REG has its default value after a power-good reset`;
    return casesOfRegister(register, "default", title, async (bench, name, values) => {
        const undefinedBits = maskOfAccess(register, values, ["WO"]);
        const value = (await bench.registers.read(name)) & ~undefinedBits;
        const expected = resetValue(register, values) & ~undefinedBits;
        const fields = register.fields.filter((field) => exists(field, values));
        const wanted = fields
            .filter(({ access }) => access !== "WO")
            .map((field) => [field.name, field.reset ?? 0]);
        bench.expect.decoded(name, mnemonic, value, Object.fromEntries(wanted));
        bench.expect.equal(`${name}, with its reserved bits`, value, expected);
    });
});
const wide = subjects.filter((register) => register.width > 32 && isReadable(register));
const readingCases = wide.flatMap((register) => casesOfRegister(register, "read-by-dwords", `${register.mnemonic}_REG reads the same by 32 and by 64 bits`, async (bench, name, values) => {
    if (startsNothing(register) && stores(register)) {
        const fixed = (await bench.registers.read(name)) & ~maskOfAccess(register, values, STORED);
        const status = maskOfAccess(register, values, ["RW1C", "RW1CS"]);
        await bench.registers.write(name, (fixed & ~status) | patternOf(bench, register, values));
    }
    const whole = await bench.registers.read(name);
    let joinedDwords = 0n;
    for (let half = 0; half < register.width / 32; half++) {
        joinedDwords |= (await bench.registers.readDword(name, half)) << BigInt(32 * half);
    }
    const undefinedBits = maskOfAccess(register, values, ["WO"]);
    bench.expect.equal(`${name} by dwords`, joinedDwords & ~undefinedBits, whole & ~undefinedBits);
}));
const isGranular = ({ mnemonic }) => /^P[LH]M(BASE|LIMIT)$/.test(mnemonic);
const writingCases = wide
    .filter((register) => startsNothing(register) && stores(register) && !isGranular(register))
    .flatMap((register) => casesOfRegister(register, "write-by-dwords", `${register.mnemonic}_REG takes a value by two writes of 32 bits in either order`, async (bench, name, values) => {
    const pattern = patternOf(bench, register, values);
    const others = (await bench.registers.read(name)) & ~maskOfAccess(register, values, STORED);
    for (const order of [
        [0, 1],
        [1, 0],
    ]) {
        await bench.registers.write(name, others);
        await bench.registers.writeDwords(name, others | pattern, order);
        bench.expect.equal(`${name} after its dwords ${order.join(", ")}`, await bench.registers.read(name), others | pattern);
    }
    await bench.registers.write(name, others);
    await bench.registers.writeDwords(name, others | pattern, [1]);
    const upper = (others & 0xffffffffn) | ((others | pattern) & ~0xffffffffn);
    const found = await bench.registers.read(name);
    bench.expect.equal(`${name} after its upper dword alone`, found, upper);
}));
const restoredCases = subjects
    .filter((register) => startsNothing(register) && stores(register) && isReadable(register))
    .flatMap((register) => casesOfRegister(register, "restored-by-reset", `A power-good reset gives ${register.mnemonic}_REG its default value back`, async (bench, name, values) => {
    const before = await bench.registers.read(name);
    const fixed = before & ~maskOfAccess(register, values, STORED);
    await bench.registers.write(name, fixed | patternOf(bench, register, values));
    await bench.reset("power-good");
    bench.expect.equal(`${name} after the reset`, await bench.registers.read(name), before);
}, ["reset"]));
/** Default values, 32-bit access beside 64-bit access, and what a reset undoes, of each register. */
export const registerValueCases = [
    ...[...resetCases, ...readingCases, ...writingCases, ...restoredCases],
];
