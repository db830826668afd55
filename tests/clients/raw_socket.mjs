// A WebSocket client that says whatever bytes it is given, over a plain TCP connection.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import net from 'node:net';
import { within } from './deadline.mjs';
import { op, ServerFrames } from './frames.mjs';

export const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const key_suffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/// The text of an upgrade request. `changes` to its headers: another value, or null for none.
export function upgrade_request(path, changes = {}, start = `GET ${path} HTTP/1.1`) {
  const headers = {
    'Host': 'palabre.test',
    'Connection': 'Upgrade',
    'Upgrade': 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    ...changes,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}`);
  return `${[start, ...lines].join('\r\n')}\r\n\r\n`;
}

/// Connects and shakes hands. `behind`: bytes sent in the same packet as the request.
export async function open_raw(server, path, { behind = '', headers = {} } = {}) {
  const raw = new RawSocket(server.port);
  raw.socket.write(Buffer.concat([Buffer.from(upgrade_request(path, headers)), Buffer.from(behind)]));
  const head = await within(raw.head, `the answer to an upgrade of ${path}`);
  assert.equal(head.status, 101, head.text);
  const expected = createHash('sha1').update(key + key_suffix).digest('base64');
  assert.equal(head.headers['sec-websocket-accept'], expected);
  return raw;
}

/// Status, headers and body of an answer to `text`, after which the connection is closed from here.
export async function ask_raw(server, text) {
  const raw = new RawSocket(server.port);
  raw.socket.end(text);
  const head = await within(raw.head, 'an answer');
  if (head.status === 101) raw.socket.destroy();
  await within(raw.ended, 'the end of the connection');
  return head;
}

function parse_head(text) {
  const [start, ...lines] = text.split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { text, status: Number(start.split(' ')[1]), headers };
}

class RawSocket {
  #before = Buffer.alloc(0); ///< what came of the head of the answer
  #frames = new ServerFrames();
  #is_upgraded = false;
  #fault = null;
  socket;
  head;  ///< resolves to {text, status, headers}
  ended; ///< resolves when the connection has ended: true if orderly

  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    let reset = false;
    this.socket.on('error', () => { reset = true; });
    this.ended = new Promise((resolve) => this.socket.once('close', () => resolve(!reset)));
    this.head = new Promise((resolve, reject) => {
      this.ended.then(() => reject(new Error('the connection ended before an answer')));
      this.socket.on('data', (bytes) => this.#hear(bytes, resolve));
    });
    this.head.catch(() => {}); // whoever waits for it is told
  }

  /// All frames so far.
  get heard() {
    if (this.#fault) throw this.#fault;
    return this.#frames.all;
  }

  /// Writes `bytes`, in pieces of `piece` bytes.
  send(bytes, piece = bytes.length) {
    for (let at = 0; at < bytes.length; at += piece) this.socket.write(bytes.subarray(at, at + piece));
  }

  /// All frames up to the end of the connection, which must come.
  async rest() {
    await within(this.ended, 'the end of the connection');
    if (!this.#frames.is_whole) throw new Error('the connection ended within a frame of the server');
    return this.heard;
  }

  /// The code of the close frame that ended it; 0: its body was empty; null: it ended without.
  async close_code() {
    const last = (await this.rest()).at(-1);
    if (last?.opcode !== op.close) return null;
    return last.payload.length === 0 ? 0 : last.payload.readUInt16BE(0);
  }

  #hear(bytes, resolve) {
    if (!this.#is_upgraded) {
      this.#before = Buffer.concat([this.#before, bytes]);
      const end = this.#before.indexOf('\r\n\r\n');
      if (end < 0) return;
      bytes = this.#before.subarray(end + 4);
      this.#is_upgraded = true;
      const head = parse_head(this.#before.subarray(0, end).toString('latin1'));
      resolve(head);
      if (head.status !== 101) {
        this.socket.removeAllListeners('data').resume();
        return;
      }
    }
    try {
      this.#frames.push(bytes);
    } catch (fault) {
      this.#fault ??= fault;
      this.socket.destroy();
    }
  }
}
