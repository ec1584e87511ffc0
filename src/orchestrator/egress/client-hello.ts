/** What a client says first on a tunnel. */
export type Greeting =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'not_tls' }
  | { readonly kind: 'client_hello'; readonly serverName: string | undefined };

/** A hello with post-quantum keys has some 2 kB; nobody needs more than this. */
const helloBytesMax = 16_384;
const notTls: Greeting = { kind: 'not_tls' };
const incomplete: Greeting = { kind: 'incomplete' };

/** Reads the server name out of a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3), which may come in several records and packets. */
export function readGreeting(bytes: Buffer): Greeting {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const handshake = Buffer.concat(parts);
    const needed = handshake.length < 4 ? undefined : 4 + handshake.readUIntBE(1, 3);
    if (handshake.length > 0 && handshake[0] !== clientHello) return notTls;
    if (needed !== undefined && needed > helloBytesMax) return notTls;
    if (needed !== undefined && handshake.length >= needed) return greetingIn(handshake.subarray(4, needed));
    if (bytes.length < at + recordHeader) return isRecordStart(bytes.subarray(at)) ? incomplete : notTls;
    const length = bytes.readUInt16BE(at + 3);
    if (!isRecordStart(bytes.subarray(at)) || length === 0 || length > helloBytesMax) return notTls;
    if (bytes.length < at + recordHeader + length) {
      // The rest is on its way, unless what is here already cannot be a hello.
      const first = parts[0]?.[0] ?? bytes[at + recordHeader];
      return first === undefined || first === clientHello ? incomplete : notTls;
    }
    parts.push(bytes.subarray(at + recordHeader, at + recordHeader + length));
    at += recordHeader + length;
  }
}

const clientHello = 1;
const recordHeader = 5;
const handshakeRecord = 22;
const tlsMajor = 3;

/** As far as it is there. */
const isRecordStart = (bytes: Buffer): boolean =>
  (bytes.length < 1 || bytes[0] === handshakeRecord) && (bytes.length < 2 || bytes[1] === tlsMajor);

function greetingIn(body: Buffer): Greeting {
  try {
    return { kind: 'client_hello', serverName: serverNameIn(body) };
  } catch (error) {
    // Lengths that lead outside of the message.
    if (error instanceof RangeError) return notTls;
    throw error;
  }
}

function serverNameIn(body: Buffer): string | undefined {
  // Version and random, then three lists, each behind its length.
  let at = 34;
  at += 1 + body.readUInt8(at);
  at += 2 + body.readUInt16BE(at);
  at += 1 + body.readUInt8(at);
  if (at === body.length) return undefined;
  const end = at + 2 + body.readUInt16BE(at);
  if (end > body.length) throw new RangeError('extensions beyond the message');
  for (at += 2; at < end; ) {
    const type = body.readUInt16BE(at);
    const length = body.readUInt16BE(at + 2);
    if (at + 4 + length > end) throw new RangeError('an extension beyond its list');
    if (type === serverNameExtension) return nameIn(body.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}

const serverNameExtension = 0;

/** One entry of type host_name; more than one is not allowed by the RFC, and could say two things to two readers. */
function nameIn(list: Buffer): string {
  const length = list.readUInt16BE(3);
  if (list.readUInt8(2) !== 0 || list.readUInt16BE(0) !== list.length - 2 || length !== list.length - 5)
    throw new RangeError('not one host name');
  return list.toString('latin1', 5, 5 + length);
}
