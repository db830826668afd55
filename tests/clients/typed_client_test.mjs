// The typed client of clients/typescript against the real server. PALABRE_API_URL_FOR: a module whose default export
// gives the URL under which a server's API is to be reached in its place; ./dev contract hands one over that puts a
// proxy between them which holds every request and every answer against the document.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import WebSocket from 'ws';
import { at_end } from './at_end.mjs';
import { until, within } from './deadline.mjs';
import { start_server } from './server.mjs';
import { readme_example, runnable, typed_client } from './typed_client.mjs';

const { Palabre, PalabreError } = await typed_client();
const reached_at = process.env.PALABRE_API_URL_FOR
  ? (await import(process.env.PALABRE_API_URL_FOR)).default
  : async (t, server) => server.url;

const password = 'a quiet afternoon';
const realtime = { websocket: WebSocket, minReconnectDelay: 20, maxReconnectDelay: 200 };

/// A server, and a way to make clients of it that are closed at the end of the test.
async function scene(t, options) {
  const server = await start_server(t, options);
  const url = await reached_at(t, server);
  const client = (more = {}) => {
    const palabre = new Palabre({ url, realtimeUrl: server.url, realtime, ...more });
    at_end(t, () => palabre.close());
    return palabre;
  };
  const person = async (login, more) => {
    const palabre = client(more);
    const me = await palabre.register({ login, password, display_name: login });
    return { palabre, me };
  };
  return { server, url, client, person };
}

async function refusal(promise) {
  const error = await promise.then((given) => assert.fail(`given: ${JSON.stringify(given)}`), (refused) => refused);
  if (!(error instanceof PalabreError)) throw error;
  return error;
}

test('a person registers, makes a room, posts, edits, reacts and reads', async (t) => {
  const { person } = await scene(t);
  const { palabre, me } = await person('ada');
  const made = await palabre.createRoom({ name: 'Salon', visibility: 'public', category: 'books' });
  const room = palabre.room(made.id);
  const message = await room.post({ body: 'bonjour', client_id: 'c-1', metadata: { mood: 'good' } });
  assert.equal(message.author_id, me.id);
  assert.equal((await room.post({ body: 'bonjour', client_id: 'c-1', metadata: { mood: 'good' } })).id, message.id);
  assert.deepEqual(message.metadata, { mood: 'good' });
  const path = { id: made.id, mid: message.id };
  const edited = await palabre.patch('/api/v1/rooms/{id}/messages/{mid}', { params: { path }, body: { body: 'bonsoir' } });
  assert.equal(edited.body, 'bonsoir');
  const { added, reactions } = await room.react(message.id, '👍');
  assert.deepEqual([added, reactions], [true, [{ emoji: '👍', count: 1, me: true }]]);
  assert.equal((await room.messages({ limit: 1 })).at(-1).body, 'bonsoir');
  assert.equal(await palabre.delete('/api/v1/rooms/{id}/messages/{mid}', { params: { path } }), undefined);
  assert.equal((await room.messages()).at(-1).body, null);
  assert.equal((await room.markRead(message.seq)).last_read_seq, message.seq);
  assert.equal((await room.get()).message_count, 0);
  assert.equal((await palabre.get('/api/v1/rooms', { params: { query: { limit: 5 } } })).items[0].role, 'owner');
  await room.typing();
});

test('refusals are errors with a code, the fields and whether to try again', async (t) => {
  const { person, client } = await scene(t);
  const { palabre } = await person('ada');
  const wrong = await refusal(palabre.createRoom({ name: '' }));
  assert.deepEqual([wrong.status, wrong.retryable, wrong.errors[0].pointer], [422, false, '/name']);
  assert.ok(wrong.requestId);
  const taken = await refusal(client().register({ login: 'ada', password }));
  assert.deepEqual([taken.status, taken.code], [409, 'login_taken']);
  assert.equal((await refusal(client().login({ login: 'ada', password: 'something else' }))).code, 'wrong_credentials');
  assert.equal((await refusal(client().get('/api/v1/me'))).code, 'unauthenticated');
  assert.equal((await refusal(palabre.room('0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11').get())).code, 'not_found');
});

test('what answers in place of Palabre is an error too', async (t) => {
  const { client } = await scene(t);
  const answering = (response) => client({ fetch: async () => response() });
  const page = answering(() => new Response('<html>', { status: 502, headers: { 'retry-after': '7' } }));
  const error = await refusal(page.get('/health'));
  assert.deepEqual([error.status, error.code, error.retryAfter], [502, 'unexpected_answer', 7]);
});

