// Channels that only have a name, as a user of Centrifugo has them: tokens from a backend of their own, the server API,
// and a client that has not been changed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { in_seconds, start_backend } from './backend.mjs';
import { new_client } from './client.mjs';
import { next_event, until } from './deadline.mjs';
import { register } from './person.mjs';

const namespaces = `
[namespaces.chat]
history_size = 100
presence = true
join_leave = true
publish = "subscribers"
api_key_sha256 = ["KEY_HASH"]

[namespaces.news]
subscribe = "anyone"
anonymous = true
history_size = 10
force_recovery = true
history_for = "anyone"
api_key_sha256 = ["KEY_HASH"]

[namespaces.lobby]
subscribe = "user"
publish = "user"
`;

async function connected(t, backend, options) {
  const client = new_client(t, backend.server.websocket_url, options);
  const done = next_event(client, 'connected');
  client.connect();
  return { client, context: await done };
}

const user_client = (t, backend, name, claims = {}) =>
  connected(t, backend, { token: backend.sign({ sub: name, info: { name }, ...claims }) });

/// A subscription whose token the backend gives, and what it is given.
function listening(backend, client, user, channel, options = {}) {
  const subscription = client.newSubscription(channel, {
    getToken: async () => backend.sign({ sub: user, channel, exp: in_seconds(60) }),
    ...options,
  });
  const publications = [];
  subscription.on('publication', (publication) => publications.push(publication));
  return { subscription, publications };
}

async function subscribed(subscription) {
  const done = next_event(subscription, 'subscribed');
  subscription.subscribe();
  return done;
}

test('a backend\'s users publish and listen with subscription tokens', async (t) => {
  const backend = await start_backend(t, namespaces);
  const ada = await user_client(t, backend, 'ada'), bob = await user_client(t, backend, 'bob');
  const hers = listening(backend, ada.client, 'ada', 'chat:1'), his = listening(backend, bob.client, 'bob', 'chat:1');
  await subscribed(hers.subscription);
  await subscribed(his.subscription);
  await his.subscription.publish({ text: 'hello' });
  await until(() => hers.publications.length === 1 && his.publications.length === 1, 'the publication');
  const [{ data, offset, info }] = hers.publications;
  assert.deepEqual(data, { text: 'hello' });
  assert.equal(offset, 1);
  assert.deepEqual(info, { client: bob.context.client, user: 'bob', connInfo: { name: 'bob' } });
});

test('a subscription needs a token that is its own', async (t) => {
  const backend = await start_backend(t, namespaces);
  const { client } = await user_client(t, backend, 'ada');
  const without = client.newSubscription('chat:1');
  const refused = next_event(without, 'unsubscribed');
  without.subscribe();
  assert.equal((await refused).code, 103);
  const disconnected = next_event(client, 'disconnected');
  client.newSubscription('chat:2', { token: backend.sign({ sub: 'bob', channel: 'chat:2' }) }).subscribe();
  assert.equal((await disconnected).code, 3500);
});

test('history, presence, and who comes and goes', async (t) => {
  const backend = await start_backend(t, namespaces);
  const ada = await user_client(t, backend, 'ada'), bob = await user_client(t, backend, 'bob');
  const hers = listening(backend, ada.client, 'ada', 'chat:1', { joinLeave: true });
  const heard = [];
  hers.subscription.on('join', ({ info }) => heard.push(`${info.user} comes`));
  hers.subscription.on('leave', ({ info }) => heard.push(`${info.user} goes`));
  await subscribed(hers.subscription);
  const his = listening(backend, bob.client, 'bob', 'chat:1');
  await subscribed(his.subscription);
  for (let i = 1; i <= 5; ++i) await his.subscription.publish(i);

  const { clients } = await hers.subscription.presence();
  assert.deepEqual(Object.values(clients).map(({ user }) => user).sort(), ['ada', 'bob']);
  assert.deepEqual(await hers.subscription.presenceStats(), { numClients: 2, numUsers: 2 });
  const all = await hers.subscription.history({ limit: -1 });
  assert.deepEqual(all.publications.map(({ data }) => data), [1, 2, 3, 4, 5]);
  const newest = await hers.subscription.history({ limit: 2, reverse: true });
  assert.deepEqual(newest.publications.map(({ offset }) => offset), [5, 4]);
  const since = await hers.subscription.history({ limit: 2, since: { offset: 1, epoch: all.epoch } });
  assert.deepEqual(since.publications.map(({ offset }) => offset), [2, 3]);
  await assert.rejects(hers.subscription.history({ limit: 2, since: { offset: 1, epoch: '_' } }), { code: 112 });

  his.subscription.unsubscribe();
  await until(() => heard.includes('bob goes'), 'bob to go');
  assert.deepEqual(heard, ['ada comes', 'bob comes', 'bob goes']);
});

