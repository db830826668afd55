// The calls over the connection mirror REST: the same answers, the same refusals.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen, new_client, posted_bodies } from './client.mjs';
import { next_event, until, within } from './deadline.mjs';
import { register } from './person.mjs';
import { start_server } from './server.mjs';

async function scene(t) {
  const server = await start_server(t);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  const client = new_client(t, server.websocket_url, { token: ada.token });
  const connected = next_event(client, 'connected');
  client.connect();
  await connected;
  return { server, ada, room, client };
}

const post = async (client, data) => (await within(client.rpc('message.post', data), 'an answer')).data;

/// The error that the call was answered with.
async function refusal(client, method, data) {
  const answered = client.rpc(method, data).then(({ data: got }) => assert.fail(`answered: ${JSON.stringify(got)}`),
                                                 (error) => error);
  const error = await within(answered, 'a refusal');
  if (error instanceof Error) throw error; // an assertion of this file; the client rejects with a plain object
  return error;
}

test('message.post answers the message as REST shows it, and subscribers get it', async (t) => {
  const { ada, room, client } = await scene(t);
  const { subscription, publications } = listen(client, room);
  const subscribed = next_event(subscription, 'subscribed');
  subscription.subscribe();
  await subscribed;
  const message = await post(client, { room_id: room.id, body: 'par le fil' });
  assert.equal(message.body, 'par le fil');
  assert.equal(message.room_id, room.id);
  assert.equal(message.author_id, ada.id);
  assert.deepEqual(await ada.messages(room), [message]);
  await until(() => publications.length === 1, 'the publication');
  assert.deepEqual(posted_bodies(publications), ['par le fil']);
  assert.equal(publications[0].offset, message.seq);
});

test('message.post with the same client_id posts once', async (t) => {
  const { ada, room, client } = await scene(t);
  const once = { room_id: room.id, body: 'once', client_id: 'c-1' };
  const first = await post(client, once);
  const second = await post(client, once);
  assert.equal(second.id, first.id);
  assert.equal(second.seq, first.seq);
  assert.equal((await ada.messages(room)).length, 1);
  assert.equal((await refusal(client, 'message.post', { ...once, body: 'other' })).code, 422);
});

test('calls made together are answered each with its own message', async (t) => {
  const { ada, room, client } = await scene(t);
  const bodies = Array.from({ length: 100 }, (_, i) => `together ${i}`);
  const answers = await Promise.all(bodies.map((body) => post(client, { room_id: room.id, body })));
  assert.deepEqual(answers.map(({ body }) => body), bodies);
  assert.deepEqual(await ada.messages(room), [...answers].sort((a, b) => a.seq - b.seq));
});

test('refusals carry the code of the contract, and nothing is stored', async (t) => {
  const { server, ada, room, client } = await scene(t);
  const bob = await register(server, 'bob');
  const others = await bob.create_room('Ailleurs', { visibility: 'private' });
  assert.equal((await refusal(client, 'message.post', { room_id: others.id, body: 'x' })).code, 404);
  assert.equal((await refusal(client, 'message.post', { room_id: 'no-such-room', body: 'x' })).code, 404);
  assert.equal((await refusal(client, 'message.post', { room_id: room.id, body: '' })).code, 422);
  assert.equal((await refusal(client, 'message.shout', { room_id: room.id, body: 'x' })).code, 104);
  assert.deepEqual(await ada.messages(room), []);
  assert.deepEqual(await bob.messages(others), []);
  assert.equal((await post(client, { room_id: room.id, body: 'still here' })).body, 'still here');
});
