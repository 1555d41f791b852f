/** What a field holds; a message is told by its own fields. Repeated ones are marked so. */
export type Field =
  | 'bytes'
  | 'text'
  | 'int'
  | 'double'
  | 'fixed64'
  | 'fixed32'
  | { readonly of: Fields; readonly many?: true };
export type Fields = Readonly<Record<number, readonly [name: string, field: Field]>>;

/** Reads a protobuf message, as strictly as it is told: a field that is not named is an error. */
export function readMessage(bytes: Buffer, fields: Fields): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new Error('a number that does not end');
      value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
  };
  const chunk = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('a field that ends behind its message');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const readers: Record<string, readonly [wire: bigint, read: () => unknown]> = {
    bytes: [2n, () => chunk(Number(varint()))],
    text: [2n, () => new TextDecoder('utf-8', { fatal: true }).decode(chunk(Number(varint())))],
    int: [0n, () => Number(BigInt.asIntN(64, varint()))],
    double: [1n, () => chunk(8).readDoubleLE()],
    fixed64: [1n, () => chunk(8).readBigUInt64LE()],
    fixed32: [5n, () => chunk(4).readUInt32LE()],
  };
  while (at < bytes.length) {
    const tag = varint();
    const known = fields[Number(tag >> 3n)];
    if (!known) throw new Error(`no field ${tag >> 3n} is known here`);
    const [name, field] = known;
    const [wire, read] = readers[typeof field === 'string' ? field : 'bytes'] ?? [];
    if (wire !== (tag & 7n) || !read) throw new Error(`${name} is not written as it must be`);
    const value = read();
    if (typeof field === 'string') message[name] = value;
    else {
      const inner = readMessage(value as Buffer, field.of);
      if (field.many) message[name] = [...((message[name] as unknown[] | undefined) ?? []), inner];
      else message[name] = inner;
    }
  }
  return message;
}