test('what was published meanwhile is recovered, unless it is too much', async (t) => {
  const backend = await start_backend(t, namespaces);
  const ada = await user_client(t, backend, 'ada');
  const { subscription, publications } = listening(backend, ada.client, 'ada', 'chat:1', { recoverable: true });
  await subscribed(subscription);
  for (const [missed, recovered] of [[100, true], [101, false]]) {
    subscription.unsubscribe();
    publications.length = 0;
    for (let i = 1; i <= missed; ++i) await backend.call('publish', { channel: 'chat:1', data: i });
    const again = await subscribed(subscription);
    assert.equal(again.wasRecovering, true);
    assert.equal(again.recovered, recovered);
    assert.deepEqual(publications.map(({ data }) => data),
                     recovered ? Array.from({ length: missed }, (_, i) => i + 1) : []);
  }
});

test('only what the tags let through is heard', async (t) => {
  const backend = await start_backend(t, namespaces);
  const ada = await user_client(t, backend, 'ada');
  const tagsFilter = { key: 'ticker', cmp: 'eq', val: 'AAPL' };
  const options = { tagsFilter, recoverable: true };
  const { subscription, publications } = listening(backend, ada.client, 'ada', 'chat:1', options);
  await subscribed(subscription);
  const publish = async (data, ticker) => backend.call('publish', { channel: 'chat:1', data, tags: { ticker } });
  await publish(1, 'GOOG');
  await publish(2, 'AAPL');
  await until(() => publications.length === 1, 'the publication');
  subscription.unsubscribe();
  await publish(3, 'GOOG');
  await publish(4, 'AAPL');
  assert.equal((await subscribed(subscription)).recovered, true);
  assert.deepEqual(publications.map(({ data }) => data), [2, 4]);
});

test('tokens of the connection and of a subscription are refreshed', async (t) => {
  const backend = await start_backend(t, namespaces);
  const asked = { connection: 0, subscription: 0 };
  const { client } = await connected(t, backend, {
    getToken: async () => {
      asked.connection += 1;
      return backend.sign({ sub: 'ada', exp: in_seconds(2) });
    },
  });
  const left = [];
  client.on('disconnected', ({ code }) => left.push(code));
  const { subscription, publications } = listening(backend, client, 'ada', 'chat:1', {
    getToken: async () => {
      asked.subscription += 1;
      return backend.sign({ sub: 'ada', channel: 'chat:1', exp: in_seconds(2) });
    },
  });
  subscription.on('subscribing', ({ code }) => code !== 0 && left.push(code));
  await subscribed(subscription);
  await until(() => asked.connection >= 3 && asked.subscription >= 3, 'two refreshes of each');
  await backend.call('publish', { channel: 'chat:1', data: 'still there' });
  await until(() => publications.length === 1, 'the publication');
  assert.deepEqual(left, []);
});

test('a subscription whose token is not refreshed ends, and begins anew with another', async (t) => {
  const backend = await start_backend(t, namespaces, 'expired_grace = "1s"');
  const { client } = await user_client(t, backend, 'ada');
  let asked = 0;
  const { subscription } = listening(backend, client, 'ada', 'chat:1', {
    getToken: () => {
      asked += 1;
      if (asked === 2) return new Promise(() => {}); // the backend hangs
      return Promise.resolve(backend.sign({ sub: 'ada', channel: 'chat:1', exp: in_seconds(2) }));
    },
  });
  await subscribed(subscription);
  const ended = next_event(subscription, 'subscribing');
  assert.equal((await ended).code, 2501);
  await next_event(subscription, 'subscribed');
  assert.equal(asked, 3);
});

test('an expired token is told as such, and a forged one ends the connection', async (t) => {
  const backend = await start_backend(t, namespaces);
  const getToken = async () => backend.sign({ sub: 'ada' });
  const client = new_client(t, backend.server.websocket_url, { token: backend.sign({ sub: 'ada', exp: 1 }), getToken });
  const refusals = [];
  client.on('error', ({ error }) => refusals.push(error.code));
  const done = next_event(client, 'connected');
  client.connect();
  await done;
  assert.deepEqual(refusals, [109]);
  const [header, , signature] = backend.sign({ sub: 'ada' }).split('.');
  const payload = Buffer.from(JSON.stringify({ sub: 'bob' })).toString('base64url');
  const forger = new_client(t, backend.server.websocket_url, { token: `${header}.${payload}.${signature}` });
  const ended = next_event(forger, 'disconnected');
  forger.connect();
  assert.equal((await ended).code, 3500);
});