test('tokens are renewed before they expire, once for all who wait, and may be kept', async (t) => {
  const { client, person } = await scene(t);
  const kept = [];
  const { palabre, me } = await person('ada', { onTokens: (tokens) => kept.push(tokens) });
  const first = palabre.tokens;
  const stale = { ...first, expires_at: Date.now() };
  const later = client({ tokens: stale, onTokens: (tokens) => kept.push(tokens) });
  const answers = await Promise.all(Array.from({ length: 10 }, () => later.get('/api/v1/me')));
  assert.deepEqual(new Set(answers.map(({ id }) => id)), new Set([me.id]));
  assert.equal(kept.length, 2, 'one refresh for ten requests');
  assert.notEqual(later.tokens.refresh_token, first.refresh_token);
  assert.deepEqual(kept.at(-1), later.tokens);
  await later.logout();
  assert.equal(kept.at(-1), null);
  assert.equal((await refusal(later.get('/api/v1/me'))).code, 'unauthenticated');
});

test('a token that has expired in spite of the clock is renewed and the request sent again', async (t) => {
  const { client, person } = await scene(t, { args: ['--set', 'auth.access_token_ttl=3s'] });
  const { palabre } = await person('ada');
  const wrong_clock = client({ tokens: { ...palabre.tokens, expires_at: Date.now() + 3_600_000 } });
  const before = wrong_clock.tokens.access_token;
  await until(async () => {
    const made = await wrong_clock.createRoom({ name: 'Salon' });
    assert.equal(made.name, 'Salon', 'the body came along');
    return wrong_clock.tokens.access_token !== before;
  }, 'the token to expire and be renewed');
});

test('a session that the server has ended is over for the client too', async (t) => {
  const { client, person } = await scene(t);
  const { palabre } = await person('ada');
  const spent = { ...palabre.tokens };
  await palabre.refresh();
  const told = [];
  const thief = client({ tokens: { ...spent, expires_at: 0 }, onTokens: (tokens) => told.push(tokens) });
  assert.equal((await refusal(thief.get('/api/v1/me'))).status, 401);
  assert.deepEqual([thief.tokens, told], [null, [null]]);
});

test('a room tells what happens in it, by type', async (t) => {
  const { person } = await scene(t);
  const { palabre: ada, me } = await person('ada');
  const { palabre: bob, me: other } = await person('bob');
  const made = await ada.createRoom({ name: 'Salon', visibility: 'public' });
  const heard = [];
  const note = (name) => (event) => heard.push([name, event]);
  const names = ['onMessage', 'onEdit', 'onDelete', 'onReaction', 'onPin', 'onMember', 'onRoom', 'onTyping', 'onPresence'];
  const events = [];
  const listening = ada.room(made.id).subscribe({
    ...Object.fromEntries(names.map((name) => [name, note(name)])),
    onEvent: (event) => events.push(event),
  });
  await within(listening.ready, 'the subscription');
  await bob.joinByCode(made.share_code);
  const room = bob.room(made.id);
  const message = await room.post('bonjour');
  const path = { id: made.id, mid: message.id };
  await bob.patch('/api/v1/rooms/{id}/messages/{mid}', { params: { path }, body: { body: 'bonsoir' } });
  await room.react(message.id, '👍');
  await room.react(message.id, '👍');
  await ada.put('/api/v1/rooms/{id}/pins/{mid}', { params: { path } });
  assert.deepEqual((await room.pins()).map((pin) => [pin.message.body, pin.pinned_by]), [['bonsoir', me.id]]);
  await room.typing();
  await bob.delete('/api/v1/rooms/{id}/messages/{mid}', { params: { path } });
  await ada.patch('/api/v1/rooms/{id}', { params: { path: { id: made.id } }, body: { name: 'Jardin' } });
  await until(() => heard.some(([name]) => name === 'onRoom'), () => `the change of the room; there are ${heard.map(([name]) => name)}`);
  const stored = heard.filter(([name]) => !['onTyping', 'onPresence'].includes(name));
  assert.deepEqual(stored.map(([name]) => name),
                   ['onMember', 'onMessage', 'onEdit', 'onReaction', 'onReaction', 'onPin', 'onDelete', 'onRoom']);
  assert.deepEqual(stored.map(([, event]) => event), events, 'onEvent gets each of them');
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, i) => events[0].seq + i));
  const [joined, posted, edited, added, removed, pinned, deleted, updated] = events.map(({ data }) => data);
  assert.deepEqual([joined.user_id, joined.role, joined.display_name], [other.id, 'member', 'bob']);
  assert.deepEqual([posted.message_id, posted.body, posted.reply_to, posted.author_name], [message.id, 'bonjour', null, 'bob']);
  assert.deepEqual([edited.message_id, edited.body, edited.edit], [message.id, 'bonsoir', 1]);
  assert.deepEqual([added.emoji, removed.emoji, removed.message_seq], ['👍', '👍', message.seq]);
  assert.equal(pinned.message_id, message.id);
  assert.equal(deleted.author_id, other.id);
  assert.equal(updated.settings.name, 'Jardin');
  const [, typing] = heard.find(([name]) => name === 'onTyping');
  assert.equal(typing.data.user_id, other.id);
  const here = async () => (await ada.room(made.id).presence()).items.find(({ user_id }) => user_id === me.id);
  await until(async () => (await here())?.status === 'online', 'the presence, which follows the connection');
  listening.close();
});

