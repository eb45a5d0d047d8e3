/**
 * One case for each thing that a bench can do, of several chapters: what to copy from when writing
 * cases. docs/conformance-cases.md goes through them.
 */
import { LegacyTables } from "../../tables/legacy.js";
import { InterruptTable, remappableMessage } from "../../tables/interrupt-table.js";
import { EVENT_MESSAGES } from "../bench/events.js";
import { descriptor, statusWait } from "../bench/invalidation.js";
import { needsOfWorld, WORLD_PASID, worldKinds } from "../bench/world.js";
import { casesOf } from "../case.js";
import { TINY_CACHES } from "../configuration.js";
import { atLeast, joined } from "../needs.js";
const IOVA = 0x12345000n;
const translation = casesOf("3.4", [
    // The same claim for every kind of translation: one case for each.
    ...worldKinds.map((kind) => ({
        id: `read-and-write-${kind}`,
        title: `A read and a write of an endpoint reach the page that ${kind} tables give`,
        needs: joined(needsOfWorld[kind], { abilities: ["dma"] }),
        async steps(bench) {
            const page = bench.page();
            const passes = kind === "pass-through" || kind === "legacy-pass-through";
            const iova = passes ? page : IOVA;
            await bench.start(bench.world(kind).map(iova, page));
            await bench.expectRead(iova + 0x10n, page + 0x10n);
            await bench.expectWrite(iova + 0x40n, page + 0x40n);
            await bench.expectFault.none();
        },
    })),
    {
        id: "small-caches-many-pages",
        title: "Translations stay right when there are more pages than cache entries",
        // A target with a choice is asked for such a unit; another one runs the case as it is.
        with: { caches: TINY_CACHES },
        needs: joined(needsOfWorld["second-stage"], { abilities: ["dma"] }),
        async steps(bench) {
            const pages = bench.page(24);
            const world = bench.world("second-stage").map(IOVA, pages, { count: 24 });
            await bench.start(world);
            for (const offset of [0n, 23n, 7n, 0n, 16n].map((index) => index * 0x1000n)) {
                await bench.expectRead(IOVA + offset, pages + offset);
            }
        },
    },
]);
const faults = [
    ...casesOf("7.1.3", [
        {
            id: "lrt2-recorded",
            title: "A request of a bus whose legacy root entry is not present is recorded as LRT.2",
            needs: joined(needsOfWorld.legacy, { abilities: ["dma"] }),
            async steps(bench) {
                const world = bench.world("legacy").map(IOVA, bench.page());
                world.rootEntry.set({ P: 0 });
                await bench.start(world);
                // Sends it, and looks at the answer (Table 30) and at every field of the record.
                await bench.expectFault.dma("LRT.2", { address: IOVA + 8n, access: "write" });
            },
        },
        {
            id: "lct2-fpd-suppresses",
            title: "FPD of a context entry that is not present keeps LCT.2 out of the fault records",
            needs: joined(needsOfWorld.legacy, { abilities: ["dma"] }),
            async steps(bench) {
                const world = bench.world("legacy").map(IOVA, bench.page());
                world.contextEntry.set({ P: 0, FPD: 1 });
                await bench.start(world);
                await bench.expectFault.dma("LCT.2", { address: IOVA }, { recorded: false });
            },
        },
        {
            id: "lrt1-fetch-fails",
            title: "A root entry that cannot be read is LRT.1",
            needs: joined(needsOfWorld.legacy, { abilities: ["dma", "poison"] }),
            async steps(bench) {
                const world = bench.world("legacy").map(IOVA, bench.page());
                await bench.start(world);
                await bench.poison(world.rootEntry.address, 16);
                await bench.expectFault.dma("LRT.1", { address: IOVA });
            },
        },
    ]),
    ...casesOf("7.2.1", [
        {
            id: "overflow-sets-pfo",
            title: "A fault that finds no free record sets FSTS.PFO and is not recorded",
            needs: { abilities: ["dma"] },
            with: { faultCollapse: false },
            async steps(bench) {
                const { memory, frames, faults } = bench;
                await bench.start(LegacyTables.create({ memory, frames }));
                for (let index = 0; index < faults.count; index++) {
                    await bench.endpoints.dma({ sourceId: bench.endpoint(index), address: IOVA });
                }
                await bench.expect.register("FSTS", { PFO: 0, PPF: 1, FRI: 0 }, "with all records used");
                await bench.endpoints.dma({ sourceId: bench.endpoint(faults.count), address: IOVA });
                await bench.expect.register("FSTS", { PFO: 1, PPF: 1 }, "after one more fault");
                bench.expect.equal("records", (await faults.pending()).length, faults.count);
            },
        },
    ]),
    ...casesOf("7.3", [
        {
            id: "mask-keeps-fault-event-pending",
            title: "A fault event under FECTL.IM waits in IP, and is sent when the mask is taken away",
            needs: { abilities: ["dma", "interrupts"] },
            async steps(bench) {
                const { memory, frames, events } = bench;
                await bench.start(LegacyTables.create({ memory, frames }));
                await events.unmask("fault");
                await events.mask("fault");
                await bench.endpoints.dma({ address: IOVA });
                await bench.expect.register("FECTL", { IM: 1, IP: 1 }, "under its mask");
                bench.expect.equal("interrupts under the mask", await events.interrupts(), []);
                await bench.registers.write("FECTL", { IM: 0 });
                await bench.expect.register("FECTL", { IM: 0, IP: 0 }, "without its mask");
                const sent = (await events.interrupts()).map(({ address, data }) => ({ address, data }));
                bench.expect.equal("interrupts", sent, [EVENT_MESSAGES.fault]);
            },
        },
    ]),
];
const invalidation = [
    ...casesOf("6.5.2.3", [
        {
            id: "domain-selective-iotlb",
            title: "A domain-selective IOTLB invalidation makes a changed leaf entry count",
            needs: joined(needsOfWorld.legacy, { capabilities: ["QI"], abilities: ["dma"] }),
            async steps(bench) {
                const [before, after] = [bench.page(), bench.page()];
                const world = bench.world("legacy").map(IOVA, before);
                await bench.start(world);
                await bench.expectRead(IOVA, before);
                // What the unit does before the invalidation is its own affair: nothing is expected.
                world.leaf(IOVA).set({ ADDR: after });
                await bench.queue.run(descriptor("IOTLB_INV", { G: 2, DID: world.domain }));
                await bench.expectRead(IOVA, after);
            },
        },
    ]),
    ...casesOf("6.5.2.9", [
        {
            id: "wait-status-and-interrupt",
            title: "A wait with SW and IF writes its status, sets ICS.IWC and sends the event",
            needs: { capabilities: ["QI"], abilities: ["interrupts"] },
            async steps(bench) {
                const status = bench.page();
                await bench.queue.start();
                await bench.events.unmask("invalidation");
                await bench.queue.run(statusWait(status, 0x1234_5678, { IF: 1 }));
                await bench.expect.memory("status", status, Uint8Array.of(0x78, 0x56, 0x34, 0x12));
                await bench.expect.register("ICS", { IWC: 1 });
                const [message] = await bench.events.interrupts();
                bench.expect.fields("the interrupt", { ...message }, { ...EVENT_MESSAGES.invalidation });
            },
        },
    ]),
    ...casesOf("6.5.2.11", [
        {
            id: "invalid-type-stops-queue",
            title: "An invalid descriptor type sets IQE, and the queue goes on there when it is cleared",
            needs: { capabilities: ["QI", { MAJOR: atLeast(2) }] },
            async steps(bench) {
                const { queue, registers } = bench;
                await queue.start();
                await queue.submit([0xfn, 0n]);
                await registers.waitFor("FSTS", { IQE: 1 });
                await bench.expect.register("IQERCD", { IQEI: 3 });
                bench.expect.equal("IQH at the descriptor", await queue.head(), 0);
                queue.overwrite(0, descriptor("WAIT"));
                await registers.write("FSTS", { IQE: 1 });
                await queue.run();
                await bench.expect.register("FSTS", { IQE: 0 }, "afterwards");
            },
        },
        {
            id: "device-tlb-times-out",
            title: "A device-TLB invalidation that is not completed in time sets FSTS.ITE",
            needs: joined(needsOfWorld["pass-through"], {
                capabilities: ["DT"],
                abilities: ["device-tlb", "invalidation-completions", "clock"],
            }),
            with: { invalidationTimeout: 1000 },
            async steps(bench) {
                await bench.start(bench.world("pass-through"));
                await bench.queue.submit(descriptor("DEV_TLB_INV", { SID: bench.endpoint(), ADDR: IOVA }), descriptor("WAIT"));
                const [request] = await bench.events.invalidations();
                const expected = { sourceId: bench.endpoint(), pasid: undefined, address: IOVA };
                bench.expect.fields("the invalidation", { ...request }, expected);
                await bench.advance(999);
                await bench.expect.register("FSTS", { ITE: 0 }, "before the time-out");
                await bench.advance(1);
                await bench.expect.register("FSTS", { ITE: 1 }, "after the time-out");
            },
        },
    ]),
];
const commands = casesOf("11.4.4.1", [
    {
        id: "srtp-confirmed-by-rtps",
        title: "SRTP is confirmed by RTPS, which a later command leaves set",
        async steps(bench) {
            await bench.commands.setRoot(bench.frames.allocate(1));
            await bench.commands.submit("CFI", false);
            await bench.expect.register("GSTS", { RTPS: 1, TES: 0 });
        },
    },
    {
        id: "te-off-waits-for-requests-in-flight",
        title: "TES is cleared when the requests that were translated before have ended",
        needs: joined(needsOfWorld.legacy, { abilities: ["in-flight"] }),
        async steps(bench) {
            await bench.start(bench.world("legacy").map(IOVA, bench.page()));
            const { outcome, token } = await bench.endpoints.begin({ address: IOVA });
            bench.expect.equal("the request", outcome, "done");
            await bench.commands.submit("TE", false);
            await bench.expect.register("GSTS", { TES: 1 }, "with a request in flight");
            await bench.endpoints.end(token);
            await bench.registers.waitFor("GSTS", { TES: 0 });
        },
    },
]);
const devices = [
    ...casesOf("4.2.3", [
        {
            id: "completion-has-permissions",
            title: "A translation completion has the address and the permissions of the page",
            needs: joined(needsOfWorld["second-stage"], { capabilities: ["DT"], abilities: ["ats"] }),
            async steps(bench) {
                const page = bench.page();
                const world = bench.world("second-stage").map(IOVA, page, { second: { write: false } });
                await bench.start(world);
                const answer = await bench.endpoints.translate({ address: IOVA });
                const expected = { outcome: "completed", read: true, write: false, address: page };
                bench.expect.fields("the completion", { ...answer }, expected);
            },
        },
    ]),
    ...casesOf("7.4.1.1", [
        {
            id: "page-request-reaches-queue",
            title: "A page request is written to the queue, raises its event, and is answered",
            needs: joined(needsOfWorld["first-stage"], {
                capabilities: ["PRS", "PASID"],
                abilities: ["pri", "pasid", "interrupts"],
            }),
            async steps(bench) {
                const world = bench.world("first-stage");
                await bench.pageRequests.start();
                await bench.events.unmask("page-request");
                await bench.start(world);
                const request = { pasid: WORLD_PASID, address: IOVA, write: true, group: 7 };
                await bench.endpoints.requestPage(request);
                bench.expect.equal("interrupts", (await bench.events.interrupts()).length, 1);
                const requester = (BigInt(bench.endpoint()) << 16n) | (BigInt(WORLD_PASID) << 32n);
                bench.expect.equal("the queue", await bench.pageRequests.take(), [
                    [0x101n | requester, IOVA | (7n << 3n) | 7n, 0n, 0n],
                ]);
                const response = { RID: bench.endpoint(), PASID: WORLD_PASID, PP: 1, PRGI: 7 };
                await bench.queue.run(descriptor("PAGE_GROUP_RESPONSE", { ...response, RC: 1 }));
                const sent = { kind: "page-group-response", group: 7, code: 1, pasid: WORLD_PASID };
                const [answer] = await bench.events.responses();
                bench.expect.fields("the response", { ...answer }, sent);
            },
        },
    ]),
];
const interrupts = casesOf("5.1.4", [
    {
        id: "remapped-interrupt-delivered",
        title: "A remappable interrupt is delivered as its table entry says",
        needs: { capabilities: ["IR"], abilities: ["interrupt-requests", "interrupts"] },
        async steps(bench) {
            const { memory, frames } = bench;
            const table = InterruptTable.create({ memory, frames });
            table.remapped(5, { destination: 3, vector: 0x61 });
            await bench.commands.setInterruptTable(table.tableAddress);
            await bench.commands.command("IRE");
            await bench.endpoints.interrupt(remappableMessage(5));
            const [message] = await bench.events.interrupts();
            bench.expect.equal("address", message?.address, 0xfee03000n);
            // Vector and delivery mode; the level of an edge-triggered message is of no account (§5.1.5).
            bench.expect.equal("data, bits 10:0", (message?.data ?? 0) & 0x7ff, 0x61);
        },
    },
]);
export const firstSteps = [
    ...[...translation, ...faults, ...invalidation, ...commands, ...devices, ...interrupts],
];
