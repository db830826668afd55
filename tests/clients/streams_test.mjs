// The same client without a WebSocket: what it hears comes as a streamed answer, what it says goes to /emulation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen, new_client, posted_bodies } from './client.mjs';
import { start_proxy } from './cuttable_proxy.mjs';
import { next_event, until, within } from './deadline.mjs';
import { register } from './person.mjs';
import { start_server } from './server.mjs';

const names = ['http_stream', 'sse'];
const transport = (url, name) => ({ transport: name, endpoint: `${url}/connection/${name}` });
const numbered = (word, count) => Array.from({ length: count }, (_, i) => `${word} ${i}`);

/// Ada in a room, listening through a proxy by the transport `name`.
async function scene(t, name, options = {}) {
  const server = await start_server(t);
  const proxy = await start_proxy(t, server.port);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  const client = new_client(t, [transport(proxy.url, name)],
                            { emulationEndpoint: `${proxy.url}/emulation`, token: ada.token, ...options });
  const { subscription, publications } = listen(client, room);
  const connected = next_event(client, 'connected'), subscribed = next_event(subscription, 'subscribed');
  subscription.subscribe();
  client.connect();
  assert.equal((await connected).transport, name);
  await subscribed;
  return { server, proxy, ada, room, client, subscription, publications };
}

async function until_posted(publications, count) {
  await until(() => posted_bodies(publications).length >= count,
              () => `${count} messages; there are ${posted_bodies(publications).length}`);
}

for (const name of names) {
  test(`${name}: says and hears`, async (t) => {
    const { ada, room, client, publications } = await scene(t, name);
    const data = { room_id: room.id, body: 'par le fil' };
    const message = (await within(client.rpc('message.post', data), 'an answer')).data;
    assert.equal(message.author_id, ada.id);
    await ada.post(room, 'by REST');
    await until_posted(publications, 2);
    assert.deepEqual(posted_bodies(publications), ['par le fil', 'by REST']);
    const stats = await within(client.presenceStats(`room:${room.id}`), 'presence');
    assert.equal(stats.numClients, 1);
  });

  test(`${name}: unsubscribes, and subscribes again where it was`, async (t) => {
    const { ada, room, subscription, publications } = await scene(t, name);
    await ada.post(room, 'one');
    await until_posted(publications, 1);
    const unsubscribed = next_event(subscription, 'unsubscribed');
    subscription.unsubscribe();
    await unsubscribed;
    const again = next_event(subscription, 'subscribed');
    await ada.post(room, 'two');
    subscription.subscribe();
    assert.equal((await again).recovered, true);
    await until_posted(publications, 2);
    assert.deepEqual(posted_bodies(publications), ['one', 'two']);
  });

  test(`${name}: recovers what was posted while it was cut off`, async (t) => {
    const { proxy, ada, room, subscription, publications } = await scene(t, name);
    const before = numbered('before', 3), missed = numbered('missed', 50), after = numbered('after', 3);
    for (const body of before) await ada.post(room, body);
    await until_posted(publications, 3);

    const noticed = next_event(subscription, 'subscribing');
    proxy.cut();
    await noticed;
    for (const body of missed) await ada.post(room, body);
    const again = next_event(subscription, 'subscribed');
    proxy.mend();
    assert.equal((await again).recovered, true);
    for (const body of after) await ada.post(room, body);
    await until_posted(publications, 56);
    assert.deepEqual(posted_bodies(publications), [...before, ...missed, ...after]);
    const first = publications[0].offset;
    assert.deepEqual(publications.map(({ offset }) => offset), publications.map((_, i) => first + i));
  });

  test(`${name}: comes back to a server that was killed`, async (t) => {
    const { server, proxy, ada, room, subscription, publications } = await scene(t, name);
    await ada.post(room, 'before');
    await until_posted(publications, 1);
    const noticed = next_event(subscription, 'subscribing');
    await server.kill();
    await noticed;
    await server.start();
    proxy.target_port = server.port;
    await ada.post(room, 'after');
    await until_posted(publications, 2);
    assert.deepEqual(posted_bodies(publications), ['before', 'after']);
  });

  test(`${name}: answers pings and stays`, async (t) => {
    const server = await start_server(t, { config: '[realtime]\nping_interval = "1s"\npong_timeout = "1s"\n' });
    const ada = await register(server, 'ada');
    let said = 0; ///< by /emulation
    const counting_fetch = (url, init) => {
      said += url.endsWith('/emulation') ? 1 : 0;
      return fetch(url, init);
    };
    const client = new_client(t, [transport(server.url, name)],
                              { emulationEndpoint: `${server.url}/emulation`, token: ada.token, fetch: counting_fetch });
    const left = [];
    const connected = next_event(client, 'connected');
    client.connect();
    await connected;
    client.on('connecting', (context) => left.push(context));
    await until(() => said >= 3, 'three answers to pings');
    await within(client.rpc('room.history', { room_id: (await ada.create_room('Salon')).id }), 'an answer');
    assert.deepEqual(left, []);
  });

  test(`${name}: is told that a token proves nothing`, async (t) => {
    const server = await start_server(t);
    const client = new_client(t, [transport(server.url, name)],
                              { emulationEndpoint: `${server.url}/emulation`, token: 'not-a-token' });
    const disconnected = next_event(client, 'disconnected');
    client.connect();
    assert.equal((await disconnected).code, 3500);
  });

  test(`${name}: gets a new token when its own has expired`, async (t) => {
    const server = await start_server(t, { config: '[auth]\naccess_token_ttl = "1s"\n' });
    const ada = await register(server, 'ada');
    await until(async () => (await ada.try('GET', '/me')).json.code === 'token_expired', 'the token to expire');
    const client = new_client(t, [transport(server.url, name)], {
      emulationEndpoint: `${server.url}/emulation`, token: ada.token, getToken: () => ada.sign_in(),
    });
    client.on('error', () => {});
    const connected = next_event(client, 'connected');
    client.connect();
    await connected;
  });
}

test('falls back to the next transport where one is not to be had', async (t) => {
  const server = await start_server(t);
  const ada = await register(server, 'ada');
  const nowhere = { transport: 'websocket', endpoint: `ws://127.0.0.1:${server.port}/nowhere` };
  const not_here = { transport: 'http_stream', endpoint: `${server.url}/nowhere` };
  const try_in_order = async (transports) => {
    const client = new_client(t, transports, { emulationEndpoint: `${server.url}/emulation`, token: ada.token });
    client.on('error', () => {});
    const connected = next_event(client, 'connected');
    client.connect();
    return (await connected).transport;
  };
  assert.equal(await try_in_order([nowhere, transport(server.url, 'http_stream'), transport(server.url, 'sse')]),
               'http_stream');
  assert.equal(await try_in_order([nowhere, not_here, transport(server.url, 'sse')]), 'sse');
});
