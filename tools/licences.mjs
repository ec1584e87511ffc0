// Lists the licences of what a production install brings along, in docs/licences.md; with --check it writes nothing and fails when that
// file is stale or a licence is not on the list. Reads package-lock.json alone, so it says the same on every machine.
import { readFile, writeFile } from 'node:fs/promises';

const file = new URL('../docs/licences.md', import.meta.url);

/** Permissive ones: they ask for their text to be passed on and for nothing else. Another one is a decision, not an edit of this line. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Unlicense',
]);

/** These say it in an older way, which the lockfile does not take over. */
const known = { buildcheck: 'MIT', 'cpu-features': 'MIT', ssh2: 'MIT' };

const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'));
const packages = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { version, license }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return { name, version, licence: license ?? known[name] ?? 'unknown' };
  });

/** SPDX: one of an OR is enough, all of an AND are needed. */
const isAllowed = (licence) =>
  licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((part) => allowed.has(part.trim())));

const refused = packages.filter(({ licence }) => !isAllowed(licence));
const rows = [...new Set(packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`))].sort();
const text = [
  '# Licences',
  '',
  'What `npm ci --omit=dev` installs. Written by `npm run licences` from package-lock.json; a test fails when it is stale, or when a',
  `licence is not one of these: ${[...allowed].join(', ')}.`,
  '',
  '| package | version | licence |',
  '|---|---|---|',
  ...rows,
  '',
].join('\n');

for (const { name, version, licence } of refused)
  console.error(`${name} ${version}: ${licence} is not on the list in tools/licences.mjs`);
if (process.argv.includes('--check')) {
  const isStale = (await readFile(file, 'utf8').catch(() => '')) !== text;
  if (isStale) console.error('docs/licences.md is stale: npm run licences');
  process.exitCode = isStale || refused.length > 0 ? 1 : 0;
} else {
  await writeFile(file, text);
  process.exitCode = refused.length > 0 ? 1 : 0;
}
