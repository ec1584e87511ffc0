import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCliAtTerminal } from '../../support/cli.ts';
import { raiseEscalations } from '../../support/http-escalations.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { type TeamDatabase, teamOn } from '../../support/team-services.ts';

let stage: Stage;
let team: TeamDatabase;
beforeAll(async () => {
  stage = await openStage();
  team = await teamOn(stage.databaseUrl);
});
afterAll(async () => {
  await team.close();
  await stage.dispose();
});

const place = () => ({ environment: { BOARDROOM_API_URL: stage.url, BOARDROOM_KEY: stage.keys.admin } });

async function done(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(words, place());
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const escalateDecision = async (title: string) => {
  const { id } = await stage.ok('proposeDecision', { body: { title } });
  await stage.ok('escalateDecision', { params: { id }, body: { reason: 'Nobody can swim' } });
  return id;
};

const askHuman = async (title: string, subject = 'cmo') => {
  const [id = ''] = await raiseEscalations(stage.databaseUrl, { name: 'cmo', agentId: null }, [
    { kind: 'human_requested', subject, title, reason: 'I cannot tell', priority: 'high' },
  ]);
  return id;
};

/** As the tool request_domain asks. */
const askForDomain = async (domain: string) => {
  await team.services.unitOfWork((work) =>
    team.services.domains.request(
      work,
      { name: 'cmo', agentId: null },
      { domain, reason: 'News', url: null, taskId: null },
    ),
  );
  const { requests } = await stage.ok('listDomainRequests');
  return requests.find((each) => each.domain === domain)?.id ?? '';
};

const statusOf = async (id: string, status: string) =>
  (await stage.ok('listDomainRequests', { query: { status } })).requests.some((each) => each.id === id);

describe('requests for domains', () => {
  it('are listed, approved and rejected', async () => {
    const [good, bad] = [await askForDomain('good.example.com'), await askForDomain('bad.example.com')];
    expect(await done('domains', 'requests')).toMatch(/^dmr_\w+ +pending +cmo +\d+ +good\.example\.com +News$/m);
    await done('domains', 'approve', good, '--category', 'news');
    expect(await done('domains', 'reject', bad, '--notes', 'Not that one')).toBe(
      `${bad} for bad.example.com is rejected\n`,
    );
    expect((await stage.ok('listDomains')).domains).toMatchObject([{ domain: 'good.example.com', category: 'news' }]);
    expect(await statusOf(bad, 'rejected')).toBe(true);
  });
});

describe('the inbox of a program', () => {
  it('lists all that waits, with the commands that answer each; and these do', async () => {
    const decision = await escalateDecision('Buy a boat');
    const question = await askHuman('Which colour?');
    const request = await askForDomain('boats.example.com');
    const { items } = JSON.parse(await done('inbox', '--json'));
    expect(items.map(({ kind, subject }: { kind: string; subject: string }) => [kind, subject])).toEqual(
      expect.arrayContaining([
        ['decision', decision],
        ['human_requested', 'cmo'],
        ['domain_request', 'boats.example.com'],
      ]),
    );
    const text = await done('inbox');
    for (const command of [
      `decisions resolve ${decision} reject --reason`,
      `inbox answer ${question}`,
      `domains approve ${request}`,
    ]) {
      expect(text).toContain(`boardroom ${command}`);
      await done(...command.split(' '), ...(command.startsWith('domains') ? [] : ['Because']));
    }
    expect(await done('inbox')).toBe('Nothing waits for you.\n');
    expect(await stage.ok('getDecision', { params: { id: decision } })).toMatchObject({ status: 'rejected' });
  });
});

describe('the inbox of a person at a terminal', () => {
  it('is answered in place: approved, refused, in words, or left for later', async () => {
    const decision = await escalateDecision('Buy a bigger boat');
    const question = await askHuman('How big?', 'cto');
    const request = await askForDomain('ships.example.com');
    const left = await askForDomain('trains.example.com');
    const answers: Readonly<Record<string, readonly string[]>> = {
      [decision]: ['y', 'We have learnt to swim'],
      [question]: ['12 metres'],
      [request]: ['n', 'No ships'],
      [left]: [''],
    };
    const order: string[] = JSON.parse(await done('inbox', '--json')).items.map(({ id, kind, subject }: Item) =>
      kind === 'decision' ? subject : id,
    );
    const inbox = startCliAtTerminal(['inbox'], place());
    for (const [index, answer] of order.flatMap((id) => answers[id] ?? []).entries()) {
      // As many questions as answers so far, and one more.
      await inbox.until(new RegExp(`(?:(?:Approve\\?|Your answer|Why:)[\\s\\S]*?){${index + 1}}`));
      inbox.child.stdin.write(`${answer}\n`);
    }
    expect((await inbox.ended).code).toBe(0);
    expect(await stage.ok('getDecision', { params: { id: decision } })).toMatchObject({ status: 'approved' });
    const { escalations } = await stage.ok('listEscalations', { query: { status: 'resolved' } });
    expect(escalations.find(({ id }) => id === question)).toMatchObject({ resolution: '12 metres' });
    expect(await statusOf(request, 'rejected')).toBe(true);
    expect(await statusOf(left, 'pending')).toBe(true);
  });

  it('is left with Ctrl-C, and nothing is answered', async () => {
    const inbox = startCliAtTerminal(['inbox'], place());
    await inbox.until('Approve?');
    inbox.child.stdin.write('\u0003');
    const { code, stdout } = await inbox.ended;
    expect(code).toBe(130);
    expect(stdout).not.toMatch(/Error|boardroom:/);
    expect(JSON.parse(await done('inbox', '--json')).items).toHaveLength(1);
  });
});

interface Item {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
}
