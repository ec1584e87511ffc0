import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { z } from 'zod';
import { type Focus, focusNames, focusSchema } from '../../contracts/focus.ts';
import type { Format } from '../text/screen.ts';
import type { Register } from './register.ts';

/** `focus show|set`. */
export const addFocusCommands: Register = (program, open) => {
  const focus = program.command('focus').description('what the team leans towards');
  focus
    .command('show', { isDefault: true })
    .description('each slider, from 0 to 100; 50 leans to no side')
    .action(async () => {
      const { client, screen } = await open();
      screen.show(await client.call('getFocus'), focusTable);
    });
  focus
    .command('set')
    .description('move some of them; agents are told with their next wake')
    .argument('<slider=value...>', 'such as riskTolerance=20 timeHorizon=80', assignment)
    .action(async (body) => {
      const { client, screen } = await open();
      const answer = await client.call('changeFocus', { body });
      screen.show(answer.focus, focusTable);
    });
};

const focusTable = (focus: Focus, { table }: Format): string =>
  table(
    [
      { head: 'SLIDER', cell: (name) => name, kind: 'id' },
      { head: 'VALUE', cell: (name) => focus[name], align: 'right' },
      { head: 'MEANS', cell: (name) => focusSchema.shape[name].description ?? '', kind: 'text' },
    ],
    focusNames,
  );

const changeSchema = focusSchema.partial();
type Change = z.output<typeof changeSchema>;

/** `riskTolerance=20`, added to those before it. */
function assignment(text: string, former?: Change): Change {
  const [, name = '', value = ''] = /^(\w+)=(\d{1,3})$/.exec(text) ?? [];
  const parsed = changeSchema.safeParse({ [name]: Number(value) });
  if (parsed.success && name !== '') return { ...former, ...parsed.data };
  throw new InvalidArgumentError(`It must be one of ${focusNames.join(', ')} with a value of 0 to 100.`);
}
