import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadProfiles, parseProfile } from '../../src/orchestrator/agents/profiles.ts';

const head = ['version: 1', 'name: Chief Marketing Officer', 'loopInterval: 7200', 'permissions:', '  tools: [vote]'];
const good = `---\n${head.join('\n')}\n---\nYou speak for us.\n`;
const goodWith = (line: string, other: string) => good.replace(line, other);

describe('a profile', () => {
  it('is its front matter, with what it leaves out filled in, and the Markdown below as the prompt', () => {
    expect(parseProfile('profiles/cmo.md', good)).toMatchObject({
      type: 'cmo',
      path: 'profiles/cmo.md',
      name: 'Chief Marketing Officer',
      loopInterval: 7_200,
      turnTimeout: 600,
      seat: 'staff',
      permissions: { tools: ['vote'], propose: [], assign: [] },
      resources: { memory: 256, cpus: 0.5, pids: 128 },
      prompt: 'You speak for us.',
    });
  });

  it('may be written with the line ends of another system', () => {
    expect(parseProfile('cmo.md', good.replaceAll('\n', '\r\n'))).toMatchObject({
      type: 'cmo',
      prompt: 'You speak for us.',
    });
  });

  it('may name a command, with its arguments as they are, and an image', () => {
    const lines = "version: 1\ncommand: [claude, -p, '$HOME']\ncommandTimeout: 60\nimage: ghcr.io/us/agent:1.2";
    const profile = parseProfile('cmo.md', goodWith('version: 1', lines));
    expect(profile).toMatchObject({
      command: ['claude', '-p', '$HOME'],
      commandTimeout: 60,
      image: 'ghcr.io/us/agent:1.2',
    });
  });

  it.each(['node', 'node:24', 'localhost:5000/a/b_c:v1', `ghcr.io/a/b@sha256:${'0'.repeat(64)}`])(
    'may name the image %s',
    (image) => {
      expect(parseProfile('cmo.md', goodWith('version: 1', `version: 1\nimage: ${image}`)).image).toBe(image);
    },
  );

  it('keeps lines of dashes in its Markdown', () => {
    expect(parseProfile('cmo.md', `${good}\n---\nAnd listen.`).prompt).toBe('You speak for us.\n\n---\nAnd listen.');
  });

  it.each([
    ['the prompt', 'You speak', 'You write'],
    ['the front matter', '7200', '7201'],
  ])('has another hash when %s has changed, so that its container is replaced', (_what, from, to) => {
    const hashOf = (content: string) => parseProfile('cmo.md', content).hash;
    expect(hashOf(good)).toBe(hashOf(good));
    expect(hashOf(goodWith(from, to))).not.toBe(hashOf(good));
  });
});

describe('a bad profile', () => {
  it.each<[string, string, string]>([
    ['a value of the wrong type', goodWith('7200', 'soon'), 'loopInterval'],
    ['a value out of bounds', goodWith('7200', '0'), 'loopInterval'],
    ['a field that is missing', goodWith('name: Chief Marketing Officer\n', ''), 'name'],
    ['a field that does not exist', goodWith('version: 1', 'version: 1\ncolour: red'), 'colour'],
    ['a tool that does not exist', goodWith('[vote]', '[vote, fly]'), 'permissions.tools[1]'],
    ['a role that cannot be', goodWith('[vote]', '[vote]\n  assign: [The CEO]'), 'permissions.assign'],
    ['a tier that does not exist', goodWith('[vote]', '[vote]\n  propose: [huge]'), 'permissions.propose[0]'],
    ['a command for a shell', goodWith('version: 1', 'version: 1\ncommand: claude -p'), 'command'],
    ['a command of nothing', goodWith('version: 1', 'version: 1\ncommand: []'), 'command'],
    ['an image that cannot be', goodWith('version: 1', 'version: 1\nimage: ../node'), 'image'],
    ['front matter that breaks off', goodWith('[vote]', '[vote'), 'tools'],
    ['a field given twice', goodWith('version: 1', 'version: 1\nversion: 2'), 'version'],
    ['front matter that is no list of fields', '---\njust words\n---\n', 'object'],
    ['no front matter', 'You speak for us.', '---'],
  ])('with %s is refused with the file and the place', (_what, content, place) => {
    const parse = () => parseProfile('profiles/cmo.md', content);
    expect(parse).toThrow('profiles/cmo.md');
    expect(parse).toThrow(place);
  });

  it.each(['CMO.md', 'system.md', 'operator.md', '1st.md', 'c m o.md', `${'c'.repeat(33)}.md`])(
    'that is bad by its name, %s, is refused with what a role is',
    (file) => {
      expect(() => parseProfile(`profiles/${file}`, good)).toThrow(`profiles/${file}: the file name must be a role`);
    },
  );

  it('cannot be "benchmark", by which name its own calls would be counted', () => {
    expect(() => parseProfile('profiles/benchmark.md', good)).toThrow('"benchmark" is whose calls benchmarks are');
  });
});