test('the user is told of people, memberships and read positions', async (t) => {
  const { person } = await scene(t);
  const { palabre: ada, me } = await person('ada');
  const { palabre: bob, me: other } = await person('bob');
  const made = await ada.createRoom({ name: 'Salon', visibility: 'public' });
  const people = [], memberships = [], read = [];
  const listening = bob.subscribe({
    onPresence: (person) => people.push(person),
    onMembership: (event) => memberships.push(event),
    onRead: (event) => read.push(event),
  });
  await within(listening.ready, 'the connection');
  await bob.joinByCode(made.share_code);
  await until(() => memberships.length === 1, 'the membership');
  assert.deepEqual([memberships[0].type, memberships[0].data.room_id], ['member.joined', made.id]);
  const message = await ada.room(made.id).post('bonjour');
  await bob.room(made.id).markRead(message.seq);
  await until(() => read.length === 1, 'the read position');
  assert.equal(read[0].data.seq, message.seq);
  await within(ada.room(made.id).subscribe({}).ready, 'ada’s connection');
  await ada.setPresence({ status: 'busy', text: 'in a meeting' });
  await until(() => people.some(({ user_id, status }) => user_id === me.id && status === 'busy'), 'ada’s presence');
  assert.equal(people.find(({ status }) => status === 'busy').text, 'in a meeting');
  assert.notEqual(other.id, me.id);
});

test('who may not listen to a room is told so, and whoever leaves it too', async (t) => {
  const { person } = await scene(t);
  const { palabre: ada } = await person('ada');
  const { palabre: bob } = await person('bob');
  const made = await ada.createRoom({ name: 'Cabinet', visibility: 'private' });
  const refused = await refusal(within(bob.room(made.id).subscribe({}).ready, 'a refusal'));
  assert.equal(refused.code, 'forbidden');
  await bob.joinByCode(made.share_code);
  const ends = [];
  const listening = bob.room(made.id).subscribe({ onEnd: (error) => ends.push(error) });
  await within(listening.ready, 'the subscription');
  await bob.post('/api/v1/rooms/{id}/leave', { params: { path: { id: made.id } } });
  await until(() => ends.length === 1, 'the end');
  assert.ok(ends[0] instanceof PalabreError);
});

test('several listen to one room over one subscription, and one closes for itself', async (t) => {
  const { person } = await scene(t);
  const { palabre } = await person('ada');
  const room = palabre.room((await palabre.createRoom({ name: 'Salon' })).id);
  const first = [], second = [];
  const one = room.subscribe({ onMessage: ({ data }) => first.push(data.body) });
  const other = room.subscribe({ onMessage: ({ data }) => second.push(data.body) });
  await within(Promise.all([one.ready, other.ready]), 'both subscriptions');
  await room.post('to both');
  await until(() => first.length === 1 && second.length === 1, 'the message');
  one.close();
  await room.post('to one');
  await until(() => second.length === 2, 'the other message');
  assert.deepEqual([first, second], [['to both'], ['to both', 'to one']]);
  other.close();
  const third = [];
  const again = room.subscribe({ onMessage: ({ data }) => third.push(data.body) });
  await within(again.ready, 'another subscription');
  await room.post('again');
  await until(() => third.length === 1, 'the third message');
});

test('a connection outlives its access token', async (t) => {
  const { person } = await scene(t, { args: ['--set', 'auth.access_token_ttl=2s'] });
  const { palabre } = await person('ada');
  const room = palabre.room((await palabre.createRoom({ name: 'Salon' })).id);
  const heard = [];
  const listening = room.subscribe({ onMessage: ({ data }) => heard.push(data.body), onEnd: (error) => assert.fail(error.message) });
  await within(listening.ready, 'the subscription');
  const before = palabre.tokens.access_token;
  await until(() => palabre.tokens.access_token !== before, 'the connection to ask for another token');
  await room.post('still here');
  await until(() => heard.includes('still here'), 'the message');
});

test('the example of the README does what it says', async (t) => {
  const { server, url } = await scene(t);
  const AsyncFunction = (async () => {}).constructor;
  const opened = [], lines = [];
  class Closed extends Palabre {
    constructor(options) {
      super({ ...options, url, realtimeUrl: server.url });
      opened.push(this);
    }
  }
  at_end(t, () => opened.forEach((palabre) => palabre.close()));
  const given = { Palabre: Closed, PalabreError, WebSocket, console: { log: (...what) => lines.push(what.join(' ')) } };
  await new AsyncFunction(...Object.keys(given), runnable(readme_example()))(...Object.values(given));
  await until(() => lines.includes('Ada: Good morning!'), () => `the message; there is ${JSON.stringify(lines)}`);
  assert.ok(lines.some((line) => line.startsWith('login_taken')), lines.join('\n'));
});
