import { Option } from '@commander-js/extra-typings';
import { roleSchema } from '../../contracts/key.ts';
import { limitOption, momentAhead } from '../arguments.ts';
import { noteMore } from './more.ts';
import type { Register } from './register.ts';

/** `keys ls|create|revoke`. */
export const addKeyCommands: Register = (program, open) => {
  const keys = program.command('keys').description('who may call');
  keys
    .command('ls')
    .description('keys, without their secrets')
    .addOption(limitOption(50))
    .action(async ({ limit }) => {
      const { client, screen } = await open();
      const page = await client.call('listKeys', { query: { limit } });
      screen.show(page, (safe, { table, time }) =>
        table(
          [
            { head: 'KEY', cell: ({ id }) => id, kind: 'id' },
            { head: 'ROLE', cell: ({ role }) => role },
            { head: 'CREATED', cell: ({ createdAt }) => time(createdAt) },
            { head: 'ENDS', cell: ({ revokedAt, expiresAt }) => (revokedAt === null ? time(expiresAt) : 'revoked') },
            { head: 'NAME', cell: ({ name }) => name, kind: 'text' },
          ],
          safe.keys,
        ),
      );
      noteMore(screen, page.keys.length, page.total);
    });
  keys
    .command('create')
    .description('make a key; its secret is shown this once')
    .argument('<name>')
    .addOption(new Option('-r, --role <role>', 'what it may do').choices(roleSchema.options).default('viewer' as const))
    .option('--expires <when>', '30d, 12h, or a moment such as 2030-01-31', momentAhead)
    .action(async (name, { role, expires }) => {
      const { client, screen, clock } = await open();
      const expiry = expires === undefined ? {} : { expiresAt: expires(clock.now()) };
      const answer = await client.call('createKey', { body: { name, role, ...expiry } });
      // The secret alone on the standard output: KEY=$(boardroom keys create …)
      screen.note(`${answer.key.id}: ${answer.key.role}, shown this once:`);
      screen.show(answer, ({ secret }) => secret);
    });
  keys
    .command('revoke')
    .description('revoke a key, with its sessions and tickets')
    .argument('<id>')
    .action(async (id) => {
      const { client, screen } = await open();
      screen.show(await client.call('revokeKey', { params: { id } }), () => `${id} is revoked`);
    });
};
