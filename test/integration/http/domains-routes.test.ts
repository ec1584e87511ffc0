import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { WishAnswer } from '../../../src/orchestrator/domains/service.ts';
import { closeBook } from '../../support/http-coverage.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';
import { type TeamDatabase, teamOn } from '../../support/team-services.ts';

let stage: Stage;
let team: TeamDatabase;
let cmoId: string;
beforeAll(async () => {
  stage = await openStage();
  team = await teamOn(stage.databaseUrl);
  cmoId = (await stage.ok('getAgent', { params: { type: 'cmo' } })).id;
});
afterAll(async () => {
  await team.close();
  await stage.dispose();
});

const add = (domain: string, category = 'api') => stage.ok('addDomain', { body: { domain, category } });
const whitelist = async () => (await stage.ok('listDomains')).domains;
const entry = async (domain: string) => (await whitelist()).find((each) => each.domain === domain);
const requests = async (status: 'pending' | 'approved' | 'rejected' = 'pending') =>
  (await stage.ok('listDomainRequests', { query: { status } })).requests;
const requestFor = async (domain: string) => (await requests()).find((each) => each.domain === domain)?.id ?? '';

/** As the tool request_domain asks. */
const wish = (domain: string, asker = 'cmo', reason = 'I need it'): Promise<WishAnswer> =>
  team.services.unitOfWork((work) =>
    team.services.domains.request(
      work,
      { name: asker, agentId: asker === 'cmo' ? cmoId : null },
      { domain, reason, url: null, taskId: null },
    ),
  );
const eventsOf = async (type: string) => (await stage.ok('listEvents', { query: { type, limit: 200 } })).events;
const told = async (domain: string) =>
  (await eventsOf('message_sent')).filter(({ payload }) => String(payload['message']).includes(domain));

describe('the whitelist', () => {
  it('takes a domain in its plain spelling, and tells of it in the log', async () => {
    const { domain } = await stage.ok('addDomain', {
      body: { domain: 'API.Example.com.', category: 'api', description: 'the partner’s' },
    });
    expect(domain).toMatchObject({
      domain: 'api.example.com',
      category: 'api',
      description: 'the partner’s',
      isActive: true,
    });
    expect(await whitelist()).toContainEqual(domain);
    const [event] = await eventsOf('domain_approved');
    expect(event?.payload).toEqual({ domain: 'api.example.com', category: 'api', actor: 'operator:admin' });
  });

  it('keeps one entry for a domain, however it is spelt', async () => {
    const first = await add('one.example.com');
    const second = await add('ONE.example.com', 'news');
    expect(second.domain).toEqual({ ...first.domain, category: 'news' });
    expect((await whitelist()).filter(({ domain }) => domain === 'one.example.com')).toHaveLength(1);
  });

  it('lets go of a domain, keeps it in sight as inactive, and takes it up again', async () => {
    const { domain } = await add('gone.example.com');
    await stage.ok('removeDomain', { params: { domain: 'Gone.example.com' } });
    expect(await entry('gone.example.com')).toEqual({ ...domain, isActive: false });
    const [event] = await eventsOf('domain_removed');
    expect(event?.payload).toEqual({ domain: 'gone.example.com', actor: 'operator:admin' });
    await add('gone.example.com');
    expect(await entry('gone.example.com')).toEqual(domain);
  });

  it('knows what is not on it, and what was removed already: 404', async () => {
    await add('twice.example.com');
    await stage.ok('removeDomain', { params: { domain: 'twice.example.com' } });
    for (const domain of ['never.example.com', 'twice.example.com', 'not a domain', 'api.twice.example.com'])
      await stage.refusal('removeDomain', 'domain_not_found', { params: { domain } });
  });

  test.each(['https://example.com', 'co.uk', '*.com', '10.0.0.1', '2130706433', 'example.com:443'])(
    'refuses %s, and says what is allowed',
    async (domain) => {
      const { errors, detail } = await stage.refusal('addDomain', 'invalid_request', {
        body: { domain, category: 'api' },
      });
      expect(errors).toEqual([{ path: 'domain', message: expect.any(String) }]);
      expect(detail).toContain(domain);
      expect((await whitelist()).map((each) => each.domain)).not.toContain(domain);
    },
  );

  it('is read page by page, by name', async () => {
    const all = (await whitelist()).map(({ domain }) => domain);
    expect(all).toEqual([...all].sort());
    const page = await stage.ok('listDomains', { query: { limit: 1, offset: 1 } });
    expect(page).toMatchObject({ domains: [{ domain: all[1] }], total: all.length, limit: 1, offset: 1 });
  });
});

