import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/orchestrator/platform/clock.ts';
import { ensureImage } from '../../src/orchestrator/platform/docker-image.ts';
import { describeDocker, docker, standInImage } from '../support/docker.ts';
import { newId } from '../support/stand-in.ts';

let contextDir: string;
let image: string;
let said: string[];

const files = async (contents: Record<string, string>) => {
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(contextDir, path)), { recursive: true });
    await writeFile(join(contextDir, path), content);
  }
};
const ensure = () =>
  ensureImage({
    docker,
    image,
    contextDir,
    target: 'agent',
    clock: systemClock,
    onProgress: (line) => said.push(line),
  });

describeDocker('ensureImage', () => {
  beforeEach(async () => {
    contextDir = await mkdtemp(join(tmpdir(), 'boardroom-context-'));
    image = `boardroom-test-${newId('image').toLowerCase()}`;
    said = [];
  });
  afterEach(async () => {
    await rm(contextDir, { recursive: true });
    await docker
      .getImage(image)
      .remove({ force: true })
      .catch(() => 'was not built');
  });

  test('builds the stage that is asked for once, and finds it from then on', async () => {
    const base = await standInImage();
    await files({ Dockerfile: `FROM ${base} AS agent\nLABEL proof=yes\nFROM ${base} AS other\nLABEL proof=no\n` });
    expect(await ensure()).toBe('built');
    expect((await docker.getImage(image).inspect()).Config.Labels).toMatchObject({ proof: 'yes' });
    expect(said.join('\n')).toContain('Successfully built');
    expect(await ensure()).toBe('present');
  });

  test('sends what .dockerignore lets through and nothing else', async () => {
    const longPath = `long/${'folder/'.repeat(20)}file.ts`;
    await files({
      Dockerfile: `FROM ${await standInImage()} AS agent\nCOPY . /sent\nRUN cd /sent && find . -type f | sort > /list && cat /list\n`,
      '.dockerignore': '# comment\n.*\n**/node_modules\n**/*.log\nsecret\n',
      '.env': 'hush',
      'package.json': '{}',
      'src/main.ts': 'main',
      [`src/${longPath}`]: 'far',
      'src/debug.log': 'log',
      'src/deep/er.ts': 'er',
      'secret/key': 'hush',
      'node_modules/x/index.js': 'x',
    });
    await ensure();
    expect(said.filter((line) => line.startsWith('./')).join('\n')).toBe(
      `./Dockerfile\n./package.json\n./src/deep/er.ts\n./src/${longPath}\n./src/main.ts`,
    );
  });

  test('says why when it cannot be built', async () => {
    await files({ Dockerfile: `FROM ${await standInImage()} AS agent\nRUN echo broken pipes >&2; exit 3\n` });
    await expect(ensure()).rejects.toThrow(
      new RegExp(`${image} cannot be built from ${contextDir}.*returned a non-zero code: 3`),
    );
    expect(said).toContain('broken pipes');
  });

  test('says so when there is nothing to build, or no such stage', async () => {
    await expect(ensure()).rejects.toThrow(/cannot be built from .*Dockerfile/);
    await files({ Dockerfile: `FROM ${await standInImage()} AS other\n` });
    await expect(ensure()).rejects.toThrow(/cannot be built from .*agent/);
  });
});
