// A started peer: {port, directory, pids, stop()}.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

function free_port() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// Of the processes that there are: [pid, parent's pid].
function processes() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
      return state === 'Z' ? [] : [[Number(pid), Number(parent)]];
    } catch {
      return []; // has just ended
    }
  });
}

function tree_below(root) {
  const all = processes();
  const found = [root];
  for (const pid of found) found.push(...all.filter(([, parent]) => parent === pid).map(([child]) => child));
  return found;
}

// Those that are still there a moment after, which is how long helpers of a server take to notice its end.
async function left_of(pids) {
  for (let tries = 0; ; ++tries) {
    const living = new Set(processes().map(([pid]) => pid));
    const left = pids.filter((pid) => living.has(pid));
    if (!left.length || tries === 20) return left;
    await setTimeout(50);
  }
}

export async function start(name) {
  const directory = mkdtempSync(join(tmpdir(), `peer-${name}-`));
  const port = await free_port();
  const script = new URL(`../${name}/start`, import.meta.url).pathname;
  const shell = spawn(script, [directory, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => shell.on('exit', resolve));
  const printed = await new Promise((resolve, reject) => {
    shell.stdout.once('data', (text) => resolve(String(text)));
    ended.then((code) => reject(new Error(`${name} ended with ${code} before it was ready`)));
  });
  const [, pids] = /^ready pid=([\d,]+)\n$/.exec(printed) ?? [];
  if (!pids) throw new Error(`${name} said ${printed}`);
  return {
    directory,
    port,
    pids: pids.split(',').map(Number),
    async stop() {
      const tree = tree_below(shell.pid);
      shell.kill('SIGTERM');
      await ended;
      const left = await left_of(tree);
      rmSync(directory, { recursive: true });
      return left;
    },
  };
}