test('channels in the token are listened to from the start, and recovered', async (t) => {
  const backend = await start_backend(t, namespaces);
  const subs = { 'news:all': { data: { hello: 1 }, override: { force_recovery: { value: true } } } };
  const token = backend.sign({ sub: 'ada', channels: ['chat:ada'], subs });
  const client = new_client(t, backend.server.websocket_url, { token });
  const heard = [], contexts = [];
  client.on('publication', ({ channel, data }) => heard.push([channel, data]));
  client.on('subscribed', (context) => contexts.push(context));
  const first = next_event(client, 'connected');
  client.connect();
  await first;
  assert.deepEqual(contexts.map(({ channel }) => channel).sort(), ['chat:ada', 'news:all']);
  assert.deepEqual(contexts.find(({ channel }) => channel === 'news:all').data, { hello: 1 });
  await backend.call('publish', { channel: 'chat:ada', data: 1 });
  await backend.call('publish', { channel: 'news:all', data: 2 });
  await until(() => heard.length === 2, 'both publications');

  client.disconnect();
  contexts.length = 0;
  await backend.call('publish', { channel: 'news:all', data: 3 });
  const again = next_event(client, 'connected');
  client.connect();
  await again;
  await until(() => heard.length === 3, 'the missed publication');
  assert.deepEqual(heard[2], ['news:all', 3]);
  assert.equal(contexts.find(({ channel }) => channel === 'news:all').recovered, true);
});

test('without a token one may listen where anyone may, and nowhere else', async (t) => {
  const backend = await start_backend(t, namespaces);
  const { client } = await connected(t, backend, {});
  const subscription = client.newSubscription('news:all');
  const publications = [];
  subscription.on('publication', (publication) => publications.push(publication));
  await subscribed(subscription);
  await backend.call('publish', { channel: 'news:all', data: 'read me' });
  await until(() => publications.length === 1, 'the publication');
  await assert.rejects(subscription.publish('me too'), { code: 103 });
  await assert.rejects(client.rpc('message.post', {}), { code: 101 });
  await assert.rejects(client.rpc('no.such', {}), { code: 108 });
  const lobby = client.newSubscription('lobby:1');
  const refused = next_event(lobby, 'unsubscribed');
  lobby.subscribe();
  assert.equal((await refused).code, 103);
});

test('people with an account here use named channels too', async (t) => {
  const backend = await start_backend(t, namespaces);
  const ada = await register(backend.server, 'ada');
  const { client } = await connected(t, backend, { token: ada.token });
  const subscription = client.newSubscription('lobby:1');
  const heard = next_event(subscription, 'publication');
  await subscribed(subscription);
  await subscription.publish('hello');
  assert.equal((await heard).info.user, ada.id);
});

test('the server API subscribes, unsubscribes and disconnects', async (t) => {
  const backend = await start_backend(t, namespaces);
  const { client } = await user_client(t, backend, 'ada');
  const came = next_event(client, 'subscribed');
  assert.deepEqual(await backend.call('subscribe', { user: 'ada', channel: 'chat:1', data: { why: 'invited' } }), {});
  const { channel, data } = await came;
  assert.deepEqual([channel, data], ['chat:1', { why: 'invited' }]);
  const heard = next_event(client, 'publication');
  await backend.call('publish', { channel: 'chat:1', data: 7 });
  assert.equal((await heard).data, 7);
  const went = next_event(client, 'unsubscribed');
  assert.deepEqual(await backend.call('unsubscribe', { user: 'ada', channel: 'chat:1' }), {});
  assert.equal((await went).channel, 'chat:1');
  const ended = next_event(client, 'disconnected');
  await backend.call('disconnect', { user: 'ada', disconnect: { code: 4501, reason: 'go away' } });
  const { code, reason } = await ended;
  assert.deepEqual([code, reason], [4501, 'go away']);
});

test('who the server API subscribes from a position gets what came since', async (t) => {
  const backend = await start_backend(t, namespaces);
  const { client } = await user_client(t, backend, 'ada');
  const heard = [];
  client.on('publication', ({ data, offset }) => heard.push([data, offset]));
  let epoch = '';
  for (const data of ['a', 'b', 'c']) epoch = (await backend.call('publish', { channel: 'news:all', data })).epoch;
  const came = next_event(client, 'subscribed');
  await backend.call('subscribe', { user: 'ada', channel: 'news:all', recover_since: { offset: 1, epoch } });
  const { recovered, streamPosition } = await came;
  assert.equal(recovered, true);
  assert.deepEqual(streamPosition, { offset: 1, epoch });
  await backend.call('publish', { channel: 'news:all', data: 'd' });
  await until(() => heard.length === 3, 'two that were missed, and one more');
  assert.deepEqual(heard, [['b', 2], ['c', 3], ['d', 4]]);
});

