// Streams of frames that were right until something happened to them. Whatever it was: the server goes on, what it says
// is well-formed, and every connection ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close_body, fragments, frame, op } from './frames.mjs';
import { register } from './person.mjs';
import { Random, seed_of } from './random.mjs';
import { open_raw } from './raw_socket.mjs';
import { start_server } from './server.mjs';
import { watch } from './unharmed.mjs';

const streams = 400, at_once = 16;

const text = (payload) => frame(op.text, payload);

function echo_frames(random) {
  const payload = random.bytes(random.pick([0, 1, 5, 125, 126, 300, 70_000]));
  const words = 'palabre é€😀 '.repeat(random.below(20));
  return random.pick([
    () => frame(op.binary, payload),
    () => text(words),
    () => fragments(op.text, words, 1 + random.below(30)),
    () => frame(op.ping, payload.subarray(0, 125)),
    () => frame(op.pong, payload.subarray(0, 125)),
    () => frame(op.close, close_body(random.pick([1000, 1001, 3000, 4999]), 'reason')),
  ])();
}

function realtime_frames(random, room) {
  const id = 2 + random.below(1_000_000);
  const command = random.pick([
    { id, rpc: { method: 'message.post', data: { room_id: room.id, body: 'mutated' } } },
    { id, rpc: { method: 'message.list', data: { room_id: room.id, limit: 3 } } },
    { id, subscribe: { channel: `room:${room.id}`, recover: true, offset: random.below(9) } },
    { id, unsubscribe: { channel: `room:${room.id}` } },
    { id, history: { channel: `room:${room.id}`, limit: 2 } },
    { id, publish: { channel: `room:${room.id}`, data: {} } },
    { id, presence: { channel: `room:${room.id}` } },
    { id, ping: {} },
  ]);
  const line = JSON.stringify(command);
  return random.pick([
    () => text(line),
    () => text(`${line}\n${line}`),
    () => fragments(op.text, line, 1 + random.below(40)),
    () => frame(op.ping, random.bytes(random.below(20))),
  ])();
}

const mutations = {
  flip(random, bytes) {
    const changed = Buffer.from(bytes);
    for (let i = 1 + random.below(4); i > 0; --i) changed[random.below(bytes.length)] ^= 1 << random.below(8);
    return changed;
  },
  overwrite(random, bytes) {
    const changed = Buffer.from(bytes);
    random.bytes(1 + random.below(8)).copy(changed, random.below(bytes.length));
    return changed;
  },
  cut_out(random, bytes) {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(12))]);
  },
  cut_off(random, bytes) {
    return bytes.subarray(0, random.below(bytes.length));
  },
  repeat(random, bytes) {
    const at = random.below(bytes.length), end = at + 1 + random.below(bytes.length - at);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end)]);
  },
  insert(random, bytes) {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(12)), bytes.subarray(at)]);
  },
  none(random, bytes) {
    return bytes;
  },
};

function mutated(random, bytes) {
  let result = bytes;
  for (let i = 1 + random.below(2); i > 0 && result.length > 0; --i) {
    result = random.pick(Object.values(mutations))(random, result);
  }
  return result;
}

/// Says `bytes` in pieces and then no more: after that the server has nothing to wait for.
async function say(server, path, before, bytes, piece) {
  const raw = await open_raw(server, path);
  raw.send(Buffer.concat([before, bytes.subarray(0, piece)]));
  raw.send(bytes.subarray(piece), piece);
  raw.socket.end();
  await raw.rest();
}

/// Makes streams of what `make` gives, mutates and runs them, `at_once` at a time. A failure names the seed and the stream.
async function run_all(t, make, run) {
  const seed = seed_of(t);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < streams; i = next++) {
      const random = new Random(seed + i);
      const bytes = mutated(random, Buffer.concat(Array.from({ length: 1 + random.below(6) }, () => make(random))));
      const piece = random.pick([1_000_000, 1_000, 100]);
      await run(bytes, piece).catch((cause) => {
        throw new Error(`PALABRE_SEED=${seed}, stream ${i}: ${cause.message}`, { cause });
      });
    }
  };
  await Promise.all(Array.from({ length: at_once }, work));
}

test('an echo survives frames that something happened to', async (t) => {
  const server = await start_server(t, { args: ['--enable-test-routes'] });
  const assert_unharmed = await watch(server);
  await run_all(t, echo_frames, (bytes, piece) => say(server, '/test/echo', Buffer.alloc(0), bytes, piece));
  await assert_unharmed();
});

test('the realtime protocol survives frames that something happened to', async (t) => {
  const server = await start_server(t);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  const assert_unharmed = await watch(server);
  const connect = text(JSON.stringify({ id: 1, connect: { token: ada.token } }));
  await run_all(t, (random) => realtime_frames(random, room),
                (bytes, piece) => say(server, '/connection/websocket', connect, bytes, piece));
  await assert_unharmed();
  const posted = await ada.messages(room);
  assert.ok(posted.length > 0, 'what came through whole was carried out');
});
