import { install } from '../parts/installation.ts';
import type { Row } from '../row.ts';

export const installPackages: Row = {
  name: 'install-packages',
  about: 'how many packages `npm ci` without dev dependencies brings',
  unit: 'packages',
  better: 'lower',
  goal: { figure: 250 },
  needs: [],
  async open() {
    return {
      async ours() {
        const taken = await install();
        await taken.remove();
        return taken.packages;
      },
      close: async () => undefined,
    };
  },
};
