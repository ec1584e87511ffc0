import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultDecisionPolicy } from '../../src/contracts/policy.ts';
import { type ProfileHead, profileHeadSchema } from '../../src/contracts/profile.ts';
import { toolNames } from '../../src/contracts/tools.ts';

const folder = new URL('../../profiles/', import.meta.url);

interface Profile {
  readonly type: string;
  readonly head: ProfileHead;
  readonly prompt: string;
}

async function readProfile(file: string): Promise<Profile> {
  const [, head, prompt] = /^---\n(.*?)\n---\n(.*)$/s.exec(await readFile(new URL(file, folder), 'utf8')) ?? [];
  return { type: file.replace('.md', ''), head: profileHeadSchema.parse(parse(head ?? '')), prompt: prompt ?? '' };
}

const files = (await readdir(folder)).filter((file) => file.endsWith('.md'));
const profiles = await Promise.all(files.map(readProfile));
const types = profiles.map(({ type }) => type);
const where = (test: (head: ProfileHead) => boolean) =>
  profiles.filter(({ head }) => test(head)).map(({ type }) => type);

describe('the seven profiles', () => {
  it('are there with the loop intervals of the contract', () => {
    expect(Object.fromEntries(profiles.map(({ type, head }) => [type, head.loopInterval]))).toEqual({
      ceo: 1_800,
      dao: 14_400,
      cmo: 7_200,
      cto: 3_600,
      cfo: 14_400,
      coo: 3_600,
      cco: 43_200,
    });
  });

  it('seat the CEO and the DAO on the board, the others in the C-level', () => {
    expect(where(({ seat }) => seat === 'board').sort()).toEqual(['ceo', 'dao']);
    expect(where(({ seat }) => seat === 'c-level').sort()).toEqual(['cco', 'cfo', 'cmo', 'coo', 'cto']);
  });

  it('let exactly the voters of the policy vote, and exactly the C-level give statements', () => {
    const voters = new Set(Object.values(defaultDecisionPolicy.tiers).flatMap((tier) => tier.voters));
    expect(where(({ permissions }) => permissions.tools.includes('vote')).sort()).toEqual([...voters].sort());
    expect(where(({ permissions }) => permissions.tools.includes('give_statement'))).toEqual(
      where(({ seat }) => seat === 'c-level'),
    );
  });

  it('let only the CEO and the COO give work to everyone', () => {
    expect(where(({ permissions }) => permissions.assign === 'everyone').sort()).toEqual(['ceo', 'coo']);
  });
});

describe.each(profiles)('the profile $type', ({ type, head, prompt }) => {
  const { tools, propose, assign } = head.permissions;

  it('names each tool once, and can read its work, do it and give it up', () => {
    expect(new Set(tools).size).toBe(tools.length);
    expect(tools).toEqual(
      expect.arrayContaining([
        'read_inbox',
        'list_tasks',
        'list_decisions',
        'recall',
        'claim_task',
        'complete_task',
        'fail_task',
      ]),
    );
  });

  it('may propose and withdraw, or neither, and may give tasks to known others, or not at all', () => {
    expect(tools.includes('propose_decision')).toBe(propose.length > 0);
    expect(tools.includes('withdraw_decision')).toBe(propose.length > 0);
    expect(tools.includes('create_task')).toBe(assign === 'everyone' || assign.length > 0);
    const others = types.filter((other) => other !== type);
    expect(others).toEqual(expect.arrayContaining(assign === 'everyone' ? [] : assign));
  });

  it('has a prompt of 40 to 80 lines that speaks only of tools it has', () => {
    const lines = prompt.trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(40);
    expect(lines.length).toBeLessThanOrEqual(80);
    const spoken = [...prompt.matchAll(/`([a-z]+_[a-z]+)`/g)].map(([, name]) => name);
    expect(spoken).toEqual(expect.arrayContaining(['claim_task', 'propose_decision']));
    for (const name of spoken.filter((name) => toolNames.some((known) => known === name)))
      expect(tools).toContain(name);
  });
});
