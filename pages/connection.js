// The realtime connection: npm's `centrifuge`, which comes back by itself and asks for what it missed. Tells: "state",
// "connected", "told" (an event of the user's own channel), "refused" (one has to log in again), "journal".

import { Refusal } from './api.js';

const journal_lines_max = 50;

const { Centrifuge } = window;

export class Connection extends EventTarget {
  #account;
  #client;
  #is_unplugged = false;
  #has_been_connected = false;
  state = 'reconnecting'; ///< or connected, offline
  transport = '';
  journal = []; ///< {at, words}: what happened to it, for people

  constructor(account) {
    super();
    this.#account = account;
    const { protocol, host, origin } = window.location;
    const transports = [
      { transport: 'websocket', endpoint: `${protocol.replace('http', 'ws')}//${host}/connection/websocket` },
      { transport: 'http_stream', endpoint: `${origin}/connection/http_stream` },
      { transport: 'sse', endpoint: `${origin}/connection/sse` },
    ];
    this.#client = new Centrifuge(transports, {
      getToken: () => this.#token(),
      emulationEndpoint: `${origin}/emulation`,
      minReconnectDelay: 300,
      maxReconnectDelay: 4_000,
      name: 'palabre-page',
    });
    this.#follow_client();
  }

  start() {
    this.#client.connect();
  }

  stop() {
    this.#client.disconnect();
  }

  get is_unplugged() {
    return this.#is_unplugged;
  }

  /// Cuts the connection on purpose, to see what happens.
  unplug() {
    this.#is_unplugged = true;
    this.#client.disconnect();
  }

  plug_in() {
    this.#is_unplugged = false;
    this.#client.connect();
  }

  /// Listens to a room until leave(). `heard(event)` gets its events; `back({recovered, events})` is called when it came
  /// back, behind what came with that; `begun(seq)` when it listens, from behind that one, without having missed anything it
  /// knows of.
  listen(room_id, { begun, heard, back, ended }) {
    const subscription = this.#client.newSubscription(`room:${room_id}`);
    let caught_up = null; // the events that come with a recovery: all within the same task
    subscription.on('subscribed', ({ wasRecovering, recovered, streamPosition }) => {
      if (!wasRecovering) return begun(streamPosition?.offset ?? 0);
      caught_up = [];
      const before = caught_up;
      queueMicrotask(() => {
        caught_up = null;
        back({ recovered, events: before });
      });
    });
    subscription.on('publication', ({ data, offset }) => {
      if (offset) caught_up?.push(data);
      heard(data);
    });
    subscription.on('unsubscribed', ({ code, reason }) => ended(code, reason));
    subscription.subscribe();
  }

  leave(room_id) {
    const subscription = this.#client.getSubscription(`room:${room_id}`);
    if (!subscription) return;
    subscription.removeAllListeners();
    subscription.unsubscribe();
    this.#client.removeSubscription(subscription);
  }

  /// Says something that need not arrive.
  whisper(method, data) {
    if (this.state === 'connected') this.#client.rpc(method, data).catch(() => {});
  }

  note(words) {
    this.journal.push({ at: new Date(), words });
    this.journal.splice(0, this.journal.length - journal_lines_max);
    this.dispatchEvent(new Event('journal'));
  }

  async #token() {
    try {
      return await this.#account.token();
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) throw new Centrifuge.UnauthorizedError('log in again');
      throw error;
    }
  }

  #follow_client() {
    this.#client.on('connecting', ({ code, reason }) => {
      if (code !== 0) this.note(`Connection lost: ${reason}.`); // 0: it is asked to connect
      this.#become('reconnecting');
    });
    this.#client.on('connected', ({ transport }) => {
      this.transport = transport;
      this.note(`${this.#has_been_connected ? 'Connected again' : 'Connected'} by ${transport_words[transport] ?? transport}.`);
      this.#has_been_connected = true;
      this.#become('connected');
      this.dispatchEvent(new Event('connected'));
    });
    this.#client.on('disconnected', ({ code, reason }) => this.#ended(code, reason));
    this.#client.on('publication', ({ data }) => this.dispatchEvent(new CustomEvent('told', { detail: data })));
  }

  /// 1: a token could not be had; 3500 and above: the server will not have us back.
  #ended(code, reason) {
    this.note(this.#is_unplugged ? 'The plug was pulled.' : `Disconnected: ${reason}.`);
    this.#become('offline');
    if (this.#is_unplugged) return;
    if (code === 1) this.dispatchEvent(new Event('refused'));
    if (code === 3500) this.#try_another_token();
  }

  async #try_another_token() {
    this.#account.distrust_token();
    try {
      await this.#account.token();
      this.#client.connect();
    } catch {
      this.dispatchEvent(new Event('refused'));
    }
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }
}

const transport_words = { websocket: 'WebSocket', http_stream: 'HTTP streaming', sse: 'server-sent events' };
