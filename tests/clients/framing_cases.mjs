// What may and may not be said in frames, as a table: the Autobahn suite's groups 1 to 7, and every order of three frames.
// A case: its `name`, the `bytes` that are sent (in pieces of `piece`), the `answers` of an echo as show() puts them, the
// `close` code that ends it (0: a close frame without a body).

import { close_body, fragments, frame, op, shown } from './frames.mjs';
import { invalid, valid } from './utf8_sequences.mjs';

const text = (payload, options) => frame(op.text, payload, options);
const binary = (payload, options) => frame(op.binary, payload, options);
const more = (payload, options) => frame(op.more, payload, options);
const ping = (payload, options) => frame(op.ping, payload, options);
const pong = (payload, options) => frame(op.pong, payload, options);
const close = (...body) => frame(op.close, body.length === 0 ? '' : close_body(...body));
const begun = { final: false };

const said = (payload) => shown(op.text, payload);
const ponged = (payload) => shown(op.pong, payload);

/// What is answered; the case itself says good-bye.
const is = (name, sent, ...answers) => ({ name, bytes: Buffer.concat([...sent, close(1000)]), answers, close: 1000 });
/// What ends the connection with `code`: what is sent behind it is not answered.
const ends = (code, name, sent, ...answers) => ({
  name: `${name}: ${code}`, bytes: Buffer.concat([...sent, ping('behind'), text('behind')]), answers, close: code,
});
const chopped = (piece, of) => ({ ...of, name: `${of.name}, in pieces of ${piece}`, piece });
const both = (of) => [of, chopped(1, of)];

function framing() {
  const cases = [];
  for (const [kind, opcode, letter] of [['text', op.text, '*'], ['binary', op.binary, '\xfe']]) {
    for (const size of [0, 1, 125, 126, 127, 128, 65535, 65536]) {
      const payload = Buffer.from(letter.repeat(size), 'latin1');
      const one = is(`${kind} of ${size} bytes`, [frame(opcode, payload)], shown(opcode, payload));
      cases.push(one, chopped(size < 1000 ? 1 : 997, one));
    }
  }
  return cases;
}

function pings() {
  const ten = Array.from({ length: 10 }, (_, i) => `ping ${i}`);
  const most = Buffer.alloc(125, 0xfe);
  return [
    is('ping without payload', [ping()], ponged('')),
    is('ping with text', [ping('Hello, world!')], ponged('Hello, world!')),
    is('ping with bytes', [ping(Buffer.from('00fffefdfcfb00ff', 'hex'))], ponged(Buffer.from('00fffefdfcfb00ff', 'hex'))),
    ...both(is('ping of 125 bytes', [ping(most)], ponged(most))),
    ends(1002, 'ping of 126 bytes', [ping(Buffer.alloc(126, 0xfe))]),
    ends(1002, 'pong of 126 bytes', [pong(Buffer.alloc(126, 0xfe))]),
    is('pong nobody asked for', [pong()]),
    is('pong nobody asked for, with payload', [pong('unsolicited')]),
    is('pong, then ping', [pong('unsolicited'), ping('asked')], ponged('asked')),
    ...both(is('ten pings', ten.map((each) => ping(each)), ...ten.map(ponged))),
  ];
}

function reserved_bits() {
  const kinds = { text: [op.text, 'x'], binary: [op.binary, 'x'], ping: [op.ping, ''], close: [op.close, close_body(1000)] };
  return [1, 2, 3, 4, 5, 6, 7].flatMap((reserved) => [
    ...Object.entries(kinds).map(([name, [opcode, payload]]) =>
      ends(1002, `${name} with reserved bits ${reserved}`, [frame(opcode, payload, { reserved })])),
    ends(1002, `text, then text with reserved bits ${reserved}`, [text('a'), text('b', { reserved })], said('a')),
    chopped(1, ends(1002, `ping, then text with reserved bits ${reserved}`, [ping('a'), text('b', { reserved })], ponged('a'))),
  ]);
}

