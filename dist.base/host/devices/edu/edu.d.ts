import type { Endpoint, EndpointPorts } from "../../pci/endpoint.js";
import { type DmaControllerData } from "./dma-controller.js";
/** What a snapshot holds of the device, besides its configuration space. */
interface EduData {
    readonly dma: DmaControllerData;
    readonly liveness: number;
    readonly factorial: number;
    readonly factorialTicksLeft: number;
    readonly interruptWhenDone: boolean;
    readonly interruptStatus: number;
}
/** The educational device of docs/edu.md. */
export declare class Edu implements Endpoint {
    #private;
    readonly shape: string;
    constructor(ports: EndpointPorts, dmaMask: bigint);
    get busy(): boolean;
    readBar(_bar: number, offset: number, size: number): bigint;
    writeBar(_bar: number, offset: number, size: number, value: bigint): void;
    tick(ticks: number): void;
    reset(): void;
    snapshot(): EduData;
    restore(state: unknown): void;
    pageGroupResponse(): void;
    deviceTlbInvalidate(): void;
}
export {};
