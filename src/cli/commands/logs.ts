import { whole } from '../arguments.ts';
import { followLogs } from '../follow/logs.ts';
import type { Register } from './register.ts';

/** `logs`: what an agent's container wrote, and with `-f` what it writes. */
export const addLogsCommand: Register = (program, open) => {
  program
    .command('logs')
    .description("what an agent's container wrote")
    .argument('<type>', 'a role, such as cmo')
    .option('-f, --follow', 'and what it writes, through its restarts')
    .option('-n, --tail <lines>', 'so many of the last lines', whole(1, 10_000), 200)
    .action(async (type, { follow, tail }) => {
      const session = await open();
      const { client, screen } = session;
      const onLine = (line: string) => screen.follow({ line }, (safe) => safe.line);
      if (follow) return followLogs(session, { type, tail, onLine });
      let text = '';
      for await (const chunk of await client.read('getAgentLogs', { params: { type }, query: { tail } })) text += chunk;
      const lines = text.split('\n');
      if (lines.at(-1) === '') lines.pop();
      screen.show({ lines }, (safe) => safe.lines.join('\n'));
    });
};
