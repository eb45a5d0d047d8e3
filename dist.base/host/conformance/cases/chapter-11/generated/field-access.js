import { fieldOf } from "../../../bench/registers.js";
import { casesOf } from "../../../case.js";
import { joined } from "../../../needs.js";
import { exists, fieldsOf, instances, maskOf, maskOfAccess, needsOf, slug, STORED, subjects, TRIGGERS, wishesOf, } from "./register-subjects.js";
const PATTERNS = [-1n, 0x5555555555555555n, 0xaaaaaaaaaaaaaaaan, 0n];
/** Fields of which a unit chooses how many bits it stores (§11.4.8). */
const GRANULAR = ["PLMBASE", "PLMLIMIT", "PHMBASE", "PHMLIMIT"];
const claims = {
    RO: ["is read-only", isReadOnly],
    ROS: ["is read-only", isReadOnly],
    RW: ["keeps what software writes", keepsWrites],
    RWL: ["keeps what software writes while it is not locked", keepsWrites],
    RWLV: ["keeps what software writes while it is not locked", keepsWrites],
    RW1C: ["cannot be set by software", isNotSet],
    RW1CS: ["cannot be set by software", isNotSet],
};
/** The access attribute of each field (§11.3). What a write-only field reads is undefined. */
export const fieldAccessCases = subjects.flatMap((register) => fieldsOf(register).flatMap((field) => caseOf(register, field)));
function caseOf(register, field) {
    const claim = claims[field.access];
    const trigger = TRIGGERS[register.mnemonic];
    if (claim === undefined || trigger === field.name || trigger === "")
        return [];
    const [words, check] = claim;
    const wishes = wishesOf(register);
    return casesOf(register.section, [
        {
            id: `${slug(register.mnemonic)}-${slug(field.name)}-${slug(field.access)}`,
            title: `Field ${field.name} of ${register.mnemonic}_REG (${field.access}) ${words}`,
            needs: joined(needsOf(register, field)),
            ...(wishes !== undefined && { with: wishes }),
            async steps(bench) {
                const { names, values } = await instances(bench, register);
                if (!exists(field, values))
                    bench.skip(`the unit has no ${register.mnemonic}.${field.name}`);
                for (const name of names)
                    await check(bench, { name, register, field, values });
            },
        },
    ]);
}
/** What software writes to leave the other fields as they are: status bits are not cleared. */
async function neutral(bench, { name, register, values }) {
    const cleared = maskOfAccess(register, values, ["RW1C", "RW1CS", "WO"]);
    const trigger = register.fields.find((field) => field.name === TRIGGERS[register.mnemonic]);
    const held = trigger === undefined ? 0n : maskOf(trigger);
    return (await bench.registers.read(name)) & ~cleared & ~held;
}
async function isReadOnly(bench, at) {
    const { name, register, field } = at;
    const before = await bench.registers.read(name);
    const others = await neutral(bench, at);
    await bench.registers.write(name, others ^ maskOf(field));
    const value = fieldOf(register, field.name, before);
    await bench.expect.register(name, { [field.name]: value }, "after a write of the inverse");
    await bench.registers.write(name, others);
}
async function keepsWrites(bench, at) {
    const { name, register, field, values } = at;
    const others = (await neutral(bench, at)) & ~maskOf(field);
    // What a write-only field reads is undefined, and status may follow what was written (PMEN.PRS).
    const notLooked = maskOfAccess(register, values, ["WO", "RO", "ROS"]);
    for (const pattern of PATTERNS) {
        const bits = (pattern << BigInt(field.low % 64 === 0 ? field.low : 0)) & maskOf(field);
        const wanted = GRANULAR.includes(register.mnemonic) ? bits : bits & storedBits(bench, at);
        await bench.registers.write(name, others | wanted);
        const found = (await bench.registers.read(name)) & ~notLooked;
        const when = `${name} after a write of 0x${(others | wanted).toString(16)}`;
        if (GRANULAR.includes(register.mnemonic))
            expectPrefix(bench, when, field, found, wanted);
        else
            bench.expect.equal(when, found, (others | wanted) & ~notLooked);
    }
    await bench.registers.write(name, others);
}
/** Bits that every unit stores: of an address those of the host, of a domain-id as many as ND says. */
function storedBits(bench, { field, values }) {
    const mask = maskOf(field);
    if (field.inPlace === true && field.high === 63) {
        return mask & ((1n << BigInt(bench.hostAddressWidth)) - 1n);
    }
    if (field.name !== "DID")
        return mask;
    const width = 4 + 2 * values["ND"];
    return mask & (((1n << BigInt(width)) - 1n) << BigInt(field.low));
}
/** From some bit on upwards it holds what was written, and 0 below. */
function expectPrefix(bench, when, field, found, written) {
    const width = field.high === 63 ? bench.hostAddressWidth : field.high + 1;
    const mask = (1n << BigInt(width)) - 1n;
    const [within, seen] = [written & mask, found & mask];
    const holds = Array.from({ length: width - field.low + 1 }, (_, n) => field.low + n).some((low) => seen === (within >> BigInt(low)) << BigInt(low));
    bench.expect.that(`${when}: the upper bits as written, and 0 below some bit`, holds, found);
}
async function isNotSet(bench, at) {
    const { name, field } = at;
    const others = await neutral(bench, at);
    for (const bits of [maskOf(field), 0n, maskOf(field)]) {
        await bench.registers.write(name, others | bits);
        await bench.expect.register(name, { [field.name]: 0 }, "with nothing to report");
    }
}
