import type { components } from './schema.js';

export type Tokens = {
  access_token: string;
  refresh_token: string;
  expires_at: number; ///< of the access token, in milliseconds since 1970 by this machine's clock
};

const earlyMs = 30_000; // an access token is renewed before a request could arrive too late

/// The tokens of one person. A refresh token is good for one use, and the second use ends the session on the server: so
/// there is never more than one refresh under way, and whoever needs a token meanwhile waits for it.
export class Session {
  #tokens: Tokens | null;
  #refreshing: Promise<Tokens> | null = null;
  readonly #exchange: (refreshToken: string) => Promise<components['schemas']['Session']>;
  readonly #changed: (tokens: Tokens | null) => void;

  constructor(
    tokens: Tokens | null,
    exchange: (refreshToken: string) => Promise<components['schemas']['Session']>,
    changed: (tokens: Tokens | null) => void,
  ) {
    this.#tokens = tokens;
    this.#exchange = exchange;
    this.#changed = changed;
  }

  get tokens(): Tokens | null {
    return this.#tokens;
  }

  set(tokens: Tokens | null): void {
    this.#tokens = tokens;
    this.#changed(tokens);
  }

  open(session: components['schemas']['Session']): Tokens {
    const tokens = {
      access_token: session.access_token,
      refresh_token: session.refresh_token,
      expires_at: Date.now() + session.expires_in * 1000,
    };
    this.set(tokens);
    return tokens;
  }

  /// An access token that is good for a while, or null without a session. Throws what the refresh was refused with.
  async accessToken(): Promise<string | null> {
    const tokens = this.#tokens;
    if (tokens === null) return null;
    if (tokens.expires_at - earlyMs > Date.now()) return tokens.access_token;
    return (await this.refresh()).access_token;
  }

  /// A new access token in place of `refused`, which may have been replaced meanwhile.
  async replace(refused: string): Promise<string> {
    const tokens = this.#tokens;
    if (tokens !== null && tokens.access_token !== refused) return tokens.access_token;
    return (await this.refresh()).access_token;
  }

  refresh(): Promise<Tokens> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refresh(): Promise<Tokens> {
    const spent = this.#tokens;
    if (spent === null) throw new Error('there is no session: register or log in first');
    try {
      const session = await this.#exchange(spent.refresh_token);
      return this.open(session);
    } catch (error) {
      if (isRefused(error) && this.#tokens === spent) this.set(null);
      throw error;
    }
  }
}

/// By the server, for good: not by a network that failed.
export function isRefused(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && error.status === 401;
}
