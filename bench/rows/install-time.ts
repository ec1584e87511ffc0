import { install } from '../parts/installation.ts';
import type { Row } from '../row.ts';

export const installTime: Row = {
  name: 'install-time',
  about: 'how long `npm ci` without dev dependencies takes',
  unit: 's',
  better: 'lower',
  goal: { figure: 60 },
  needs: [],
  async open() {
    return {
      async ours() {
        const taken = await install();
        await taken.remove();
        return taken.ms / 1_000;
      },
      close: async () => undefined,
    };
  },
};
