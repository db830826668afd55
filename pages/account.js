// Who one is: an account, its session, and where the browser keeps them. Every tab of a browser shares one account, unless
// a tab has one of its own. Refresh tokens are good once, so tabs take turns to use them.

import { Refusal, request } from './api.js';

const key = 'palabre.account';
const early_ms = 30_000; // a token is exchanged so long before its end

/// A browser may refuse to keep anything: then it lasts as long as the page.
function keeper(name) {
  const memory = new Map();
  const attempt = (action, otherwise) => {
    try {
      return action(window[name]);
    } catch {
      return otherwise();
    }
  };
  return {
    get: () => attempt((kept) => kept.getItem(key), () => memory.get(key) ?? null),
    set: (text) => attempt((kept) => kept.setItem(key, text), () => memory.set(key, text)),
    remove: () => attempt((kept) => kept.removeItem(key), () => memory.delete(key)),
  };
}

const of_browser = keeper('localStorage');
const of_tab = keeper('sessionStorage');

export class Account {
  #kept_in;
  #kept;

  constructor(kept_in, kept) {
    this.#kept_in = kept_in;
    this.#kept = kept;
  }

  /// The account that this tab, else this browser, remembers; null: none.
  static remembered() {
    for (const place of [of_tab, of_browser]) {
      const text = place.get();
      if (text) return new Account(place, JSON.parse(text));
    }
    return null;
  }

  /// A new account of that name, with a password drawn at random.
  static async register(name, { only_in_this_tab = false } = {}) {
    const login = login_for(name);
    const password = random_text(24);
    const session = await request('POST', '/api/v1/auth/register', { body: { login, password, display_name: name } });
    return Account.#begin(session, password, only_in_this_tab);
  }

  /// The password is not kept.
  static async log_in(login, password, { only_in_this_tab = false } = {}) {
    const session = await request('POST', '/api/v1/auth/login', { body: { login, password } });
    return Account.#begin(session, null, only_in_this_tab);
  }

  static #begin(session, password, only_in_this_tab) {
    const account = new Account(only_in_this_tab ? of_tab : of_browser, { password });
    account.#keep(session);
    return account;
  }

  get user() {
    return this.#kept.user;
  }

  /// null: it is its owner's secret, not ours.
  get password() {
    return this.#kept.password;
  }

  /// The profile has changed.
  rename(user) {
    this.#kept = { ...this.#kept, user };
    this.#kept_in.set(JSON.stringify(this.#kept));
  }

  get is_of_this_tab() {
    return this.#kept_in === of_tab;
  }

  /// Leaves nothing behind in this browser. The session ends too, if the server can be told.
  async forget() {
    this.#kept_in.remove();
    const body = { refresh_token: this.#kept.refresh_token };
    await request('POST', '/api/v1/auth/logout', { body }).catch(() => {}); // forgotten here, whatever it says
  }

  /// An access token that is good for a while. Throws Refusal (401: one has to log in again) or Unreachable.
  async token() {
    if (this.#is_fresh()) return this.#kept.access_token;
    await in_turn(() => this.#renew());
    return this.#kept.access_token;
  }

  /// A call in the account's name: as request().
  async call(method, path, body) {
    const token = await this.token();
    try {
      return await request(method, path, { token, body });
    } catch (error) {
      if (error.status !== 401) throw error;
      if (this.#kept.access_token === token) this.#kept.expires_at = 0;
      return request(method, path, { token: await this.token(), body });
    }
  }

  /// The next token() is a new one.
  distrust_token() {
    this.#kept.expires_at = 0;
  }

  #is_fresh() {
    return Date.now() < this.#kept.expires_at - early_ms;
  }

  async #renew() {
    const spent = this.#kept.access_token;
    const text = this.#kept_in.get();
    if (text) this.#kept = { ...JSON.parse(text) }; // another tab may have been here first
    if (this.#is_fresh() && this.#kept.access_token !== spent) return;
    try {
      this.#keep(await request('POST', '/api/v1/auth/refresh', { body: { refresh_token: this.#kept.refresh_token } }));
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401 || !this.#kept.password) throw error;
      const body = { login: this.#kept.user.login, password: this.#kept.password };
      this.#keep(await request('POST', '/api/v1/auth/login', { body }));
    }
  }

  #keep({ user, access_token, refresh_token, expires_in }) {
    this.#kept = { ...this.#kept, user, access_token, refresh_token, expires_at: Date.now() + expires_in * 1000 };
    this.#kept_in.set(JSON.stringify(this.#kept));
  }
}

/// Calls `forgotten` when another tab has forgotten the account they share.
export function when_forgotten_elsewhere(forgotten) {
  window.addEventListener('storage', (event) => {
    if (event.key === key && event.newValue === null) forgotten();
  });
}

let renewal = null; ///< in this tab

/// One at a time, in all tabs where the browser can see to that (not on plain http: away from this machine).
function in_turn(action) {
  const run = () => (navigator.locks ? navigator.locks.request(key, action) : action());
  renewal ??= run().finally(() => { renewal = null; });
  return renewal;
}

const letters = 'abcdefghijkmnpqrstuvwxyz23456789'; // 32 of them, none like another

export function random_text(length) {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % letters.length]).join('');
}

/// "Zoë Ångström" → "zoe.angstrom-k3x9w": what a login may be, and nobody's yet.
function login_for(name) {
  const plain = name.normalize('NFD').toLowerCase().replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '.');
  return `${plain.replace(/^\.+|\.+$/g, '').slice(0, 24) || 'guest'}-${random_text(5)}`;
}
