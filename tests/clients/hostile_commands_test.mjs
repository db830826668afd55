// What a client may say on /connection/websocket that no well-meaning one would: every frame is right, what is in it is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './deadline.mjs';
import { close_body, fragments, frame, op } from './frames.mjs';
import { register } from './person.mjs';
import { open_raw } from './raw_socket.mjs';
import { start_server } from './server.mjs';
import { watch } from './unharmed.mjs';

const text = (payload) => frame(op.text, payload);
const binary = (payload) => frame(op.binary, payload);
const nested = (depth, open = '[', shut = ']') => open.repeat(depth) + shut.repeat(depth);
const rpc = (id, data) => `{"id":${id},"rpc":{"method":"message.post","data":${data}}}`;
const connect = (token) => text(JSON.stringify({ id: 1, connect: { token } }));

/// Of what is said before or after connecting: either ends the connection as a bad request.
const never_right = {
  'an empty message': text(''),
  'an empty message in fragments': fragments(op.text, '', 1),
  'white space': text(' \n\r\n\t '),
  'only line feeds, 64 KiB of them': text('\n'.repeat(65_536)),
  'null': text('null'),
  'an array': text('[]'),
  'an array of commands': text('[{"id":5,"rpc":{"method":"x"}}]'),
  'a number': text('42'),
  'a string': text('"connect"'),
  'true': text('true'),
  'words': text('GET / HTTP/1.1\r\n\r\n'),
  'half a command': text('{"id":5,"rpc":{"method":"x"'),
  'a command and a half': text('{"id":5}}'),
  'two commands without a line feed': text('{"id":5}{"id":6}'),
  'a comma too many': text('{"id":5,}'),
  'single quotes': text("{'id':5}"),
  'a comment': text('{"id":5/*x*/}'),
  'a byte order mark': text('\ufeff{"id":5}'),
  'NUL bytes': text('\0\0\0\0'),
  'a NUL behind a command': text('{"id":5,"rpc":{"method":"x"}}\0'),
  'a control character in a string': text('{"id":5,"rpc":{"method":"a\u0001b"}}'),
  'no body': text('{"id":5}'),
  'an unknown body': text('{"id":5,"explode":{}}'),
  'a body that is null': text('{"id":5,"rpc":null}'),
  'a body that is a number': text('{"id":5,"rpc":7}'),
  'a body that is an array': text('{"id":5,"rpc":[]}'),
  'a method that is a number': text('{"id":5,"rpc":{"method":7}}'),
  'an id that is a string': text('{"id":"5","rpc":{"method":"x"}}'),
  'an id below zero': text('{"id":-1,"rpc":{"method":"x"}}'),
  'an id of 33 bits': text('{"id":4294967296,"rpc":{"method":"x"}}'),
  'an id of 70 bits': text('{"id":1180591620717411303424,"rpc":{"method":"x"}}'),
  'an id with a point': text('{"id":1.5,"rpc":{"method":"x"}}'),
  'no id': text('{"rpc":{"method":"x"}}'),
  'the number NaN': text('{"id":NaN}'),
  'a number too large': text(`{"id":5,"rpc":{"method":"x","data":1e999}}`),
  'a thousand arrays in each other': text(rpc(5, nested(1_000))),
  '30,000 arrays in each other': text(rpc(5, nested(30_000))),
  '9,000 objects in each other': text(rpc(5, nested(9_000, '{"a":', '}').replace(':}', ':0}'))),
  '60,000 arrays that are not closed': text('['.repeat(60_000)),
  'the first half of a surrogate pair': text(rpc(5, '{"body":"\\ud83d"}')),
  'the second half of a surrogate pair': text(rpc(5, '{"body":"\\ude00"}')),
  'a surrogate pair the wrong way round': text(rpc(5, '{"body":"\\ude00\\ud83d"}')),
  'an escape of no character': text(rpc(5, '{"body":"\\q"}')),
  'an answer to a ping that was not asked': text('{}'),
  '10,000 answers to pings': text('{}\n'.repeat(10_000)),
  'bytes': binary(Buffer.from('ff00fe01', 'hex')),
  'a command of the protobuf kind': binary(Buffer.from('0801120a0a08746f6b656e2e2e2e', 'hex')),
  'a command with bytes that are no text': binary(Buffer.from(`{"id":5,"rpc":{"method":"\xff"}}`, 'latin1')),
};

const before_connecting = {
  ...never_right,
  'a call': text(rpc(5, '{}')),
  'a subscription': text('{"id":5,"subscribe":{"channel":"room:x"}}'),
  'a message to nobody': text('{"send":{}}'),
  'to connect without a token': text('{"id":1,"connect":{}}'),
  'to connect with a token that is a number': text('{"id":1,"connect":{"token":7}}'),
  'to connect without an id': text('{"connect":{"token":"x"}}'),
};

const after_connecting = {
  ...never_right,
  'to connect again': text('{"id":5,"connect":{"token":"x"}}'),
  'to refresh with nothing': text('{"id":5,"refresh":{}}'),
};

async function scene(t) {
  const server = await start_server(t);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  return { server, ada, room, assert_unharmed: await watch(server) };
}

/// One line of a frame each.
const lines_of = (frames) => frames.filter(({ opcode }) => opcode === op.text)
  .flatMap(({ payload }) => payload.toString().split('\n')).map((line) => JSON.parse(line));

