import { z } from 'zod';

/** Of a key it does not know, zod tells the name alone; whoever has mistyped one wants to read how it is spelt. */
export function nameAllowedKeys(): void {
  z.config({
    customError({ code, keys, inst }) {
      if (code !== 'unrecognized_keys' || !(inst instanceof z.ZodObject)) return undefined;
      const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
      const unknown = keys.length === 1 ? 'Unrecognized key' : 'Unrecognized keys';
      const known = Object.keys(inst.shape);
      return `${unknown}: ${quoted(keys)}; ${known.length === 0 ? 'none is allowed' : `allowed: ${quoted(known)}`}`;
    },
  });
}
