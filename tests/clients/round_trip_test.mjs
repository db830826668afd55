// A well-behaved client: the npm package `ws`, unmodified.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import WebSocket from 'ws';
import { within } from './deadline.mjs';
import { start_server } from './server.mjs';
import { watch } from './unharmed.mjs';

async function open(server, options) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/test/echo`, options);
  const heard = [];
  socket.on('message', (data, is_binary) => heard.push(is_binary ? data : data.toString()));
  await within(once(socket, 'open'), 'the socket to open');
  return { socket, heard };
}

/// The code with which the connection ended; all messages have come by then.
async function close(socket, ...how) {
  const closed = once(socket, 'close');
  socket.close(...how);
  const [code] = await within(closed, 'the socket to close');
  return code;
}

async function scene(t) {
  const server = await start_server(t, { args: ['--enable-test-routes'] });
  return { server, assert_unharmed: await watch(server) };
}

const messages = ['', 'palabre', 'é€😀', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_536),
                  Buffer.alloc(0), Buffer.from([0, 255, 1, 254]), Buffer.alloc(1_000_000, 7)];

for (const [how, options] of [
  ['without compression', { perMessageDeflate: false }],
  ['offering compression, which is declined', { perMessageDeflate: { threshold: 0 } }],
]) {
  test(`messages come back as they were, ${how}`, async (t) => {
    const { server, assert_unharmed } = await scene(t);
    const { socket, heard } = await open(server, options);
    assert.equal(socket.extensions, '');
    for (const message of messages) socket.send(message);
    assert.equal(await close(socket, 1000), 1000);
    assert.deepEqual(heard, messages);
    await assert_unharmed();
  });
}

test('fragments come back as one message, pings as pongs', async (t) => {
  const { server, assert_unharmed } = await scene(t);
  const { socket, heard } = await open(server);
  const pongs = [];
  socket.on('pong', (data) => pongs.push(data.toString()));
  for (let i = 0; i < 100; ++i) {
    socket.send(`${i}: `, { fin: false });
    socket.ping(`ping ${i}`);
    socket.send('rest', { fin: true });
  }
  assert.equal(await close(socket, 4321, 'enough'), 4321);
  assert.deepEqual(heard, Array.from({ length: 100 }, (_, i) => `${i}: rest`));
  assert.deepEqual(pongs, Array.from({ length: 100 }, (_, i) => `ping ${i}`));
  await assert_unharmed();
});

test('two hundred sockets at once do not get in each other’s way', async (t) => {
  const { server, assert_unharmed } = await scene(t);
  const all = await Promise.all(Array.from({ length: 200 }, () => open(server)));
  for (let round = 0; round < 20; ++round) all.forEach(({ socket }, i) => socket.send(`${round} of ${i}`));
  const codes = await Promise.all(all.map(({ socket }) => close(socket, 1001)));
  assert.deepEqual(new Set(codes), new Set([1001]));
  all.forEach(({ heard }, i) => assert.deepEqual(heard, Array.from({ length: 20 }, (_, round) => `${round} of ${i}`)));
  await assert_unharmed();
});

test('a server that ends says so to the echo’s clients', async (t) => {
  const { server } = await scene(t);
  const { socket } = await open(server);
  const closed = once(socket, 'close');
  await server.stop();
  assert.equal((await within(closed, 'the socket to close'))[0], 3001);
});
