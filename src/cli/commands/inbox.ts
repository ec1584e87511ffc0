import type { Answer, Client } from '../../contracts/client.ts';
import type { Screen } from '../text/screen.ts';
import { answerInPlace } from './inbox-answers.ts';
import { headOf, type Item } from './inbox-items.ts';
import type { Register } from './register.ts';

/** `inbox`: all that waits for a human, and what answers it. */
export const addInboxCommands: Register = (program, open) => {
  const inbox = program
    .command('inbox')
    .description('all that waits for a human; at a terminal it can be answered in place');
  inbox
    .command('ls', { isDefault: true })
    .description('what waits, most urgent first')
    .option('-l, --list', 'ask nothing, list only')
    .action(async ({ list }) => {
      const session = await open();
      const { client, screen, ask } = session;
      const answer = await collect(client);
      if (list || ask === undefined || screen.isJson || !screen.isTerminal) return showList(screen, answer);
      await answerInPlace({ ...session, ask }, answer.items);
    });
  inbox
    .command('answer')
    .description('answer what an agent or the system asks; decisions and domains have commands of their own')
    .argument('<id>', 'of the escalation: esc_…')
    .argument('<text>', 'the answer, which goes to the agent')
    .action(async (id, resolution) => {
      const { client, screen } = await open();
      const { escalation } = await client.call('resolveEscalation', { params: { id }, body: { resolution } });
      screen.show(escalation, ({ title }) => `${id} is answered: ${title}`);
    });
};

type Inbox = Awaited<ReturnType<typeof collect>>;

const page = { limit: 200 };

async function collect(client: Client) {
  const [escalations, requests] = await Promise.all([
    client.call('listEscalations', { query: page }),
    client.call('listDomainRequests', { query: page }),
  ]);
  const items: Item[] = [...escalations.escalations.map(ofEscalation), ...requests.requests.map(ofRequest)];
  return { items, total: escalations.total + requests.total };
}

function ofEscalation(escalation: Answer<'listEscalations'>['escalations'][number]): Item {
  const { id, kind, subject, title, reason, priority, createdAt } = escalation;
  const common = { id, kind, subject, title, reason, priority, createdAt };
  if (kind !== 'decision') return { ...common, commands: [`boardroom inbox answer ${id} '<your answer>'`] };
  const resolve = (word: string) => `boardroom decisions resolve ${subject} ${word} --reason '<why>'`;
  return { ...common, commands: [`boardroom decisions show ${subject}`, resolve('approve'), resolve('reject')] };
}

function ofRequest(request: Answer<'listDomainRequests'>['requests'][number]): Item {
  const { id, domain, requestedBy, reason, securityScore, createdAt } = request;
  return {
    id,
    kind: 'domain_request',
    subject: domain,
    title: `${requestedBy} asks for ${domain} (safety ${securityScore} of 100)`,
    reason,
    priority: 'normal',
    createdAt,
    commands: [`boardroom domains approve ${id}`, `boardroom domains reject ${id} --notes '<why>'`],
  };
}

function showList(screen: Screen, inbox: Inbox): void {
  screen.show(inbox, ({ items }, format) => {
    if (items.length === 0) return 'Nothing waits for you.';
    return items
      .map((item) => [headOf(item, format), ...item.commands.map((command) => `    ${command}`)].join('\n'))
      .join('\n\n');
  });
  if (inbox.items.length < inbox.total)
    screen.note(`${inbox.items.length} of ${inbox.total}; the rest comes after these`);
}
