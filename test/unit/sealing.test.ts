import { describe, expect, it } from 'vitest';
import { createSealer, SealBroken } from '../../src/orchestrator/platform/sealing.ts';

const key = 'a key of at least thirty-two characters';
const sealer = createSealer(key);

describe('a sealed text', () => {
  it.each(['', 'secret', 'Grüße, 你好', 'x'.repeat(100_000)])('opens as it was: %.20s', (text) => {
    expect(sealer.open(sealer.seal(text, 'here'), 'here')).toBe(text);
  });

  it('does not show what is in it, and looks different each time', () => {
    const [first, second] = [sealer.seal('hunter2', 'here'), sealer.seal('hunter2', 'here')];
    expect(first).not.toBe(second);
    for (const sealed of [first, second]) {
      expect(sealed).not.toContain('hunter2');
      expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain('hunter2');
    }
  });

  it('opens for another sealer of the same key, as after a restart', () => {
    expect(createSealer(key).open(sealer.seal('kept', 'here'), 'here')).toBe('kept');
  });

  it('does not open with another key, nor in another place', () => {
    const sealed = sealer.seal('secret', 'here');
    expect(() => createSealer(`${key}!`).open(sealed, 'here')).toThrow(SealBroken);
    expect(() => sealer.open(sealed, 'there')).toThrow(SealBroken);
  });

  it('does not open when any byte of it was changed', () => {
    const sealed = sealer.seal('secret', 'here');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(() => sealer.open(`v1.${changed.toString('base64url')}`, 'here')).toThrow(SealBroken);
    }
  });

  it.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'secret'])('is not what was never sealed: %s', (text) => {
    expect(() => sealer.open(text, 'here')).toThrow(SealBroken);
  });
});
