import type { Duplex } from 'node:stream';

/** A text frame as a WebSocket server sends it (RFC 6455, 5.2): whole, unmasked, uncompressed. Made once for all clients. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([headerOf(payload.length), payload]);
}

const finalText = 0x81;
const length16 = 126;
const length64 = 127;

function headerOf(length: number): Buffer {
  if (length < length16) return Buffer.from([finalText, length]);
  if (length <= 0xff_ff) {
    const header = Buffer.from([finalText, length16, 0, 0]);
    header.writeUInt16BE(length, 2);
    return header;
  }
  const header = Buffer.alloc(10);
  header.set([finalText, length64]);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** So much is collected before it goes out, even within one turn: far below what counts as a slow client. */
const collectedBytesMax = 64 * 1024;

/**
 * Writes whole frames to a client's socket, beside the ws client that owns it: without compression ws writes whole
 * frames too, at once, so that neither cuts into the other's. What one turn of the event loop writes goes out in one
 * system call; a burst of news costs each client one, not one for every event.
 */
export function createFrameWriter(socket: Duplex): (frame: Buffer, onSent?: () => void) => void {
  let collected = 0;

  function flush(): void {
    if (collected === 0) return;
    collected = 0;
    socket.uncork();
  }

  return (frame, onSent) => {
    if (collected === 0) {
      socket.cork();
      process.nextTick(flush);
    }
    collected += frame.length;
    socket.write(frame, () => onSent?.());
    if (collected > collectedBytesMax) flush();
  };
}
