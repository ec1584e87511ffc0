/**
 * Preloaded into a process whose clock a test sets: the wall clock of this one process is off by what the file says.
 * Clocks that never jump, timers among them, stay as they are, as they do when somebody sets a machine's clock.
 */
import { readFileSync } from 'node:fs';

const { SHIFT_FILE = '' } = process.env;
const RealDate = Date;
let shiftMs = 0;

function read() {
  try {
    shiftMs = Number(readFileSync(SHIFT_FILE, 'utf8'));
  } catch {
    // Not there yet: the clock is right.
    shiftMs = 0;
  }
}

const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});

read();
setInterval(read, 20).unref();
