/** Counts the frames of a WebSocket server in a byte stream, without looking into them: as cheap as a client can be. */
export function createFrameCounter(onFrames: (count: number) => void): (chunk: Buffer) => void {
  let skip = 0;
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let at = Math.min(skip, chunk.length);
    skip -= at;
    if (skip > 0) return;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk.subarray(at)]);
    if (rest.length > 0) at = 0;
    let count = 0;
    for (;;) {
      const header = headerOf(bytes, at);
      if (header === undefined) break;
      count += 1;
      const end = at + header.bytes + header.payload;
      at = Math.min(end, bytes.length);
      skip = end - at;
      if (skip > 0) break;
    }
    rest = skip > 0 ? Buffer.alloc(0) : bytes.subarray(at);
    if (count > 0) onFrames(count);
  };
}

/** A server does not mask. Undefined when the header is not all there yet. */
function headerOf(bytes: Buffer, at: number): { readonly bytes: number; readonly payload: number } | undefined {
  if (bytes.length - at < 2) return undefined;
  const length = bytes.readUInt8(at + 1) & 0x7f;
  if (length < 126) return { bytes: 2, payload: length };
  if (bytes.length - at < (length === 126 ? 4 : 10)) return undefined;
  return length === 126
    ? { bytes: 4, payload: bytes.readUInt16BE(at + 2) }
    : { bytes: 10, payload: Number(bytes.readBigUInt64BE(at + 2)) };
}
