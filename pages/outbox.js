// Messages on their way. Each has a client_id, which the server knows again: whatever is sent a second time, because no
// answer came to the first, is posted once. One room's messages go one after the other. Tells: "changed", "posted".

import { random_text } from './account.js';

const pause_ms = 1_000; // doubles up to:
const pause_max_ms = 8_000;

export class Outbox extends EventTarget {
  #account;
  #connection;
  #entries = [];        ///< {client_id, room_id, body, reply_to, at, state, reason}
  #working = new Set(); ///< rooms
  #wakers = new Set();

  constructor(account, connection) {
    super();
    this.#account = account;
    this.#connection = connection;
    connection.addEventListener('connected', () => this.#wake());
  }

  /// state: sending, waiting (for the server) or refused (see reason).
  in_room(room_id) {
    return this.#entries.filter((entry) => entry.room_id === room_id);
  }

  send(room_id, body, reply_to) {
    const entry = { client_id: random_text(24), room_id, body, reply_to, at: new Date(), state: 'sending', reason: null };
    this.#entries.push(entry);
    this.#changed();
    this.#work(room_id);
  }

  try_again(entry) {
    entry.state = 'sending';
    this.#changed();
    this.#work(entry.room_id);
  }

  discard(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#changed();
  }

  /// The room has told of it: what we sent has arrived, whether or not an answer comes.
  arrived(client_id) {
    const entry = this.#entries.find((other) => other.client_id === client_id);
    if (entry) this.discard(entry);
  }

  async #work(room_id) {
    if (this.#working.has(room_id)) return;
    this.#working.add(room_id);
    let pause = pause_ms;
    for (let entry = this.#next(room_id); entry; entry = this.#next(room_id)) {
      const wait = await this.#deliver(entry, pause);
      pause = wait > 0 ? Math.min(pause * 2, pause_max_ms) : pause_ms;
      if (wait > 0) await this.#pause(wait);
    }
    this.#working.delete(room_id);
  }

  #next(room_id) {
    return this.#entries.find((entry) => entry.room_id === room_id && entry.state !== 'refused');
  }

  /// How long to wait before the next attempt; 0: there is nothing to wait for.
  async #deliver(entry, pause) {
    if (this.#connection.is_unplugged) return this.#put_off(entry, Infinity);
    this.#become(entry, 'sending');
    const { client_id, room_id, body, reply_to } = entry;
    try {
      const message = await this.#account.call('POST', `/api/v1/rooms/${room_id}/messages`, { body, reply_to, client_id });
      this.discard(entry);
      this.dispatchEvent(new CustomEvent('posted', { detail: message }));
      return 0;
    } catch (error) {
      if (!this.#entries.includes(entry)) return 0; // it arrived after all
      if (error.retryable) return this.#put_off(entry, error.retry_after_ms || pause);
      entry.reason = error;
      this.#become(entry, 'refused');
      return 0;
    }
  }

  #put_off(entry, wait) {
    this.#become(entry, 'waiting');
    return wait;
  }

  #become(entry, state) {
    if (entry.state === state) return;
    entry.state = state;
    this.#changed();
  }

  /// Until the time is over, or the connection is back.
  #pause(wait) {
    return new Promise((resolve) => {
      const timer = wait === Infinity ? 0 : setTimeout(resolve, wait);
      this.#wakers.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake() {
    for (const waker of this.#wakers) waker();
    this.#wakers.clear();
  }

  #changed() {
    this.dispatchEvent(new Event('changed'));
  }
}
