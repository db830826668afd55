// docs/quickstart.md as a person in a hurry follows it: its blocks in one shell, in their order, only the port is another.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { at_end } from './at_end.mjs';
import { until } from './deadline.mjs';
import { start_server } from './server.mjs';

const page = await readFile(new URL('../../docs/quickstart.md', import.meta.url), 'utf8');
const packages = fileURLToPath(new URL('node_modules', import.meta.url));

function blocks(language) {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text);
}

/// A directory with the packages that the page says to install.
async function directory_of_reader(t) {
  const folder = await mkdtemp(join(tmpdir(), 'palabre-quickstart-'));
  at_end(t, () => rm(folder, { recursive: true, force: true }));
  await symlink(packages, join(folder, 'node_modules'));
  return folder;
}

/// A shell that is given one block after the other.
class Shell {
  #process;
  #blocks = 0;
  said = '';
  complained = '';

  constructor(t, folder) {
    this.#process = spawn('sh', ['-e'], { cwd: folder, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    at_end(t, () => this.#end());
    this.#process.stdout.setEncoding('utf8').on('data', (text) => (this.said += text));
    this.#process.stderr.setEncoding('utf8').on('data', (text) => (this.complained += text));
    this.#process.stdin.on('error', () => {}); // it ended early: what it said is in the failure
  }

  /// What the block printed, itself or one that runs beside it.
  async run(block) {
    const from = this.said.length;
    const mark = `block ${++this.#blocks} is over`;
    this.#process.stdin.write(`${block}\necho; echo '${mark}'\n`);
    const over = () => this.said.includes(mark, from) || this.#process.exitCode !== null;
    await until(over, () => `the end of\n${block}${this.said}${this.complained}`);
    assert.equal(this.#process.exitCode, null, `${block}${this.said}${this.complained}`);
    return this.said.slice(from, this.said.indexOf(mark, from)).trim();
  }

  /// With all that it started.
  #end() {
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

test('a chat for two, as docs/quickstart.md says', async (t) => {
  const server = await start_server(t);
  const folder = await directory_of_reader(t);
  const [program] = blocks('js');
  await writeFile(join(folder, 'listen.mjs'), program);
  const steps = blocks('sh').map((block) => block.replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`));
  assert.equal(steps.length, 7);
  const [set_up, register, make_room, talk, listen, react, stream] = steps;
  const shell = new Shell(t, folder);

  assert.match(set_up, new RegExp(`:${server.port}$`, 'm'));
  assert.match(await shell.run(set_up), /^\{"status":/);
  await shell.run(register);
  assert.equal(JSON.parse(await shell.run(make_room)).member_count, 2);
  const [posted, history] = (await shell.run(talk)).split(/(?<=\})(?=\{"items")/).map((text) => JSON.parse(text));
  assert.equal(posted.body, 'Is there tea?');
  assert.deepEqual(history.items.map(({ body }) => body), ['Is there tea?']);

  await shell.run(listen);
  await until(() => shell.said.includes('listening\n'), 'the listener');
  assert.match(await shell.run(react), /"added":true/);
  const printed = blocks('text')[0].trim().split('\n');
  assert.equal(printed.length, 4);
  for (const line of printed) await until(() => shell.said.split('\n').some((said) => said.endsWith(line)), `"${line}"`);

  await shell.run(stream);
  for (const words of ['Is there tea?', 'And biscuits?', 'Yes, in the pot.'])
    await until(() => shell.said.includes(`"body":"${words}"`), `the event of "${words}"`);
  assert.match(shell.said, /^id: ?[A-Za-z]{8}:\d+$/m);
  await shell.run('kill $listener $stream');
  assert.equal(shell.complained, '');
});
