// RFC 6455 as bytes: frames of a client, right or wrong on purpose, and frames of a server, which must be right.

import { createHash } from 'node:crypto';

export const op = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/// A frame of a client. What is wrong with it is named: `reserved` bits (1 to 7), not `masked`, a `length` other than the
/// payload's, the `form` of the length (7, 16 or 64 bits) other than the shortest.
export function frame(opcode, payload = '', { final = true, reserved = 0, masked = true, length, form } = {}) {
  const body = Buffer.from(payload); // a copy: it is masked in place
  const head = header(opcode, BigInt(length ?? body.length), { final, reserved, masked, form });
  if (!masked) return Buffer.concat([head, body]);
  for (let i = 0; i < body.length; ++i) body[i] ^= mask[i & 3];
  return Buffer.concat([head, mask, body]);
}

function header(opcode, length, { final, reserved, masked, form }) {
  form ??= length < 126n ? 7 : length < 65536n ? 16 : 64;
  const bytes = Buffer.alloc({ 7: 2, 16: 4, 64: 10 }[form]);
  bytes[0] = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  bytes[1] = (masked ? 0x80 : 0) | { 7: Number(length & 0x7fn), 16: 126, 64: 127 }[form];
  if (form === 16) bytes.writeUInt16BE(Number(length), 2);
  if (form === 64) bytes.writeBigUInt64BE(length, 2);
  return bytes;
}

/// One message as frames of `size` bytes of payload.
export function fragments(opcode, payload, size) {
  const body = Buffer.from(payload);
  const frames = [];
  for (let at = 0; at === 0 || at < body.length; at += size) {
    frames.push(frame(at === 0 ? opcode : op.more, body.subarray(at, at + size), { final: at + size >= body.length }));
  }
  return Buffer.concat(frames);
}

export function close_body(code, reason = '') {
  const body = Buffer.alloc(2);
  body.writeUInt16BE(code);
  return Buffer.concat([body, Buffer.from(reason)]);
}

/// A frame in words: what tests compare, and what a failure shows.
export function show({ opcode, payload }) {
  const name = Object.keys(op).find((key) => op[key] === opcode);
  if (opcode === op.close) return payload.length === 0 ? 'close' : `close ${payload.readUInt16BE(0)}`;
  if (payload.length <= 40) return `${name} ${JSON.stringify(payload.toString('latin1'))}`;
  return `${name} of ${payload.length} bytes, ${createHash('sha1').update(payload).digest('hex')}`;
}

export const shown = (opcode, payload = '') => show({ opcode, payload: Buffer.from(payload) });

/// Takes a server's bytes apart, however they are cut. Throws where a server may not send them so.
export class ServerFrames {
  #pieces = [];
  #size = 0;
  #wanted = 2; ///< so many bytes tell more than those that are here
  all = [];

  push(bytes) {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    while (this.#size >= this.#wanted && this.#take()) {}
  }

  /// Whether the bytes end with a whole frame.
  get is_whole() {
    return this.#size === 0;
  }

  /// False: more bytes are wanted.
  #take() {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [bytes];
    const form = bytes[1] & 0x7f;
    const head = form === 126 ? 4 : form === 127 ? 10 : 2;
    this.#wanted = head;
    if (bytes.length < head) return false;
    const length = form === 126 ? bytes.readUInt16BE(2) : form === 127 ? Number(bytes.readBigUInt64BE(2)) : form;
    this.#check(bytes, form, length);
    this.#wanted = head + length;
    if (bytes.length < this.#wanted) return false;
    this.all.push({ opcode: bytes[0] & 0x0f, payload: bytes.subarray(head, this.#wanted) });
    this.#pieces = [bytes.subarray(this.#wanted)];
    this.#size = bytes.length - this.#wanted;
    this.#wanted = 2;
    return true;
  }

  #check(bytes, form, length) {
    const fault = (what) => { throw new Error(`${what} in a frame of the server: ${bytes.subarray(0, 14).toString('hex')}`); };
    if ((bytes[0] & 0xf0) !== 0x80) fault('fragment or reserved bits');
    if (![op.text, op.binary, op.close, op.ping, op.pong].includes(bytes[0] & 0x0f)) fault('unknown opcode');
    if (bytes[1] & 0x80) fault('mask');
    if ((form === 126 && length < 126) || (form === 127 && length < 65536)) fault('length longer than needed');
    if (bytes[0] & 0x08 && length > 125) fault('long control frame');
    if (this.all.at(-1)?.opcode === op.close) fault('something behind a close frame:');
  }
}
