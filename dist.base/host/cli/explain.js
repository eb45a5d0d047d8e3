import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { Iommu } from "../iommu.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { parseSourceId } from "../spec/source-id.js";
import { UsageError } from "./exit-code.js";
import { jsonText } from "./json.js";
import { hex, parseUnsigned } from "./numbers.js";
import { textTable } from "./text-table.js";
import { parseUnit, presetOption, unitOption } from "./unit-options.js";
const ACCESSES = ["read", "write", "atomic"];
const SIZE_LIMIT = 2 ** 31;
const PAGE = 4096;
/** Register offsets and bits (§11.4). */
const GCMD = 0x18;
const RTADDR = 0x20;
const SET_ROOT = 0x4000_0000;
const ENABLE = 0x8000_0000;
const EXAMPLES = `
The image is guest memory from physical address 0 on. --root is what software
writes to RTADDR_REG: the address of the root table, with the translation table
mode in bits 11:10 (0x400 stands for scalable mode).

Example:
  viommu explain --memory-image guest.bin --root 0x10400 \\
    --source-id 00:02.0 --pasid 5 --address 0x7000 --access write`;
/** `viommu explain`: every entry that a request reads, and the check that decides it. */
export function explainCommand({ terminal }) {
    return new Command("explain")
        .description("show every entry that a DMA request reads, and the check that decides it")
        .requiredOption("--memory-image <file>", "raw guest memory")
        .requiredOption("--root <value>", "value of RTADDR_REG")
        .requiredOption("--source-id <bus:device.function>", "who asks, such as 00:02.0")
        .requiredOption("--address <number>", "input address of the request")
        .addOption(new Option("--access <kind>", "what it does").choices(ACCESSES).default("read"))
        .option("--pasid <number>", "PASID of the request; without it the request has none")
        .option("--size <bytes>", "size of the request; 0 is a zero-length read", "8")
        .option("--privileged", "the request asks for privileged mode")
        .option("--execute", "the request asks to execute")
        .addOption(presetOption())
        .addOption(unitOption())
        .option("--json", "print the explanation as JSON (docs/explain.schema.json)")
        .addHelpText("after", EXAMPLES)
        .action(async (flags) => {
        const explanation = await explain(flags);
        if (flags.json === true)
            terminal.out(jsonText(explanation));
        else
            terminal.out(explanationText(explanation));
    });
}
async function explain(flags) {
    const request = parseRequest(flags);
    const unit = parseUnit(flags.preset, flags.unit);
    const root = parseUnsigned("--root", flags.root);
    const iommu = await Iommu.create({ ...unit, memory: memoryOf(flags.memoryImage) });
    iommu.write64(RTADDR, root);
    iommu.write32(GCMD, SET_ROOT);
    iommu.write32(GCMD, ENABLE);
    try {
        return iommu.explain(request);
    }
    catch (error) {
        if (error instanceof RangeError)
            throw new UsageError(error.message);
        throw error;
    }
}
function parseRequest(flags) {
    const { pasid, privileged = false, execute = false, access } = flags;
    return {
        sourceId: sourceIdOf(flags.sourceId),
        ...(pasid !== undefined && { pasid: Number(parseUnsigned("--pasid", pasid, 20)) }),
        address: parseUnsigned("--address", flags.address),
        access,
        privileged,
        execute,
        size: Number(parseUnsigned("--size", flags.size, 13)),
    };
}
function sourceIdOf(text) {
    try {
        return parseSourceId(text);
    }
    catch (error) {
        throw new UsageError(error.message);
    }
}
function memoryOf(path) {
    let bytes;
    try {
        bytes = readFileSync(path);
    }
    catch (error) {
        throw new UsageError(`cannot read the memory image: ${error.message}`);
    }
    if (bytes.length === 0 || bytes.length > SIZE_LIMIT) {
        throw new UsageError(`${path} has ${bytes.length} bytes; expected 1 byte to 2 GiB`);
    }
    const memory = GuestMemory.create({ size: Math.ceil(bytes.length / PAGE) * PAGE });
    memory.writeBytes(0n, bytes);
    return memory;
}
function explanationText({ entries, decision }) {
    const parts = entries.map((entry) => {
        const where = entry.address === undefined ? "from the cache" : `at ${hex(entry.address)}`;
        const words = entry.words.map(hex).join(" ");
        const heading = `${entry.structure} ${where}: ${entry.failed ? "the read failed" : words}\n`;
        return heading + textTable(entry.fields.map((f) => [f.bits, f.field, hex(f.value), f.meaning]));
    });
    return `${parts.join("")}${decision}\n`;
}