function opcodes() {
  return [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
    ends(1002, `opcode ${opcode} without payload`, [frame(opcode)]),
    ends(1002, `opcode ${opcode} with payload`, [frame(opcode, 'reserved')]),
    ends(1002, `opcode ${opcode} in a message`, [text('a', begun), frame(opcode), more('b')]),
    chopped(1, ends(1002, `text, then opcode ${opcode}`, [text('a'), frame(opcode, 'reserved')], said('a'))),
  ]);
}

function fragmentation() {
  const five = [text('f1', begun), more('f2', begun), ping('p1'), more('f3', begun), more('f4', begun), ping('p2'), more('f5')];
  return [
    ends(1002, 'ping in two fragments', [ping('a', begun), more('b')]),
    ends(1002, 'pong in two fragments', [pong('a', begun), more('b')]),
    ends(1002, 'close in two fragments', [frame(op.close, close_body(1000), begun), more('b')]),
    ...both(is('text in two fragments', [text('a', begun), more('b')], said('ab'))),
    ...both(is('text in two fragments with a ping in between', [text('a', begun), ping('p'), more('b')],
               ponged('p'), said('ab'))),
    ...both(is('text in five fragments with pings in between', five, ponged('p1'), ponged('p2'), said('f1f2f3f4f5'))),
    is('text in three empty fragments', [text('', begun), more('', begun), more('')], said('')),
    is('text in empty and full fragments', [text('', begun), more('x', begun), more('')], said('x')),
    is('binary in one-byte fragments', [fragments(op.binary, '\0\x01\x02\x03', 1)], shown(op.binary, '\0\x01\x02\x03')),
    is('a thousand empty fragments', [text('a', begun), ...Array(1000).fill(more('', begun)), more('b')], said('ab')),
    is('two messages in fragments', [text('a', begun), more('b'), text('c', begun), more('d')], said('ab'), said('cd')),
    ends(1002, 'continuation of nothing', [more('a')]),
    ends(1002, 'first part of a continuation of nothing', [more('a', begun)]),
    ends(1002, 'continuation behind a whole message', [text('a', begun), more('b'), more('c')], said('ab')),
    ends(1002, 'text within a text', [text('a', begun), text('b')]),
    ends(1002, 'binary within a text', [text('a', begun), binary('b')]),
  ];
}

// ---- Every order of three frames, and what a few lines that know the rules expect

const steps = {
  'whole text': text('w'),
  'text begins': text('b', begun),
  'goes on': more('m', begun),
  'ends': more('e'),
  'ping': ping('p'),
  'part of a ping': ping('q', begun),
};

function expected_of(names) {
  const answers = [];
  let open = null;
  for (const name of names) {
    if (name === 'ping') {
      answers.push(ponged('p'));
      continue;
    }
    const continues = name === 'goes on' || name === 'ends';
    if (name === 'part of a ping' || continues !== (open !== null)) return { answers, close: 1002 };
    open = name === 'whole text' ? 'w' : name === 'text begins' ? 'b' : open + (name === 'ends' ? 'e' : 'm');
    if (name !== 'whole text' && name !== 'ends') continue;
    answers.push(said(open));
    open = null;
  }
  return { answers, close: 1000 };
}

function orders() {
  const names = Object.keys(steps);
  return names.flatMap((a) => names.flatMap((b) => names.map((c) => {
    const { answers, close: code } = expected_of([a, b, c]);
    const sent = [a, b, c].map((name) => steps[name]);
    const name = `${a}, ${b}, ${c}`;
    return code === 1000 ? is(name, sent, ...answers) : ends(code, name, sent, ...answers);
  })));
}