describe('the folder', () => {
  let folder: string;
  const errors: string[] = [];
  const put = (file: string, content: string) => writeFile(join(folder, file), content);
  const load = () => loadProfiles(folder, (error) => errors.push(String(error)));

  beforeEach(async () => {
    errors.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'boardroom-profiles-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes a team of its Markdown files, and of nothing else', async () => {
    await put('cto.md', good);
    await put('cmo.md', good);
    await put('notes.txt', 'not a profile');
    const profiles = await load();
    expect(profiles.all().map(({ type }) => type)).toEqual(['cmo', 'cto']);
    expect([profiles.get('cto')?.path, profiles.get('notes')]).toEqual([join(folder, 'cto.md'), undefined]);
  });

  it('without a profile stops the start, and names itself and its variable', async () => {
    await expect(load()).rejects.toThrow(`BOARDROOM_PROFILES: there is no profile (*.md) in ${folder}`);
  });

  it('that is not there stops the start, and names itself', async () => {
    await rm(folder, { recursive: true });
    await expect(load()).rejects.toThrow(folder);
  });

  it('with one bad file stops the start, and names the file', async () => {
    await put('cmo.md', good);
    await put('cto.md', 'bad');
    await expect(load()).rejects.toThrow(join(folder, 'cto.md'));
  });

  it('is read again: what is new is there, what changed is changed, what is gone is gone', async () => {
    await put('cmo.md', good);
    await put('cto.md', good);
    const profiles = await load();
    await put('cmo.md', goodWith('7200', '60'));
    await put('cfo.md', good);
    await unlink(join(folder, 'cto.md'));
    await profiles.reload();
    expect(profiles.all().map(({ type, loopInterval }) => [type, loopInterval])).toEqual([
      ['cfo', 7_200],
      ['cmo', 60],
    ]);
    expect(errors).toEqual([]);
  });

  it('with a file that turned bad keeps its last good version, says so, and takes over the others', async () => {
    await put('cmo.md', good);
    await put('cto.md', good);
    const profiles = await load();
    const before = profiles.get('cmo');
    await put('cmo.md', goodWith('7200', 'soon'));
    await put('cto.md', goodWith('7200', '60'));
    await profiles.reload();
    await profiles.reload();
    expect(profiles.get('cmo')).toEqual(before);
    expect(profiles.get('cto')?.loopInterval).toBe(60);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain(join(folder, 'cmo.md'));
    await put('cmo.md', goodWith('7200', '90'));
    await profiles.reload();
    expect(profiles.get('cmo')?.loopInterval).toBe(90);
  });

  it('with a new file that is bad goes on without it, and says so', async () => {
    await put('cmo.md', good);
    const profiles = await load();
    await put('cto.md', '');
    await profiles.reload();
    expect(profiles.all().map(({ type }) => type)).toEqual(['cmo']);
    expect(errors[0]).toContain(join(folder, 'cto.md'));
  });

  it('that cannot be read for a while changes nothing', async () => {
    await put('cmo.md', good);
    const profiles = await load();
    await rm(folder, { recursive: true });
    await expect(profiles.reload()).rejects.toThrow(folder);
    expect(profiles.get('cmo')?.type).toBe('cmo');
  });

  it('tells when a file of it changes, until it is no longer watched', async () => {
    await put('cmo.md', good);
    const profiles = await load();
    const unwatched = new AbortController();
    const told = new Promise<void>((resolve) => profiles.watch(resolve, unwatched.signal));
    await put('cmo.md', goodWith('7200', '60'));
    await told;
    unwatched.abort();
    expect(errors).toEqual([]);
  });
});
