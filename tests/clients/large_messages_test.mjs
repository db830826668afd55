// Much at once: big messages in fragments and pieces of many sizes, many messages, and what is over a bound.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close_body, fragments, frame, op, show, shown } from './frames.mjs';
import { open_raw } from './raw_socket.mjs';
import { start_server } from './server.mjs';
import { assert_healthy, peak_memory, watch } from './unharmed.mjs';

const KiB = 1024, MiB = 1024 * KiB;
const echo_max = 16 * MiB, command_max = 64 * KiB;
const good_bye = frame(op.close, close_body(1000));

function text_of(size) {
  const words = 'aé€😀 palabre ', bytes = Buffer.byteLength(words);
  return Buffer.from(words.repeat(Math.floor(size / bytes)) + 'x'.repeat(size % bytes));
}

function bytes_of(size) {
  return Buffer.alloc(size, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
}

const kinds = { text: [op.text, text_of], binary: [op.binary, bytes_of] };

async function scene(t) {
  const server = await start_server(t, { args: ['--enable-test-routes'] });
  return { server, assert_unharmed: await watch(server) };
}

async function assert_echoed(server, bytes, piece, expected) {
  const raw = await open_raw(server, '/test/echo');
  raw.send(bytes, piece);
  raw.send(good_bye);
  assert.deepEqual((await raw.rest()).map(show), [...expected, 'close 1000']);
}

async function assert_refused(server, path, bytes, code) {
  const raw = await open_raw(server, path);
  raw.send(bytes);
  assert.deepEqual((await raw.rest()).map(show), [`close ${code}`]);
}

for (const [kind, [opcode, make]] of Object.entries(kinds)) {
  test(`${kind} messages of up to 16 MiB come back`, async (t) => {
    const { server, assert_unharmed } = await scene(t);
    for (const size of [64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB]) {
      const payload = make(size);
      await t.test(`${size} bytes`, () =>
        assert_echoed(server, frame(opcode, payload), undefined, [shown(opcode, payload)]));
    }
    await assert_unharmed();
  });

  test(`${kind} in fragments of any size comes back in one frame`, async (t) => {
    const { server, assert_unharmed } = await scene(t);
    const payload = make(4 * MiB);
    for (const size of [64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB]) {
      await t.test(`fragments of ${size} bytes`, () =>
        assert_echoed(server, fragments(opcode, payload, size), undefined, [shown(opcode, payload)]));
    }
    await assert_unharmed();
  });

  test(`${kind} sent in pieces of any size comes back`, async (t) => {
    const { server, assert_unharmed } = await scene(t);
    const payload = make(MiB);
    for (const piece of [64, 128, 256, 512, 1000, 2048, 100_000]) {
      await t.test(`pieces of ${piece} bytes`, () =>
        assert_echoed(server, frame(opcode, payload), piece, [shown(opcode, payload)]));
    }
    await assert_unharmed();
  });

  test(`a thousand ${kind} messages come back in order`, async (t) => {
    const { server, assert_unharmed } = await scene(t);
    for (const size of [0, 16, 64, 256, KiB, 4 * KiB]) {
      const payloads = Array.from({ length: 1000 }, (_, i) => Buffer.concat([Buffer.from(`${i} `), make(size)]));
      await t.test(`${size} bytes each`, () =>
        assert_echoed(server, Buffer.concat(payloads.map((each) => frame(opcode, each))), undefined,
                      payloads.map((each) => shown(opcode, each))));
    }
    await assert_unharmed();
  });
}

/// As good as `max` and one byte more, in one frame and in many.
const too_long = (max) => ({
  'in one frame': frame(op.text, 'x'.repeat(max + 1)),
  'announced only': frame(op.text, '', { length: max + 1, form: 64 }),
  'in two fragments': Buffer.concat([frame(op.text, 'x'.repeat(max), { final: false }), frame(op.more, 'x')]),
  'in many fragments': fragments(op.text, 'x'.repeat(max + 1), 4 * KiB),
});

for (const [path, max] of [['/test/echo', echo_max], ['/connection/websocket', command_max]]) {
  test(`more than ${max} bytes to ${path} are too many`, async (t) => {
    const { server, assert_unharmed } = await scene(t);
    for (const [how, bytes] of Object.entries(too_long(max))) {
      await t.test(how, () => assert_refused(server, path, bytes, 1009));
    }
    await assert_unharmed();
  });
}

test('what a header announces takes no memory before it comes', async (t) => {
  const { server, assert_unharmed } = await scene(t);
  const before = await peak_memory(server.pid);
  const announcing = Buffer.concat([frame(op.ping), frame(op.binary, 'x', { length: echo_max, form: 64 })]);
  const all = await Promise.all(Array.from({ length: 100 }, () => open_raw(server, '/test/echo')));
  for (const raw of all) raw.send(announcing);
  for (const raw of all) raw.send(Buffer.from('x'));
  await assert_healthy(server);
  for (const raw of all) raw.socket.end();
  for (const raw of all) assert.deepEqual((await raw.rest()).map(show), [shown(op.pong)]);
  const taken = (await peak_memory(server.pid)) - before;
  assert.ok(taken < 100 * MiB, `${taken} bytes for what would be ${100 * echo_max}`);
  await assert_unharmed();
});

test('whoever does not read is not read from', async (t) => {
  const { server, assert_unharmed } = await scene(t);
  const raw = await open_raw(server, '/test/echo');
  const payload = bytes_of(4 * MiB), count = 32;
  raw.socket.pause();
  const bytes = frame(op.binary, payload);
  for (let i = 0; i < count; ++i) raw.send(bytes);
  raw.send(good_bye);
  for (let i = 0; i < 200; ++i) await assert_healthy(server);
  assert.ok(raw.socket.writableLength > 0, 'the server has taken more than it can give back');
  raw.socket.resume();
  assert.deepEqual((await raw.rest()).map(show), [...Array(count).fill(shown(op.binary, payload)), 'close 1000']);
  await assert_unharmed();
});
