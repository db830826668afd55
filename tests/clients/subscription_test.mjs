// Who may listen to what, and that silence is kept after unsubscribing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen, new_client, posted_bodies } from './client.mjs';
import { next_event, until, within } from './deadline.mjs';
import { register } from './person.mjs';
import { start_server } from './server.mjs';

async function connected_client(t, server, person) {
  const client = new_client(t, server.websocket_url, { token: person.token });
  const connected = next_event(client, 'connected');
  client.connect();
  await connected;
  return client;
}

async function subscribe(subscription) {
  const subscribed = next_event(subscription, 'subscribed');
  subscription.subscribe();
  return subscribed;
}

/// The code with which the server refused the channel for good.
async function refusal(client, channel) {
  const subscription = client.newSubscription(channel);
  const refused = next_event(subscription, 'unsubscribed');
  subscription.subscribe();
  return (await refused).code;
}

async function scene(t) {
  const server = await start_server(t);
  const [ada, bob] = [await register(server, 'ada'), await register(server, 'bob')];
  return { server, ada, bob };
}

test('a room one is not in is refused with 103, whether it exists or not', async (t) => {
  const { server, ada, bob } = await scene(t);
  const hidden = await ada.create_room('Caché', { visibility: 'private' });
  const open = await ada.create_room('Ouvert', { visibility: 'public' });
  const client = await connected_client(t, server, bob);
  assert.equal(await refusal(client, `room:${hidden.id}`), 103);
  assert.equal(await refusal(client, `room:${open.id}`), 103);
  assert.equal(await refusal(client, 'room:no-such-room'), 103);
  assert.equal(client.state, 'connected');
});

test('a channel of no known kind is refused with 102', async (t) => {
  const { server, ada } = await scene(t);
  const client = await connected_client(t, server, ada);
  assert.equal(await refusal(client, 'weather:paris'), 102);
});

test('whoever has joined gets what members get', async (t) => {
  const { server, ada, bob } = await scene(t);
  const room = await ada.create_room('Caché', { visibility: 'private' });
  await bob.join_by_code(room.share_code);
  const { subscription, publications } = listen(await connected_client(t, server, bob), room);
  await subscribe(subscription);
  await ada.post(room, 'bienvenue');
  await until(() => publications.length === 1, 'the message');
  assert.deepEqual(posted_bodies(publications), ['bienvenue']);
});

test('unsubscribing ends the messages, and subscribing again brings what was missed', async (t) => {
  const { server, ada } = await scene(t);
  const room = await ada.create_room('Salon');
  const client = await connected_client(t, server, ada);
  const { subscription, publications } = listen(client, room);
  await subscribe(subscription);
  await ada.post(room, 'one');
  await until(() => publications.length === 1, 'the first message');

  const unsubscribed = next_event(subscription, 'unsubscribed');
  subscription.unsubscribe();
  await unsubscribed;
  // Its answer comes behind the server's farewell to the channel, and behind every frame sent before.
  await within(client.rpc('message.post', { room_id: room.id, body: 'two' }), 'an answer');
  await ada.post(room, 'three');
  await within(client.rpc('message.post', { room_id: room.id, body: 'four' }), 'an answer');
  assert.deepEqual(posted_bodies(publications), ['one']);

  const again = await subscribe(subscription);
  assert.equal(again.recovered, true);
  await until(() => publications.length === 4, 'what was missed');
  assert.deepEqual(posted_bodies(publications), ['one', 'two', 'three', 'four']);
});

test('a member who leaves is unsubscribed by the server', async (t) => {
  const { server, ada, bob } = await scene(t);
  const room = await ada.create_room('Salon');
  await bob.join_by_code(room.share_code);
  const { subscription, publications } = listen(await connected_client(t, server, bob), room);
  await subscribe(subscription);
  const unsubscribed = next_event(subscription, 'unsubscribed');
  await bob.call(204, 'POST', `/rooms/${room.id}/leave`);
  assert.equal((await unsubscribed).code, 2000);
  await ada.post(room, 'between us');
  assert.deepEqual(posted_bodies(publications), []);
});
