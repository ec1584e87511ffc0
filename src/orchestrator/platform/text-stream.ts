import { Readable } from 'node:stream';

/**
 * Text as a stream, made one piece at a time as it is read. Not Readable.from: when its reader leaves, that waits for the
 * piece under way before it lets go of the source, for ever if the source waits for news. `release` is to end the source.
 */
export function textStream(pieces: AsyncIterator<string>, release: () => void): Readable {
  return new Readable({
    encoding: 'utf8',
    read() {
      pieces.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, callback) {
      release();
      callback(error);
    },
  });
}
