import {
  isError,
  type Call,
  type Commanded,
  type CommandFields,
  type Dma,
  type HwptFields,
  type Invalidated,
  type InvalidateFields,
  type Result,
  type System,
} from "./system.js";

/** Writes down each call of a system and its answer, a line for each. */
export class Recorder<Step> implements System<Step> {
  readonly lines: string[] = [];
  readonly #system: System<Step>;

  constructor(system: System<Step>) {
    this.#system = system;
  }

  /** The calls that follow belong to a program. */
  begin(title: string): void {
    this.lines.push(`# ${title}`);
  }

  command(fields: CommandFields): Call<Step, Commanded> {
    const { number, structure, pointer } = fields;
    const words = [`0x${number.toString(16)}`, structure ? hex(structure) : "-"];
    if (pointer !== undefined) words.push(`${pointer.at} ${hex(pointer.data) || "-"}`);
    const show = ({ result, structure: left, data }: Commanded) =>
      [result, hex(left) || "-", ...(pointer === undefined ? [] : [hex(data) || "-"])].join(" ");
    return this.#note(`command ${words.join(" ")}`, this.#system.command(fields), show);
  }

  ioas(): Call<Step, Result> {
    return this.#note("ioas", this.#system.ioas());
  }

  faultQueue(): Call<Step, Result> {
    return this.#note("fault-queue", this.#system.faultQueue());
  }

  hwpt(fields: HwptFields): Call<Step, Result> {
    const { flags = 0, parent, faultId = 0, device, dataType = 0, data } = fields;
    const words = [`flags ${flags}`, `parent ${parent}`, `fault ${faultId}`];
    if (device !== undefined) words.push(`device ${device}`);
    if (dataType !== 0 || data) words.push(`type ${dataType} ${data ? hex(data) : "-"}`);
    return this.#note(`hwpt ${words.join(" ")}`, this.#system.hwpt(fields));
  }

  invalidate(fields: InvalidateFields): Call<Step, Invalidated> {
    const { hwpt, dataType = 0, entryLength, entries, data } = fields;
    const words = [
      hwpt,
      `type ${dataType}`,
      `${entries} of ${entryLength}`,
      data ? hex(data) : "-",
    ];
    const show = ({ result, entries: done }: Invalidated) => `${result} ${done}`;
    return this.#note(`invalidate ${words.join(" ")}`, this.#system.invalidate(fields), show);
  }

  destroy(object: number): Call<Step, Result> {
    return this.#note(`destroy ${object}`, this.#system.destroy(object));
  }

  attach(hwpt: number, pasid?: number): Call<Step, Result> {
    return this.#note(`attach ${hwpt}${withPasid(pasid)}`, this.#system.attach(hwpt, pasid));
  }

  detach(pasid?: number): Call<Step, Result> {
    return this.#note(`detach${withPasid(pasid)}`, this.#system.detach(pasid));
  }

  map(ioas: number, iova: bigint, pages: number): Call<Step, Result> {
    const call = `map ${ioas} ${address(iova)} ${pages}`;
    return this.#note(call, this.#system.map(ioas, iova, pages));
  }

  unmap(ioas: number, iova: bigint, pages: number): Call<Step, Result> {
    const call = `unmap ${ioas} ${address(iova)} ${pages}`;
    return this.#note(call, this.#system.unmap(ioas, iova, pages));
  }

  peek(iova: bigint): Call<Step, bigint> {
    return this.#note(`peek ${address(iova)}`, this.#system.peek(iova), address);
  }

  poke(iova: bigint, value: bigint): Call<Step, void> {
    const call = `poke ${address(iova)} ${address(value)}`;
    return this.#note(call, this.#system.poke(iova, value));
  }

  poll(file: number, patient: boolean): Call<Step, Result> {
    const call = `poll ${file}${patient ? " patiently" : ""}`;
    return this.#note(call, this.#system.poll(file, patient));
  }

  read(file: number, count: number, room?: number): Call<Step, Result<Uint8Array>> {
    const call = `read ${file} ${count}${roomFor(room)}`;
    const show = (answer: Result<Uint8Array>) =>
      isError(answer) ? answer : `${answer.length} ${hex(answer)}`.trim();
    return this.#note(call, this.#system.read(file, count, room), show);
  }

  write(file: number, bytes: Uint8Array, room?: number): Call<Step, Result> {
    const call = `write ${file} ${hex(bytes) || "-"}${roomFor(room)}`;
    return this.#note(call, this.#system.write(file, bytes, room));
  }

  close(file: number): Call<Step, Result> {
    return this.#note(`close ${file}`, this.#system.close(file));
  }

  load(offset: number): Call<Step, number> {
    return this.#note(`load 0x${offset.toString(16)}`, this.#system.load(offset));
  }

  store(offset: number, value: number): Call<Step, void> {
    return this.#note(`store 0x${offset.toString(16)} ${value}`, this.#system.store(offset, value));
  }

  start(queue: number, pasid?: number): Call<Step, void> {
    return this.#note(`start ${queue}${withPasid(pasid)}`, this.#system.start(queue, pasid));
  }

  stop(queue: number): Call<Step, void> {
    return this.#note(`stop ${queue}`, this.#system.stop(queue));
  }

  submit(queue: number, dma: Dma): Call<Step, void> {
    const { control, length, destination, pattern = 0n } = dma;
    const words = [queue, address(BigInt(control)), length, address(destination), address(pattern)];
    return this.#note(`submit ${words.join(" ")}`, this.#system.submit(queue, dma));
  }

  finish(queue: number): Call<Step, number> {
    return this.#note(`finish ${queue}`, this.#system.finish(queue));
  }

  settle(): Call<Step, void> {
    return this.#note("settle", this.#system.settle());
  }

  *#note<T>(
    call: string,
    answer: Call<Step, T>,
    show: (answer: T) => string = String,
  ): Call<Step, T> {
    const result = yield* answer;
    this.lines.push(result === undefined ? call : `${call} -> ${show(result)}`);
    return result;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function address(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function withPasid(pasid: number | undefined): string {
  return pasid === undefined ? "" : ` pasid ${pasid}`;
}

function roomFor(room: number | undefined): string {
  return room === undefined ? "" : ` room ${room}`;
}
