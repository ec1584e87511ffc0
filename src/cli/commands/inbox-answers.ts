import { CallError, type Client } from '../../contracts/client.ts';
import { failureOf, inWords } from '../failure.ts';
import type { Session } from '../session.ts';
import { headOf, type Item } from './inbox-items.ts';

type Asking = Session & { readonly ask: (question: string) => Promise<string> };

/** Goes through what waits, and asks. Whoever presses Enter leaves a thing as it is; `q` ends it. */
export async function answerInPlace(session: Asking, items: readonly Item[]): Promise<void> {
  const { screen } = session;
  if (items.length === 0) screen.show([], () => 'Nothing waits for you.');
  for (const item of items) {
    screen.show(item, headOf);
    const said = await answerOne(session, item);
    if (said === 'quit') return;
    screen.show({ said }, (safe) => `${safe.said}\n`);
  }
}

/** What came of it, in words. */
async function answerOne(session: Asking, item: Item): Promise<string> {
  const isOpen = item.kind !== 'decision' && item.kind !== 'domain_request';
  try {
    return await (isOpen ? answerInWords(session, item) : answerYesOrNo(session, item));
  } catch (error) {
    // Somebody else was faster, or this key may not: the rest of the inbox is still there. Nobody there at all is the end.
    if (!(error instanceof CallError) || error.code === 'unreachable') throw error;
    return inWords(failureOf(error));
  }
}

async function answerInWords({ ask, client }: Asking, { id }: Item): Promise<string> {
  const resolution = (await ask('  Your answer (Enter: later, q: end): ')).trim();
  if (resolution === 'q') return 'quit';
  if (resolution === '') return '  left as it is';
  await client.call('resolveEscalation', { params: { id }, body: { resolution } });
  return '  answered';
}

async function answerYesOrNo({ ask, client }: Asking, item: Item): Promise<string> {
  const answer = (await ask('  Approve? (y: yes, n: no, Enter: later, q: end): ')).trim().toLowerCase();
  if (answer === 'q') return 'quit';
  if (answer !== 'y' && answer !== 'n') return '  left as it is';
  const reason = (await ask('  Why: ')).trim();
  const word = answer === 'y' ? 'approve' : 'reject';
  if (item.kind === 'domain_request') return `  ${await decideRequest(client, { id: item.id, word, notes: reason })}`;
  if (reason === '') return '  left as it is: a decision needs a reason';
  const body = { decision: word, reason } as const;
  const { decision } = await client.call('resolveDecision', { params: { id: item.subject }, body });
  return `  ${decision.status}`;
}

async function decideRequest(
  client: Client,
  { id, word, notes }: { id: string; word: 'approve' | 'reject'; notes: string },
): Promise<string> {
  const route = word === 'approve' ? 'approveDomainRequest' : 'rejectDomainRequest';
  const { request } = await client.call(route, { params: { id }, body: { notes } });
  return request.status;
}
