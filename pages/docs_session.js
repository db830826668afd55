// Who the calls of the page are made by. The tokens are in memory only. Tells: "changed".

import { request } from './api.js';

const early_ms = 30_000;

export class Session extends EventTarget {
  #tokens = null;
  #expires_at = 0;

  get user() {
    return this.#tokens?.user ?? null;
  }

  /// The one there is, maybe expired; '' if nobody is logged in.
  get token() {
    return this.#tokens?.access_token ?? '';
  }

  /// `way`: "login" or "register".
  async open(way, login, password) {
    this.#keep(await request('POST', `/api/v1/auth/${way}`, { body: { login, password } }));
  }

  async close() {
    const body = { refresh_token: this.#tokens.refresh_token };
    this.#tokens = null;
    this.dispatchEvent(new Event('changed'));
    await request('POST', '/api/v1/auth/logout', { body }).catch(() => {}); // it ends by itself in some days
  }

  /// A token that is good for a while, or the old one if there is no other.
  async fresh_token() {
    if (this.#tokens && Date.now() > this.#expires_at - early_ms) {
      const body = { refresh_token: this.#tokens.refresh_token };
      await request('POST', '/api/v1/auth/refresh', { body }).then((tokens) => this.#keep(tokens), () => {});
    }
    return this.token;
  }

  #keep(tokens) {
    this.#tokens = tokens;
    this.#expires_at = Date.now() + tokens.expires_in * 1000;
    this.dispatchEvent(new Event('changed'));
  }
}
