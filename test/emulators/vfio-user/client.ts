/** The client's side of the protocol, written apart from the server: what QEMU sends, byte for byte. */
import { connect, type Socket } from "node:net";

export interface Reply {
  readonly command: number;
  readonly errno: number;
  readonly body: Buffer;
}

export interface ServerRequest {
  readonly id: number;
  readonly command: number;
  readonly body: Buffer;
}

const REPLY = 1;
const NO_REPLY = 0x10;
const ERROR = 0x20;

export class Client {
  readonly #socket: Socket;
  readonly #replies = new Map<number, (reply: Reply) => void>();
  #bytes = Buffer.alloc(0);
  #id = 0;
  /** What the server has asked for: DMA. */
  readonly asked: ServerRequest[] = [];
  /** Answers a request of the server; by default with success and nothing. */
  answer: (request: ServerRequest) => { errno?: number; body?: Buffer } = () => ({});
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        resolve();
      });
    });
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      this.#receive(chunk);
    });
  }

  static async connect(path: string): Promise<Client> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Client(socket);
  }

  /** Sends bytes as they are. */
  raw(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  request(command: number, body: Buffer = Buffer.alloc(0)): Promise<Reply> {
    const id = this.#id++ & 0xffff;
    this.raw(message(id, command, 0, body));
    return new Promise((resolve) => this.#replies.set(id, resolve));
  }

  /** A request that takes no reply. */
  post(command: number, body: Buffer): void {
    this.raw(message(this.#id++ & 0xffff, command, NO_REPLY, body));
  }

  async negotiate(): Promise<Reply> {
    const json = Buffer.from('{"capabilities":{"max_data_xfer_size":1048576}}\0');
    return this.request(1, Buffer.concat([u16(0), u16(0), json]));
  }

  map(address: bigint, size: bigint, offset: bigint, flags = 3): Promise<Reply> {
    return this.request(
      2,
      Buffer.concat([u32(32), u32(flags), u64(offset), u64(address), u64(size)]),
    );
  }

  unmap(address: bigint, size: bigint): Promise<Reply> {
    return this.request(3, Buffer.concat([u32(24), u32(0), u64(address), u64(size)]));
  }

  async read(region: number, offset: number, count: number): Promise<Buffer> {
    const reply = await this.request(9, access(region, offset, count));
    return reply.body.subarray(16);
  }

  write(region: number, offset: number, data: Buffer): Promise<Reply> {
    return this.request(10, Buffer.concat([access(region, offset, data.length), data]));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 16 && this.#bytes.length >= this.#bytes.readUInt32LE(4)) {
      const size = this.#bytes.readUInt32LE(4);
      this.#take(this.#bytes.subarray(0, size));
      this.#bytes = this.#bytes.subarray(size);
    }
  }

  #take(bytes: Buffer): void {
    const id = bytes.readUInt16LE(0);
    const command = bytes.readUInt16LE(2);
    const flags = bytes.readUInt32LE(8);
    const body = Buffer.from(bytes.subarray(16));
    if ((flags & 0xf) === REPLY) {
      const errno = flags & ERROR ? bytes.readUInt32LE(12) : 0;
      this.#replies.get(id)?.({ command, errno, body });
      this.#replies.delete(id);
      return;
    }
    const request = { id, command, body };
    this.asked.push(request);
    const { errno = 0, body: answer = Buffer.alloc(0) } = this.answer(request);
    this.raw(message(id, command, errno === 0 ? REPLY : REPLY | ERROR, answer, errno));
  }
}

export function message(
  id: number,
  command: number,
  flags: number,
  body: Buffer,
  errno = 0,
): Buffer {
  const size = 16 + body.length;
  return Buffer.concat([u16(id), u16(command), u32(size), u32(flags), u32(errno), body]);
}

export function access(region: number, offset: number, count: number): Buffer {
  return Buffer.concat([u64(BigInt(offset)), u32(region), u32(count)]);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
