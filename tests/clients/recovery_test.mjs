// Whoever was cut off has everything afterwards: once, in order, and without a line of application code for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen, new_client, posted_bodies } from './client.mjs';
import { start_proxy } from './cuttable_proxy.mjs';
import { next_event, until } from './deadline.mjs';
import { register } from './person.mjs';
import { start_server } from './server.mjs';

const numbered = (word, count) => Array.from({ length: count }, (_, i) => `${word} ${i}`);

async function post_all(person, room, bodies) {
  for (const body of bodies) await person.post(room, body); // one after the other: their order is the claim
}

async function until_posted(publications, count) {
  await until(() => posted_bodies(publications).length >= count,
              () => `${count} messages; there are ${posted_bodies(publications).length}`);
}

/// Ada in a room, listening through a proxy.
async function scene(t) {
  const server = await start_server(t);
  const proxy = await start_proxy(t, server.port);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  const client = new_client(t, proxy.websocket_url, { token: ada.token });
  const { subscription, publications } = listen(client, room);
  const subscribed = next_event(subscription, 'subscribed');
  subscription.subscribe();
  client.connect();
  return { server, proxy, ada, room, client, subscription, publications, first: await subscribed };
}

async function cut(proxy, subscription) {
  const noticed = next_event(subscription, 'subscribing');
  proxy.cut();
  await noticed;
}

async function mend(proxy, subscription) {
  const again = next_event(subscription, 'subscribed');
  proxy.mend();
  return again;
}

/// Each publication is the next event of the room, and says so.
function assert_gapless(publications, room) {
  const first = publications[0].offset;
  assert.deepEqual(publications.map(({ offset }) => offset), publications.map((_, i) => first + i));
  for (const { offset, channel, data } of publications) {
    assert.equal(channel, `room:${room.id}`);
    assert.equal(data.seq, offset);
    assert.equal(data.room_id, room.id);
  }
}

test('gives live messages as they were posted', async (t) => {
  const { ada, room, first, publications } = await scene(t);
  assert.equal(first.recoverable, true);
  assert.equal(first.wasRecovering, false);
  const message = await ada.post(room, 'bonjour');
  await until_posted(publications, 1);
  const { data, tags } = publications[0];
  assert.equal(data.type, 'message.posted');
  assert.equal(data.v, 2);
  assert.equal(data.seq, message.seq);
  assert.equal(data.actor_id, ada.id);
  assert.equal(data.data.message_id, message.id);
  assert.equal(data.data.body, 'bonjour');
  assert.equal(tags.t, 'message.posted');
  assert.equal(publications[0].offset, first.streamPosition.offset + 1);
});

test('gives 200 messages posted while it was cut off, once and in order', async (t) => {
  const { proxy, ada, room, subscription, publications } = await scene(t);
  const before = numbered('before', 3), missed = numbered('missed', 200), after = numbered('after', 3);
  await post_all(ada, room, before);
  await until_posted(publications, 3);

  await cut(proxy, subscription);
  await post_all(ada, room, missed);
  await until(() => proxy.refused > 0, 'an attempt to connect while it is cut');
  assert.equal(publications.length, 3, 'nothing can have come through');

  const again = await mend(proxy, subscription);
  assert.equal(again.wasRecovering, true);
  assert.equal(again.recovered, true);
  await post_all(ada, room, after); // what comes live behind them shows that nothing comes twice
  await until_posted(publications, 206);
  assert.deepEqual(posted_bodies(publications), [...before, ...missed, ...after]);
  assert_gapless(publications, room);
  assert.equal(proxy.accepted, 2);
});

test('gives everything when it is cut off again and again while messages are posted', async (t) => {
  const { proxy, ada, room, subscription, publications } = await scene(t);
  const bodies = numbered('under way', 120);
  const posting = post_all(ada, room, bodies);
  for (let round = 0; round < 6; ++round) {
    await until_posted(publications, 15 * round + 1);
    await cut(proxy, subscription);
    await mend(proxy, subscription);
  }
  await posting;
  await until_posted(publications, bodies.length);
  assert.deepEqual(posted_bodies(publications), bodies);
  assert_gapless(publications, room);
});

test('gives everything acknowledged before the server was killed, once it is back', async (t) => {
  const { server, proxy, ada, room, subscription, publications } = await scene(t);
  const before = numbered('before', 20), missed = numbered('missed', 20), after = numbered('after', 20);
  await post_all(ada, room, before);
  await until_posted(publications, before.length);
  await cut(proxy, subscription);
  await post_all(ada, room, missed);
  await server.kill();
  await server.start();
  await post_all(ada, room, after);
  proxy.target_port = server.port;
  const again = await mend(proxy, subscription);
  assert.equal(again.recovered, true);
  await until_posted(publications, 60);
  assert.deepEqual(posted_bodies(publications), [...before, ...missed, ...after]);
  assert_gapless(publications, room);
});
