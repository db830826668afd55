import { Centrifuge, UnauthorizedError, type Options } from 'centrifuge';
import { isRefused, type Session } from './session.js';

/// What was begun by a subscribe().
export type Listening = {
  /// Fulfilled when everything from now on comes; rejected when the server refuses for good.
  readonly ready: Promise<void>;
  close(): void;
};

/// The connection, made when the first listener comes. It comes back by itself and gets what it missed.
export function connectionOf(url: string, session: Session, options: Partial<Options>): Centrifuge {
  const address = `${url.replace(/^http/, 'ws')}/connection/websocket`;
  return new Centrifuge(address, { ...options, getToken: () => tokenOf(session) });
}

async function tokenOf(session: Session): Promise<string> {
  let token: string | null;
  try {
    token = await session.accessToken();
  } catch (error) {
    if (isRefused(error)) throw new UnauthorizedError('the session has ended'); // trying again would change nothing
    throw error;
  }
  if (token === null) throw new UnauthorizedError('there is no session');
  return token;
}
