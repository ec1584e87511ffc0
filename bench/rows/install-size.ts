import { install } from '../parts/installation.ts';
import type { Row } from '../row.ts';

export const installSize: Row = {
  name: 'install-size',
  about: 'what `npm ci` without dev dependencies puts on the disk',
  unit: 'MB',
  better: 'lower',
  goal: { figure: 300 },
  needs: [],
  async open() {
    return {
      async ours() {
        const taken = await install();
        await taken.remove();
        return taken.megabytes;
      },
      close: async () => undefined,
    };
  },
};
