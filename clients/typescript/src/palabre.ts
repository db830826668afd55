import type { Centrifuge, Options } from 'centrifuge';
import createClient from 'openapi-fetch';
import { throwing, type Call, type Http } from './calls.js';
import { connectionOf, type Listening } from './realtime.js';
import { Room } from './room.js';
import type { components, operations, paths } from './schema.js';
import { Session, type Tokens } from './session.js';
import { listenToUser, type UserHandlers } from './user_channel.js';

type Schemas = components['schemas'];
type Body<Operation extends keyof operations> = operations[Operation] extends {
  requestBody: { content: { 'application/json': infer Taken } };
}
  ? Taken
  : never;

export type PalabreOptions = {
  url: string; ///< of the server: `https://chat.example.org`
  tokens?: Tokens | null; ///< of an earlier session, as `onTokens` gave them
  onTokens?: (tokens: Tokens | null) => void; ///< they have changed: keep them; null: the session has ended
  fetch?: (request: Request) => Promise<Response>;
  realtimeUrl?: string; ///< where it is not `url`
  realtime?: Partial<Options>; ///< of centrifuge; before Node 22 it needs `{ websocket: WebSocket }` of the package ws
};

/// One person's way to a Palabre server.
export class Palabre {
  /// openapi-fetch itself, for who needs headers, an ETag for instance: refusals come as `error`.
  readonly http: Http;
  readonly get: Call<'get'>;
  readonly post: Call<'post'>;
  readonly put: Call<'put'>;
  readonly patch: Call<'patch'>;
  readonly delete: Call<'delete'>;
  readonly #session: Session;
  readonly #fetch: (request: Request) => Promise<Response>;
  readonly #connect: () => Centrifuge;
  #connection: Centrifuge | null = null;

  constructor(options: PalabreOptions) {
    const url = options.url.replace(/\/+$/, '');
    this.#fetch = options.fetch ?? ((request) => fetch(request));
    this.http = createClient<paths, 'application/json'>({ baseUrl: url, fetch: (request) => this.#send(request) });
    this.get = throwing(this.http.GET);
    this.post = throwing(this.http.POST);
    this.put = throwing(this.http.PUT);
    this.patch = throwing(this.http.PATCH);
    this.delete = throwing(this.http.DELETE);
    const exchange = (token: string) => this.post('/api/v1/auth/refresh', { body: { refresh_token: token } });
    this.#session = new Session(options.tokens ?? null, exchange, options.onTokens ?? (() => {}));
    this.#connect = () => connectionOf(options.realtimeUrl?.replace(/\/+$/, '') ?? url, this.#session, options.realtime ?? {});
  }

  /// Null before register() or login(), and once the session has ended.
  get tokens(): Tokens | null {
    return this.#session.tokens;
  }

  /// Makes an account and its first session.
  async register(account: Body<'register'>): Promise<Schemas['Me']> {
    const session = await this.post('/api/v1/auth/register', { body: account });
    this.#session.open(session);
    return session.user;
  }

  async login(credentials: Body<'log_in'>): Promise<Schemas['Me']> {
    const session = await this.post('/api/v1/auth/login', { body: credentials });
    this.#session.open(session);
    return session.user;
  }

  /// Ends the session on the server and closes the connection.
  async logout(): Promise<void> {
    const tokens = this.#session.tokens;
    this.close();
    if (tokens === null) return;
    await this.post('/api/v1/auth/logout', { body: { refresh_token: tokens.refresh_token } });
    this.#session.set(null);
  }

  /// New tokens at once; else they are renewed when they are needed.
  async refresh(): Promise<Tokens> {
    return this.#session.refresh();
  }

  room(id: string): Room {
    return new Room(id, this, () => this.#realtime());
  }

  async createRoom(room: Body<'make_room'>): Promise<Schemas['Room']> {
    return this.post('/api/v1/rooms', { body: room });
  }

  async joinByCode(shareCode: string): Promise<Schemas['Room']> {
    return this.post('/api/v1/rooms/join', { body: { share_code: shareCode } });
  }

  setPresence(presence: Body<'set_my_presence'>): Promise<Schemas['OwnPresence']> {
    return this.put('/api/v1/me/presence', { body: presence });
  }

  subscribe(handlers: UserHandlers): Listening {
    return listenToUser(this.#realtime(), handlers);
  }

  /// Ends the connection and all that listens on it. The session stays.
  close(): void {
    this.#connection?.disconnect();
    this.#connection = null;
  }

  #realtime(): Centrifuge {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  /// With the access token; once more with a new one if it had expired.
  async #send(request: Request): Promise<Response> {
    if (new URL(request.url).pathname.includes('/api/v1/auth/')) return this.#fetch(request);
    const token = await this.#session.accessToken();
    if (token === null) return this.#fetch(request);
    const again = request.clone();
    request.headers.set('authorization', `Bearer ${token}`);
    const response = await this.#fetch(request);
    if (!(await hasExpired(response))) return response;
    again.headers.set('authorization', `Bearer ${await this.#session.replace(token)}`);
    return this.#fetch(again);
  }
}

async function hasExpired(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const problem: unknown = await response.clone().json().catch(() => null);
  return typeof problem === 'object' && problem !== null && 'code' in problem && problem.code === 'token_expired';
}
