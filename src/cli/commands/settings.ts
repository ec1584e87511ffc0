import { settingName, settingValue } from '../arguments.ts';
import { CliError, exitCodes } from '../failure.ts';
import { jsonText } from '../text/clean.ts';
import type { Register } from './register.ts';

/** `settings get|set`. */
export const addSettingCommands: Register = (program, open) => {
  const settings = program.command('settings').description('how the team works');
  settings
    .command('get')
    .description('all settings, those of a category, or one')
    .argument('[name]', 'a category such as queue, or a setting such as queue.delay_high')
    .action(async (name) => {
      const { client, screen } = await open();
      const { settings: all } = await client.call('getSettings');
      const rows = Object.entries(all).flatMap(([category, entries]) =>
        Object.entries(entries).map(([key, value]) => ({ name: `${category}.${key}`, value })),
      );
      const one = rows.find((row) => row.name === name);
      if (one !== undefined) return screen.show(one.value, (value) => jsonText(value, 2));
      const some = rows.filter((row) => name === undefined || row.name.startsWith(`${name}.`));
      if (some.length === 0) throw new CliError(exitCodes.failed, `There is no setting ${name}`);
      const document = Object.fromEntries(some.map((row) => [row.name, row.value]));
      screen.show(document, (safe, { table }) =>
        table(
          [
            { head: 'SETTING', cell: ([setting]) => setting, kind: 'id' },
            { head: 'VALUE', cell: ([, value]) => jsonText(value), kind: 'text' },
          ],
          Object.entries(safe),
        ),
      );
    });
  settings
    .command('set')
    .description('change a setting; it takes effect at once, everywhere')
    .argument('<name>', 'such as queue.delay_high', settingName)
    .argument(
      '<value>',
      'JSON, or a text: 5000, true, agent-role, {"daily":{"usd":1}}; -: from the standard input',
      settingValue,
    )
    .option('-d, --description <text>', 'why it is so')
    .action(async (params, given, { description }) => {
      const { client, screen, readInput } = await open();
      // A command line is seen by others on the machine: a secret comes in by the other way, and is a text whatever it looks like.
      const input = given === '-' ? (await readInput()).replace(/\r?\n$/, '') : undefined;
      const value = input === undefined ? given : params.category === 'secrets' ? input : settingValue(input);
      const body = { value, ...(description !== undefined && { description }) };
      const { setting } = await client.call('changeSetting', { params, body });
      screen.show(setting, (safe) => `${safe.category}.${safe.key} is ${jsonText(safe.value)}`);
    });
};
