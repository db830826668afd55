// Who may connect, and how the client gets a new token when its own has expired.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { new_client } from './client.mjs';
import { next_event, until } from './deadline.mjs';
import { register } from './person.mjs';
import { start_server } from './server.mjs';

const short_lived = '[auth]\naccess_token_ttl = "1s"\n';

/// A person whose access token the server calls expired.
async function expired(t) {
  const server = await start_server(t, { config: short_lived });
  const ada = await register(server, 'ada');
  await until(async () => (await ada.try('GET', '/me')).json.code === 'token_expired', 'the token to expire');
  return { server, ada };
}

test('an expired token is told as such, and the client comes back with a new one by itself', async (t) => {
  const { server, ada } = await expired(t);
  let asked = 0;
  const getToken = () => {
    asked += 1;
    return ada.sign_in();
  };
  const client = new_client(t, server.websocket_url, { token: ada.token, getToken });
  const refusals = [];
  client.on('error', ({ error }) => refusals.push(error.code));
  const connected = next_event(client, 'connected');
  client.connect();
  await connected;
  assert.ok(asked >= 1);
  assert.equal(refusals[0], 109);
});

test('an expired token with no way to a new one ends the connection', async (t) => {
  const { server, ada } = await expired(t);
  const client = new_client(t, server.websocket_url, { token: ada.token });
  client.on('error', () => {});
  const disconnected = next_event(client, 'disconnected');
  client.connect();
  assert.equal((await disconnected).code, 1); // the client's own code for "unauthorized"
});

for (const [what, token, code] of [
  ['a token that proves nothing', 'not-a-token', 3500],
  ['a token signed by nobody', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.', 3500],
  ['no token', '', 3501],
]) {
  test(`${what} ends the connection for good with ${code}`, async (t) => {
    const server = await start_server(t);
    const client = new_client(t, server.websocket_url, { token });
    const disconnected = next_event(client, 'disconnected');
    client.connect();
    assert.equal((await disconnected).code, code);
  });
}