describe('what an agent asks for', () => {
  it('waits once for a domain, whoever asks and however often, at the same moment too', async () => {
    const answers = await Promise.all(['cmo', 'cto', 'cmo', 'cfo'].map((asker) => wish('wanted.example.com', asker)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['pending']));
    const waiting = (await requests()).filter(({ domain }) => domain === 'wanted.example.com');
    expect(waiting).toEqual([
      expect.objectContaining({ reason: 'I need it', status: 'pending', suggestedCategory: 'other', decidedAt: null }),
    ]);
    expect(
      (await eventsOf('domain_requested')).filter(({ payload }) => payload['domain'] === 'wanted.example.com'),
    ).toHaveLength(1);
  });

  it('is granted with its entry in one step, and the agent is told', async () => {
    await wish('docs.granted.example.com');
    const id = await requestFor('docs.granted.example.com');
    const { request } = await stage.ok('approveDomainRequest', { params: { id }, body: { notes: 'for reading only' } });
    expect(request).toMatchObject({ status: 'approved', decidedBy: 'operator:admin', notes: 'for reading only' });
    expect(await entry('docs.granted.example.com')).toMatchObject({ isActive: true, category: 'documentation' });
    const [message] = await told('docs.granted.example.com');
    expect(message?.payload).toMatchObject({ agentType: 'cmo', message: expect.stringContaining('for reading only') });
    expect(await wish('docs.granted.example.com')).toMatchObject({ status: 'approved' });
    expect(await requestFor('docs.granted.example.com')).toBe('');
  });

  it('is granted in the category that the operator names', async () => {
    await wish('named.example.com');
    const params = { id: await requestFor('named.example.com') };
    await stage.ok('approveDomainRequest', { params, body: { category: 'partners' } });
    expect(await entry('named.example.com')).toMatchObject({ category: 'partners' });
  });

  it('is refused with a reason that the agent reads, now and when it asks again', async () => {
    await wish('refused.example.com');
    const params = { id: await requestFor('refused.example.com') };
    const { request } = await stage.ok('rejectDomainRequest', { params, body: { notes: 'we do not trust it' } });
    expect(request.status).toBe('rejected');
    expect(await entry('refused.example.com')).toBeUndefined();
    expect((await told('refused.example.com')).map(({ payload }) => payload['agentType'])).toEqual(['cmo']);
    expect(await wish('refused.example.com', 'cto')).toMatchObject({
      status: 'rejected',
      because: 'we do not trust it',
    });
    expect((await requests('rejected')).map(({ domain }) => domain)).toContain('refused.example.com');
    expect((await eventsOf('domain_rejected'))[0]?.payload).toMatchObject({ reason: 'we do not trust it' });
  });

  it('is answered by an entry that covers it, though nobody answered the request itself', async () => {
    await wish('a.covered.example.com');
    await wish('covered.example.com');
    await add('*.covered.example.com');
    const waiting = (await requests()).map(({ domain }) => domain);
    expect(waiting).not.toContain('a.covered.example.com');
    expect(waiting).toContain('covered.example.com');
    expect(await told('a.covered.example.com')).toHaveLength(1);
  });

  it('is decided once: a second verdict is refused, says the first, and changes nothing', async () => {
    await wish('once.example.com');
    const params = { id: await requestFor('once.example.com') };
    await stage.ok('rejectDomainRequest', { params });
    for (const verdict of ['approveDomainRequest', 'rejectDomainRequest'] as const) {
      const { detail } = await stage.refusal(verdict, 'domain_request_decided', { params });
      expect(detail).toContain('operator:admin');
    }
    expect(await entry('once.example.com')).toBeUndefined();
  });

  it('is decided once by two at once', async () => {
    await wish('race.example.com');
    const params = { id: await requestFor('race.example.com') };
    const verdicts = ['approveDomainRequest', 'rejectDomainRequest', 'approveDomainRequest'] as const;
    const outcomes = (await Promise.all(verdicts.map((verdict) => stage.ask(verdict, { params })))).map(
      ({ outcome }) => outcome,
    );
    expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'domain_request_decided')).toHaveLength(2);
    expect(await told('race.example.com')).toHaveLength(1);
  });

  it('is looked for by its id: 404', async () => {
    const params = { id: 'dmr_01h455vb4pex5vsknk084sn02q' };
    await stage.refusal('approveDomainRequest', 'domain_request_not_found', { params });
    await stage.refusal('rejectDomainRequest', 'domain_request_not_found', { params });
  });

  it('cannot bury the others’: fifty of one agent’s wait at most', async () => {
    for (let count = 0; count < 50; count += 1) await wish(`flood${count}.example.com`, 'coo');
    await expect(wish('flood50.example.com', 'coo')).rejects.toMatchObject({ code: 'domain_requests_full' });
    expect(await wish('flood50.example.com', 'cfo')).toMatchObject({ status: 'pending' });
  });
});

describe('a decision that whitelists a domain', () => {
  const onApprove = [{ kind: 'whitelist_domain' as const, domain: 'Decided.example.com', category: 'api' }];

  it('does so when a human confirms what the board approved, and not before, however small it was called', async () => {
    const { id } = await stage.ok('proposeDecision', { body: { title: 't', decisionType: 'minor', onApprove } });
    for (const voterType of ['ceo', 'dao']) {
      await stage.ok('castVote', { params: { id }, body: { voterType, vote: 'approve' } });
      expect(await entry('decided.example.com')).toBeUndefined();
    }
    await stage.ok('resolveDecision', { params: { id }, body: { decision: 'approve', reason: 'we need it' } });
    expect(await entry('decided.example.com')).toMatchObject({ isActive: true });
  });

  it('is refused at once when the domain cannot be whitelisted', async () => {
    const wrong = [{ kind: 'whitelist_domain', domain: '*.com', category: 'api' }];
    await stage.refusal('proposeDecision', 'invalid_request', { body: { title: 't', onApprove: wrong } });
  });
});

closeBook('domains-routes');
