// Whether a server has lived through something: it still answers, and holds no descriptor more than before.

import assert from 'node:assert/strict';
import { readdir, readlink, readFile } from 'node:fs/promises';
import http from 'node:http';
import { until } from './deadline.mjs';

/// To be called while nobody is connected; the function it gives, after everybody has gone.
export async function watch(server) {
  await assert_healthy(server);
  const before = await open_descriptors(server.pid);
  return async () => {
    await assert_healthy(server);
    let now = [];
    await until(async () => (now = await open_descriptors(server.pid)).length <= before.length,
                () => `${now.length} open descriptors to become ${before.length} again: ${now}`);
  };
}

/// On a connection of its own, so that none stays open.
export async function assert_healthy(server) {
  const status = await new Promise((resolve, reject) => {
    const asked = http.get(`${server.url}/health`, { agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    asked.on('error', reject);
  });
  assert.equal(status, 200, 'GET /health');
}

/// Sockets, pipes and the like. The files of the store come and go by themselves.
async function open_descriptors(pid) {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all((await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '/')));
  return targets.filter((target) => !target.startsWith('/'));
}

/// In bytes: the most memory that the process has had at a time.
export async function peak_memory(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
}
