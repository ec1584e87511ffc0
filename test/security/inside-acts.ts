/** What a shell in an agent's container tries. Each function travels as text: it stands alone. */

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What came of each attempt to connect: `connected`, or the reason why not. */
export async function reach(places: readonly Place[]): Promise<Record<string, string>> {
  const { connect } = process.getBuiltinModule('node:net');
  const attempt = ({ host, port }: Place) =>
    new Promise<[string, string]>((resolve) => {
      const socket = connect({ host, port });
      // Taken, and let go at once without a word, is not let in.
      const settle = (outcome: string) => {
        socket.destroy();
        resolve([`${host}:${port}`, outcome]);
      };
      socket.setTimeout(3_000, () => settle(socket.connecting ? 'timeout' : 'connected'));
      socket.on('connect', () => socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.on('data', () => settle('connected'));
      socket.on('error', ({ code = 'failed' }: NodeJS.ErrnoException) => settle(code));
      socket.on('close', () => settle('hung up'));
    });
  return Object.fromEntries(await Promise.all(places.map(attempt)));
}

export async function lookUp(name: string): Promise<string> {
  const { Resolver } = process.getBuiltinModule('node:dns').promises;
  return new Resolver({ timeout: 1_000, tries: 2 }).resolve4(name).then(
    () => 'found',
    ({ code }: NodeJS.ErrnoException) => code ?? 'failed',
  );
}

/** Where a file could be written, of the places given. */
export function write(folders: readonly string[]): string[] {
  const { writeFileSync, rmSync } = process.getBuiltinModule('node:fs');
  return folders.filter((folder) => {
    try {
      writeFileSync(`${folder}/intruder`, 'x');
      rmSync(`${folder}/intruder`);
      return true;
    } catch {
      return false;
    }
  });
}

/** The process's own word on what it may do. */
export function privileges(): Record<string, string> {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const wanted = ['Uid', 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp'];
  const lines = readFileSync('/proc/self/status', 'utf8').split('\n');
  const pairs = lines.map((line) => line.split(':\t'));
  return Object.fromEntries(pairs.filter(([name = '']) => wanted.includes(name)));
}

/** Which of these commands succeed. */
export function succeed(commands: readonly string[]): string[] {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  return commands.filter((command) => spawnSync('sh', ['-c', command], { timeout: 5_000 }).status === 0);
}

/** Starts processes that stay until one is refused; how many there were. They end before this answers. */
export async function multiply(): Promise<{ started: number; refusal: string }> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const children: ReturnType<typeof spawn>[] = [];
  let refusal = '';
  while (refusal === '' && children.length < 5_000) {
    const child = spawn('sleep', ['30'], { stdio: 'ignore' });
    await new Promise<void>((resolve) => {
      child.once('spawn', () => resolve());
      child.once('error', ({ code = 'failed' }: NodeJS.ErrnoException) => {
        refusal = code;
        resolve();
      });
    });
    if (child.pid !== undefined) children.push(child);
  }
  // The container's first process reaps nobody else's children: none may be left to it, dead or alive.
  const ends = children.map((child) => new Promise<void>((resolve) => child.once('close', () => resolve())));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ends);
  return { started: children.length, refusal };
}

/** A child takes memory until it is killed: how far it came. */
export async function gulp(): Promise<{ mebibytes: number; signal: string | null }> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const glutton = `const kept = []; for (;;) { kept.push(Buffer.alloc(4 << 20, 1)); require('fs').writeSync(1, 'x'); }`;
  const child = spawn(process.execPath, ['--max-old-space-size=8192', '-e', glutton]);
  let chunks = 0;
  child.stdout.on('data', (data: Buffer) => {
    chunks += data.length;
  });
  const signal = await new Promise<string | null>((resolve) => child.once('close', (_code, by) => resolve(by)));
  return { mebibytes: chunks * 4, signal };
}

/** Writes into the folder until it is refused, or `mebibytesMax` are there; cleans up after itself. */
export function fill(folder: string, mebibytesMax: number): { mebibytes: number; refusal: string } {
  const { openSync, writeSync, closeSync, rmSync } = process.getBuiltinModule('node:fs');
  const chunk = Buffer.alloc(1 << 20, 1);
  const file = `${folder}/filler`;
  const handle = openSync(file, 'w');
  let [mebibytes, refusal] = [0, ''];
  try {
    for (; mebibytes < mebibytesMax; mebibytes += 1) writeSync(handle, chunk);
  } catch (error) {
    refusal = (error as NodeJS.ErrnoException).code ?? 'failed';
  }
  closeSync(handle);
  rmSync(file);
  return { mebibytes, refusal };
}

/** Writes into the container's own log, through the output of its first process. */
export function shout(mebibytes: number): number {
  const { openSync, writeSync, closeSync } = process.getBuiltinModule('node:fs');
  const log = openSync('/proc/1/fd/1', 'w');
  const lines = `${'x'.repeat(1_023)}\n`.repeat(64);
  let bytes = 0;
  while (bytes < mebibytes * 1_048_576) bytes += writeSync(log, lines);
  closeSync(log);
  return bytes;
}

export function exists(paths: readonly string[]): string[] {
  const { existsSync } = process.getBuiltinModule('node:fs');
  return paths.filter((path) => existsSync(path));
}

export function environmentNames(): string[] {
  return Object.keys(process.env);
}

/** The token that the container was started with. */
export function ownToken(): string {
  return process.env['BOARDROOM_TOKEN'] ?? '';
}

/** Opens a door of its own, and says when it is open; it stays so for a while. */
export async function serve(port: number): Promise<string> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const program = `require('net').createServer((socket) => socket.end('hello')).listen(${port}, '0.0.0.0', () => console.log('open')); setTimeout(process.exit, 60_000);`;
  const server = spawn(process.execPath, ['-e', program], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const word = await new Promise<string>((resolve) => server.stdout.once('data', (data) => resolve(String(data))));
  server.unref();
  return word.trim();
}

export function writeSecret(path: string, secret: string): void {
  process.getBuiltinModule('node:fs').writeFileSync(path, secret);
}

/** Looks for the words in every file of the size that a secret has, wherever this user may look. */
export function findWords(words: string): string[] {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const look = `find / -xdev -type f -size -4k 2>/dev/null; find /workspace /tmp /proc/1/root/workspace -type f 2>/dev/null`;
  const files = spawnSync('sh', ['-c', `(${look}) | xargs -d '\\n' grep -l -- "$0" 2>/dev/null`, words], {
    timeout: 50_000,
    encoding: 'utf8',
  });
  return files.stdout.split('\n').filter((line) => line !== '');
}
