// Every rule of RFC 6455's framing that a client can break, and those it may rely on: on /test/echo, and what ends a
// connection on /connection/websocket too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from './frames.mjs';
import { groups } from './framing_cases.mjs';
import { open_raw } from './raw_socket.mjs';
import { start_server } from './server.mjs';
import { watch } from './unharmed.mjs';

const show_end = (code) => (code === 0 ? 'close' : `close ${code}`);

async function run(server, path, { bytes, piece, answers, close }) {
  const raw = await open_raw(server, path);
  raw.send(bytes, piece);
  const heard = (await raw.rest()).map(show);
  assert.deepEqual(heard, [...answers, show_end(close)]);
  assert.equal(await raw.ended, true, 'an orderly end');
}

/// The realtime protocol does not echo messages; it answers pings, and what ends a connection, as any WebSocket.
const is_of_any_websocket = ({ answers }) => answers.every((answer) => answer.startsWith('pong'));

async function run_group(t, server, path, cases) {
  const assert_unharmed = await watch(server);
  for (const each of cases) await t.test(each.name, () => run(server, path, each));
  await assert_unharmed();
}

test('an echo keeps the rules of framing', async (t) => {
  const server = await start_server(t, { args: ['--enable-test-routes'] });
  for (const [name, cases] of Object.entries(groups)) {
    await t.test(name, (group) => run_group(group, server, '/test/echo', cases));
  }
});

test('the realtime protocol keeps the rules of framing', async (t) => {
  const server = await start_server(t);
  for (const [name, cases] of Object.entries(groups)) {
    await t.test(name, (group) => run_group(group, server, '/connection/websocket', cases.filter(is_of_any_websocket)));
  }
});

test('frames that come with the handshake are heard', async (t) => {
  const server = await start_server(t, { args: ['--enable-test-routes'] });
  const { bytes, answers } = groups.fragments.find(({ name }) => name === 'two messages in fragments');
  for (const count of [1, 2, 7, bytes.length]) {
    const raw = await open_raw(server, '/test/echo', { behind: bytes.subarray(0, count) });
    raw.send(bytes.subarray(count));
    assert.deepEqual((await raw.rest()).map(show), [...answers, 'close 1000']);
  }
});

test('the last frame arrives however much is still under way', async (t) => {
  const server = await start_server(t, { args: ['--enable-test-routes'] });
  const { bytes } = groups['close frames'].find(({ name }) => name === 'close without a body');
  for (const size of [1024, 100_000, 1024 * 1024]) {
    await run(server, '/test/echo', { bytes: Buffer.concat([bytes, Buffer.alloc(size)]), answers: [], close: 0 });
  }
});
