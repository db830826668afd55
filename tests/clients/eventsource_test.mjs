// A room's events for something that knows nothing of Palabre: the npm package `eventsource`, unmodified.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventSource } from 'eventsource';
import { at_end } from './at_end.mjs';
import { start_proxy } from './cuttable_proxy.mjs';
import { until, within } from './deadline.mjs';
import { register } from './person.mjs';
import { start_server } from './server.mjs';

async function scene(t) {
  const server = await start_server(t);
  const proxy = await start_proxy(t, server.port);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  return { proxy, ada, room, path: `/api/v1/rooms/${room.id}/events` };
}

/// An EventSource with everything it was told. `headers`: what it sends beside its own.
function follow(t, url, headers = {}) {
  const asked = []; ///< the Last-Event-ID of each request
  const fetch_with_headers = (target, init) => {
    asked.push(init.headers['Last-Event-ID']);
    return fetch(target, { ...init, headers: { ...headers, ...init.headers } });
  };
  const source = new EventSource(url, { fetch: fetch_with_headers });
  at_end(t, () => source.close());
  const events = [], reloads = [], errors = [];
  source.addEventListener('message', ({ data, lastEventId }) => events.push({ lastEventId, ...JSON.parse(data) }));
  source.addEventListener('reload', ({ data, lastEventId }) => reloads.push({ lastEventId, ...JSON.parse(data) }));
  source.addEventListener('error', ({ code }) => errors.push(code));
  const opened = within(new Promise((resolve) => source.addEventListener('open', resolve, { once: true })), 'it to open');
  opened.catch(() => {}); // a test that is not about that does not wait for it
  return { source, opened, events, reloads, errors, asked };
}

const bearer = ({ token }) => ({ Authorization: `Bearer ${token}` });
const bodies = (events) => events.filter(({ type }) => type === 'message.posted').map(({ data }) => data.body);
const ticket_for = async (person, path) => (await person.call(200, 'POST', '/me/tickets', { path })).ticket;

test('gives the events of a room, from the first one on', async (t) => {
  const { proxy, ada, room, path } = await scene(t);
  await ada.post(room, 'one');
  const { opened, events } = follow(t, `${proxy.url}${path}?after=0`, bearer(ada));
  await opened;
  await ada.post(room, 'two');
  await until(() => bodies(events).length === 2, 'both messages');
  assert.deepEqual(bodies(events), ['one', 'two']);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, i) => i + 1));
  for (const { lastEventId, seq } of events) assert.match(lastEventId, new RegExp(`^[A-Za-z]{8}:${seq}$`));
});

test('goes on from the last event after a cut', async (t) => {
  const { proxy, ada, room, path } = await scene(t);
  const { opened, events, asked } = follow(t, `${proxy.url}${path}`, bearer(ada));
  await opened;
  await ada.post(room, 'before');
  await until(() => events.length === 1, 'the first message');
  proxy.cut();
  for (let i = 0; i < 20; ++i) await ada.post(room, `missed ${i}`);
  proxy.mend();
  await until(() => events.length === 21, () => `21 events; there are ${events.length}`);
  await ada.post(room, 'after');
  await until(() => events.length === 22, 'the last message');
  assert.equal(asked.at(-1), events[0].lastEventId);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, i) => events[0].seq + i));
});

test('takes a ticket instead of a header, once', async (t) => {
  const { proxy, ada, room, path } = await scene(t);
  const url = `${proxy.url}${path}?after=0&ticket=${await ticket_for(ada, path)}`;
  const first = follow(t, url);
  await first.opened;
  await ada.post(room, 'one');
  await until(() => bodies(first.events).length === 1, 'a message');
  proxy.cut();
  proxy.mend();
  await until(() => first.source.readyState === EventSource.CLOSED, 'it to give up');
  assert.equal(first.errors.at(-1), 401, 'the ticket is spent');

  await ada.post(room, 'two');
  const after = first.events.at(-1).seq;
  const second = follow(t, `${proxy.url}${path}?after=${after}&ticket=${await ticket_for(ada, path)}`);
  await until(() => second.events.length === 1, 'what was missed');
  assert.deepEqual(bodies(second.events), ['two']);
});

test('is told to load anew when the history is another one', async (t) => {
  const { proxy, ada, room, path } = await scene(t);
  const { reloads, events } = follow(t, `${proxy.url}${path}`, { ...bearer(ada), 'Last-Event-ID': 'otherone:1' });
  await until(() => reloads.length === 1, 'to be told');
  const { epoch, last_seq, lastEventId } = reloads[0];
  assert.equal(lastEventId, `${epoch}:${last_seq}`);
  assert.notEqual(epoch, 'otherone');
  await ada.post(room, 'live');
  await until(() => events.length === 1, 'what comes');
  assert.equal(events[0].seq, last_seq + 1);
  assert.equal(reloads.length, 1);
});

test('is refused as REST refuses', async (t) => {
  const { proxy, path } = await scene(t);
  const { source, errors } = follow(t, `${proxy.url}${path}`);
  await until(() => source.readyState === EventSource.CLOSED, 'it to give up');
  assert.deepEqual(errors, [401]);
});