function utf8() {
  const around = (payload) => Buffer.concat([Buffer.from('é'), payload, Buffer.from('à')]);
  return [
    ...valid.flatMap(({ name, payload }) => [
      ...both(is(name, [text(payload)], said(payload))),
      is(`${name}, a byte in each fragment`, [fragments(op.text, payload, 1)], said(payload)),
      is(`${name}, with a ping between the bytes`, [text(payload.subarray(0, 1), begun), ping(''), more(payload.subarray(1))],
         ponged(''), said(payload)),
    ]),
    ...invalid.flatMap(({ name, payload }) => [
      ...both(ends(1007, name, [text(payload)])),
      ends(1007, `${name}, a byte in each fragment`, [fragments(op.text, payload, 1)]),
      ends(1007, `${name}, within other text`, [text(around(payload))]),
      ends(1007, `${name}, in a reason to close`, [frame(op.close, close_body(1000, payload))]),
      is(`${name}, as binary`, [binary(payload)], shown(op.binary, payload)),
    ]),
  ];
}

function closing() {
  const valid_codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
  const invalid_codes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 9999, 65535];
  const closes = (code, name, sent) => ({ name, bytes: Buffer.concat(sent), answers: [], close: code });
  return [
    closes(0, 'close without a body', [close()]),
    ends(1002, 'close with one byte', [frame(op.close, '\x03')]),
    closes(1000, 'close with a reason', [close(1000, 'Hello World')]),
    closes(1000, 'close with a reason of 123 bytes', [close(1000, '*'.repeat(123))]),
    ends(1002, 'close with a reason of 124 bytes', [close(1000, '*'.repeat(124))]),
    closes(1000, 'close twice', [close(1000), close(1001)]),
    closes(1000, 'close, then ping and text', [close(1000), ping('p'), text('t')]),
    chopped(1, closes(1000, 'close, then ping and text', [close(1000), ping('p'), text('t')])),
    closes(1000, 'close, then what is no frame', [close(1000), Buffer.alloc(300, 0xff)]),
    closes(1000, 'close within a message', [text('a', begun), close(1000), more('b')]),
    ...valid_codes.flatMap((code) => [
      closes(code, `close with ${code}`, [close(code)]),
      closes(code, `close with ${code} and a reason`, [close(code, 'raison d’être')]),
    ]),
    ...invalid_codes.flatMap((code) => [
      ends(1002, `close with ${code}`, [close(code)]),
      ends(1002, `close with ${code} and a reason`, [close(code, 'raison d’être')]),
    ]),
  ];
}

function headers() {
  const masks = [text('x', { masked: false }), ping('', { masked: false }), frame(op.close, close_body(1000), { masked: false })];
  const declared = (length, opcode = op.text, options = {}) => frame(opcode, '', { length, form: 64, ...options });
  return [
    ...masks.map((bytes, i) => ends(1002, `${['text', 'ping', 'close'][i]} without a mask`, [bytes])),
    ends(1002, 'a part of a text without a mask', [text('x', begun), more('x', { masked: false })]),
    ...[0, 1, 125].map((size) =>
      ends(1002, `${size} bytes with a length of 16 bits`, [text('x'.repeat(size), { form: 16 })])),
    ...[0, 125, 126, 65535].map((size) =>
      ends(1002, `${size} bytes with a length of 64 bits`, [text('x'.repeat(size), { form: 64 })])),
    ends(1002, 'ping with a length of 16 bits', [ping('x', { form: 16 })]),
    ends(1002, 'ping with a length of 64 bits', [ping('x', { form: 64 })]),
    ...['8000000000000000', '8000000000000001', 'ffffffffffffffff'].map((length) =>
      ends(1002, `a length of ${length}`, [declared(BigInt(`0x${length}`))])),
    ...['7fffffffffffffff', '0000000100000000'].map((length) =>
      ends(1009, `a length of ${length}`, [declared(BigInt(`0x${length}`))])),
    ends(1009, 'a part that is too long', [text('a', begun), declared(2n ** 40n, op.more)]),
  ];
}

export const groups = {
  'lengths of payloads': framing(),
  'pings and pongs': pings(),
  'reserved bits': reserved_bits(),
  'reserved opcodes': opcodes(),
  'fragments': fragmentation(),
  'every order of three frames': orders(),
  'text that is UTF-8 and text that is not': utf8(),
  'close frames': closing(),
  'masks and lengths': headers(),
};