test('the server API publishes, broadcasts, and tells who listens', async (t) => {
  const backend = await start_backend(t, namespaces);
  const ada = await user_client(t, backend, 'ada');
  const { subscription, publications } = listening(backend, ada.client, 'ada', 'chat:1');
  await subscribed(subscription);
  const first = await backend.call('publish', { channel: 'chat:1', data: { n: 1 } });
  assert.equal(first.offset, 1);
  await backend.call('publish', { channel: 'chat:1', b64data: Buffer.from('[2]').toString('base64') });
  await backend.call('publish', { channel: 'chat:1', data: 'unkept', skip_history: true });
  const { responses } = await backend.call('broadcast', { channels: ['chat:1', 'no:1', 'room:1', 'lobby:1'], data: 4 });
  assert.equal(responses[0].result.offset, 3);
  assert.deepEqual(responses.slice(1).map(({ error }) => error.code), [102, 103, 103]);
  await until(() => publications.length === 4, 'four publications');
  assert.deepEqual(publications.map(({ data, offset }) => [data, offset]),
                   [[{ n: 1 }, 1], [[2], 2], ['unkept', undefined], [4, 3]]);

  const history = await backend.call('history', { channel: 'chat:1', limit: 2, reverse: true });
  assert.deepEqual(history.publications.map(({ data }) => data), [4, [2]]);
  assert.deepEqual([history.offset, history.epoch], [3, first.epoch]);
  const { presence } = await backend.call('presence', { channel: 'chat:1' });
  assert.deepEqual(Object.values(presence), [{ user: 'ada', client: ada.context.client, conn_info: { name: 'ada' } }]);
  assert.deepEqual(await backend.call('presence_stats', { channel: 'chat:1' }), { num_clients: 1, num_users: 1 });
  assert.deepEqual(await backend.call('channels', { pattern: 'ch*:?' }), { channels: { 'chat:1': { num_clients: 1 } } });
  assert.deepEqual(await backend.call('channels', { pattern: 'news:*' }), { channels: {} });
  const { nodes: [node] } = await backend.call('info');
  assert.deepEqual([node.num_clients, node.num_users, node.num_channels], [1, 1, 1]);
});

test('the server API refuses without a key, what does not parse, and what the key does not open', async (t) => {
  const backend = await start_backend(t, namespaces);
  const params = { channel: 'chat:1', data: 1 };
  assert.equal((await backend.post('publish', params, {})).status, 401);
  assert.equal((await backend.post('publish', params, { 'X-API-Key': 'x'.repeat(64) })).status, 401);
  assert.equal((await backend.post('publish', params, { Authorization: `apikey ${backend.api_key}` })).status, 200);
  assert.equal((await backend.post('publish', '{"channel"')).status, 400);
  assert.equal((await backend.post('publish', { channel: 'chat:1', data: 'x'.repeat(300_000) })).status, 413);
  assert.equal((await backend.post('no_such', params)).status, 404);
  for (const [method, wrong, code] of [
    ['publish', { channel: 'chat:1' }, 107],
    ['publish', { channel: '', data: 1 }, 107],
    ['publish', { channel: 'chat:1', data: 1, tags: { a: 1 } }, 107],
    ['publish', { channel: 'room:1', data: 1 }, 103],
    ['publish', { channel: 'user:1', data: 1 }, 103],
    ['publish', { channel: 'lobby:1', data: 1 }, 103],
    ['publish', { channel: 'weather', data: 1 }, 102],
    ['subscribe', { user: 'ada', channel: 'room:1' }, 103],
    ['presence', { channel: 'news:all' }, 108],
    ['history', { channel: 'chat:1', since: { offset: 9 } }, 112],
    ['disconnect', {}, 107],
    ['disconnect', { user: 'ada', disconnect: { code: 99, reason: '' } }, 107],
    ['disconnect', { user: 'ada', disconnect: { code: 4000, reason: 'true' } }, 107],
  ]) {
    const { error } = await backend.call(method, wrong);
    assert.equal(error?.code, code, `${method} ${JSON.stringify(wrong)}: ${JSON.stringify(error)}`);
  }
});