/// A socket that has connected with the person's token; `lines` gives what was answered since.
async function connected(server, person) {
  const raw = await open_raw(server, '/connection/websocket');
  const lines = () => lines_of(raw.heard).slice(1);
  raw.send(connect(person.token));
  await until(() => raw.heard.length > 0, 'the answer to connect');
  return { raw, lines };
}

async function bye(raw) {
  raw.send(frame(op.close, close_body(1000)));
  assert.equal(await raw.close_code(), 1000);
}

test('before connecting, what is not to connect ends the connection with 3501', async (t) => {
  const { server, assert_unharmed } = await scene(t);
  for (const [name, bytes] of Object.entries(before_connecting)) {
    await t.test(name, async () => {
      const raw = await open_raw(server, '/connection/websocket');
      raw.send(bytes);
      assert.equal(await raw.close_code(), 3501);
    });
  }
  await assert_unharmed();
});

test('after connecting, what is no command ends the connection with 3501', async (t) => {
  const { server, ada, assert_unharmed } = await scene(t);
  for (const [name, bytes] of Object.entries(after_connecting)) {
    await t.test(name, async () => {
      const { raw, lines } = await connected(server, ada);
      raw.send(bytes);
      assert.equal(await raw.close_code(), 3501);
      assert.deepEqual(lines(), []);
    });
  }
  await assert_unharmed();
});

test('nothing behind a refused token is heard', async (t) => {
  const { server, ada, assert_unharmed } = await scene(t);
  for (const [token, code] of [['not-a-token', 3500], [`${ada.token}x`, 3500], ['', 3501]]) {
    const raw = await open_raw(server, '/connection/websocket');
    raw.send(Buffer.concat([connect(token), connect(ada.token), text(rpc(5, '{}'))]));
    assert.equal(await raw.close_code(), code);
    assert.equal(raw.heard.length, 1);
  }
  await assert_unharmed();
});

/// What is answered with an error and leaves the connection as it was.
const refused = {
  'a method nobody has': ['{"id":5,"rpc":{"method":"explode"}}', 104],
  'no method': ['{"id":5,"rpc":{}}', 104],
  'a method of 60,000 letters': [`{"id":5,"rpc":{"method":"${'x'.repeat(60_000)}"}}`, 104],
  'a call with the wrong data': [rpc(5, '[]'), 422],
  'a call with data that is null': [rpc(5, 'null'), 422],
  'a channel without a name': ['{"id":5,"subscribe":{"channel":""}}', 107],
  'a channel of no kind': ['{"id":5,"subscribe":{"channel":"x"}}', 102],
  'a channel of 256 bytes': [`{"id":5,"subscribe":{"channel":"room:${'x'.repeat(251)}"}}`, 107],
  'a channel with a NUL': ['{"id":5,"subscribe":{"channel":"room:\\u0000"}}', 103],
  'a channel to publish to': ['{"id":5,"publish":{"channel":"room:x","data":{}}}', 103],
  'a ping of the command kind': ['{"id":5,"ping":{}}', 108],
};

test('what is merely refused leaves the connection as it was', async (t) => {
  const { server, ada, assert_unharmed } = await scene(t);
  for (const [name, [command, code]] of Object.entries(refused)) {
    await t.test(name, async () => {
      const { raw, lines } = await connected(server, ada);
      raw.send(text(command));
      await until(() => lines().length === 1, 'the refusal');
      const [{ id, error }] = lines();
      assert.deepEqual([id, error?.code], [5, code], JSON.stringify(lines()));
      await bye(raw);
    });
  }
  await assert_unharmed();
});

test('thousands of commands in one message are answered one by one', async (t) => {
  const { server, ada, assert_unharmed } = await scene(t);
  const { raw, lines } = await connected(server, ada);
  const ids = Array.from({ length: 3_000 }, (_, i) => i + 2);
  raw.send(text(ids.map((id) => `{"id":${id},"ping":{}}`).join('\n')));
  await until(() => lines().length === ids.length, () => `${lines().length} answers to become ${ids.length}`);
  assert.deepEqual(lines().map(({ id }) => id), ids);
  await bye(raw);
  await assert_unharmed();
});

test('a command is heard as text and as bytes, in fragments, and in lines that end as on other systems', async (t) => {
  const { server, ada, room, assert_unharmed } = await scene(t);
  const { raw, lines } = await connected(server, ada);
  const say = (id, body) => rpc(id, JSON.stringify({ room_id: room.id, body }));
  raw.send(binary(say(2, 'as bytes')));
  raw.send(fragments(op.text, say(3, 'é in fragments'), 1), 3);
  raw.send(text(`\r\n${say(4, 'one')}\r\n\r\n ${say(5, 'two')}\n`));
  raw.send(text(say(6, '\ud83d\ude00').replace('\ud83d\ude00', '\\ud83d\\ude00')));
  await until(() => lines().length === 5, () => `five answers: ${JSON.stringify(lines())}`);
  assert.deepEqual(lines().map(({ id, rpc: answer }) => [id, answer?.data.body]),
                   [[2, 'as bytes'], [3, 'é in fragments'], [4, 'one'], [5, 'two'], [6, '😀']]);
  await bye(raw);
  await assert_unharmed();
});
