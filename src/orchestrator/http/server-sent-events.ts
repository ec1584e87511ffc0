import { Transform } from 'node:stream';

/** Text in, one `data:` event a line out. */
export function serverSentEvents(): Transform {
  let rest = '';
  return new Transform({
    decodeStrings: false,
    encoding: 'utf8',
    transform(chunk, _encoding, done) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      done(null, lines.map(toEvent).join(''));
    },
    flush(done) {
      done(null, rest === '' ? '' : toEvent(rest));
    },
  });
}

const toEvent = (line: string): string => `data: ${line.replace(/\r/g, '')}\n\n`;
