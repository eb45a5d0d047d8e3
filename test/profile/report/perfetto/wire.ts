/** Fields of a protobuf message by their number, in order: read without the library that wrote them. */
export type Message = ReadonlyMap<number, readonly WireValue[]>;

/** A varint or 64 bits as a number or bigint as they come, or bytes. */
export type WireValue = bigint | Uint8Array;

export function messageOf(bytes: Uint8Array): Message {
  const fields = new Map<number, WireValue[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0;
    for (let place = 1; place < 2 ** 42; place *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("a varint runs over the end");
      value += (byte & 0x7f) * place;
      if (byte < 0x80) return BigInt(value);
    }
    const high = varint();
    return BigInt(value) + (high << 42n);
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error(`a field of ${length} bytes runs over the end`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const values = fields.get(tag >>> 3) ?? [];
    fields.set(tag >>> 3, values);
    if ((tag & 7) === 0) values.push(varint());
    else if ((tag & 7) === 1) values.push(Buffer.from(take(8)).readBigUInt64LE());
    else if ((tag & 7) === 2) values.push(take(Number(varint())));
    else throw new Error(`field ${tag >>> 3} has the wire type ${tag & 7}, which no trace uses`);
  }
  return fields;
}

export function numberIn(message: Message, field: number): number | undefined {
  const value = message.get(field)?.[0];
  if (value instanceof Uint8Array) throw new Error(`field ${field} is no number`);
  return value === undefined ? undefined : Number(value);
}

export function textIn(message: Message, field: number): string | undefined {
  const value = message.get(field)?.[0];
  if (typeof value === "bigint") throw new Error(`field ${field} is no text`);
  return value === undefined ? undefined : Buffer.from(value).toString();
}

export function messagesIn(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((value) => {
    if (typeof value === "bigint") throw new Error(`field ${field} is no message`);
    return messageOf(value);
  });
}
