// An agent that does what the test tells it in ACT: words such as "exit:3", "deaf" or "kin:<mark>", separated by commas.
import { spawn, spawnSync } from 'node:child_process';
import { lookup } from 'node:dns';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const alive = setInterval(() => undefined, 60_000);

const say = (what) => process.stdout.write(`${what}\n`);

const tryTo = (name, work) => {
  try {
    work();
    say(`${name} allowed`);
  } catch (error) {
    say(`${name} refused ${error.code}`);
  }
};

const acts = {
  /** Ends by itself. */
  exit: (code) => process.exit(Number(code)),
  /** Ends by itself, after a while. */
  fade: (ms) => setTimeout(() => process.exit(9), Number(ms)),
  /** Hears no SIGTERM. */
  deaf: () => {
    process.removeAllListeners('SIGTERM');
    process.on('SIGTERM', () => say('not listening'));
  },
  /** A descendant that leaves the group and loses its parent: the hardest to find. */
  kin: (mark) => {
    const idle = 'setInterval(() => undefined, 60_000)';
    const orphan = `require('node:child_process').spawn(process.execPath, ['-e', '${idle}', '${mark}'], { detached: true, stdio: 'ignore' }).unref()`;
    spawn(process.execPath, ['-e', orphan], { detached: true, stdio: 'inherit' }).on('exit', () => say('kin born'));
  },
  /** A child that holds its pipes, with a child of its own. */
  pipes: (mark) => spawn('/bin/sh', ['-c', 'sleep 60000; exit 0', mark], { stdio: 'inherit' }),
  lines: (count) => {
    for (let line = 1; line <= Number(count); line += 1) say(`line ${line}`);
  },
  /** One line of characters that take three bytes each, off the beat. */
  wide: (count) => say(`x${'€'.repeat(Number(count))}`),
  stderr: () => process.stderr.write('to stderr\n'),
  tick: () => {
    let count = 0;
    setInterval(() => {
      count += 1;
      say(`tick ${count}`);
    }, 20);
  },
  environment: () => say(JSON.stringify(process.env)),
  /** How many lives this workspace has seen. */
  lives: () => {
    appendFileSync('lives', 'x');
    say(`life ${readFileSync('lives', 'utf8').length}`);
  },
  heap: () => {
    const full = [];
    for (;;) full.push(new Array(1_000).fill(full.length));
  },
  /** Outside of V8's heap, so that only the container's limit ends it. */
  gulp: () => {
    const full = [];
    for (;;) full.push(Buffer.alloc(1024 * 1024, 1));
  },
  write: () => {
    tryTo('root', () => writeFileSync('/proof', ''));
    tryTo('tmp', () => writeFileSync('/tmp/proof', ''));
    tryTo('workspace', () => writeFileSync('/workspace/proof', ''));
    tryTo('run from tmp', () => {
      writeFileSync('/tmp/run', '#!/bin/true', { mode: 0o755 });
      const { error } = spawnSync('/tmp/run');
      if (error) throw error;
    });
  },
  /** `connect:10.0.0.1/80` */
  connect: (address) => {
    const [host, port] = address.split('/');
    const socket = connect({ host, port: Number(port), timeout: 2_000 });
    socket.on('connect', () => say(`connected to ${address}`));
    socket.on('timeout', () => socket.destroy(Object.assign(new Error(), { code: 'TIMEOUT' })));
    socket.on('error', (error) => say(`no way to ${address} ${error.code}`));
  },
  serve: (port) => {
    createServer((socket) => socket.destroy()).listen(Number(port), () => say(`serving ${port}`));
  },
  resolve: (name) => {
    lookup(name, (error, address) => say(error ? `no address of ${name} ${error.code}` : `${name} is ${address}`));
  },
};

process.on('SIGTERM', () => {
  say('bye');
  clearInterval(alive);
  process.exit(0);
});

for (const act of (process.env.ACT ?? '').split(',').filter(Boolean)) {
  const [name, ...rest] = act.split(':');
  acts[name](rest.join(':'));
}
say('ready');
