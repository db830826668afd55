// In a browser: a message that was posted arrives, and so does what was posted while the browser was cut off.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open_page, serve_page } from '../browser.mjs';
import { start_proxy } from '../cuttable_proxy.mjs';
import { until } from '../deadline.mjs';
import { register } from '../person.mjs';
import { start_server } from '../server.mjs';

const transports = ['websocket', 'http_stream', 'sse'];

/// Runs in the page: a client that notes what happens to it.
function listen_in_page(transport, url, token, channel) {
  const client = new globalThis.Centrifuge([{ transport, endpoint: `${url}/connection/${transport}` }],
    { token, emulationEndpoint: `${url}/emulation`, minReconnectDelay: 20, maxReconnectDelay: 200 });
  const subscription = client.newSubscription(channel);
  globalThis.client = client;
  globalThis.noted = { subscribed: [], bodies: [], offsets: [], interruptions: 0, errors: 0 };
  subscription.on('subscribed', (context) => noted.subscribed.push(context));
  subscription.on('publication', ({ data, offset }) => {
    noted.bodies.push(data.data.body);
    noted.offsets.push(offset);
  });
  client.on('connecting', () => { noted.interruptions += 1; });
  client.on('error', () => { noted.errors += 1; });
  subscription.subscribe();
  client.connect();
}

async function scene(t, transport, settings = (origin) => ['--set', `server.allowed_origins=${origin}`]) {
  const origin = await serve_page(t);
  const server = await start_server(t, { args: settings(origin) });
  const proxy = await start_proxy(t, server.port);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  const page = await open_page(t, origin);
  await page.evaluate(listen_in_page, transport, proxy.url, ada.token, `room:${room.id}`);
  return { proxy, ada, room, page };
}

const noted = (page) => page.evaluate(() => globalThis.noted);

async function until_noted(page, holds, what) {
  let seen = null;
  await until(async () => holds(seen = await noted(page)), () => `${what}; there is ${JSON.stringify(seen)}`);
  return seen;
}

for (const transport of transports) {
  test(`over ${transport} a browser gets what is posted, and what was posted while it was cut off`, async (t) => {
    const { proxy, ada, room, page } = await scene(t, transport);
    const first = await until_noted(page, ({ subscribed }) => subscribed.length === 1, 'a subscription');
    assert.equal(first.subscribed[0].wasRecovering, false);
    await ada.post(room, 'bonjour');
    await until_noted(page, ({ bodies }) => bodies.length === 1, 'the message');

    proxy.cut();
    await until_noted(page, ({ interruptions }) => interruptions === 2, 'the browser to notice that it is cut off');
    const missed = Array.from({ length: 50 }, (_, i) => `missed ${i}`);
    for (const body of missed) await ada.post(room, body);
    await until(() => proxy.refused > 0, 'an attempt to connect while it is cut');
    assert.deepEqual((await noted(page)).bodies, ['bonjour']);

    proxy.mend();
    const again = await until_noted(page, ({ subscribed }) => subscribed.length === 2, 'the subscription again');
    assert.equal(again.subscribed[1].wasRecovering, true);
    assert.equal(again.subscribed[1].recovered, true);
    await ada.post(room, 'afterwards');
    const all = await until_noted(page, ({ bodies }) => bodies.length === missed.length + 2, 'all messages');
    assert.deepEqual(all.bodies, ['bonjour', ...missed, 'afterwards']);
    assert.deepEqual(all.offsets, all.offsets.map((_, i) => all.offsets[0] + i));
  });
}

for (const transport of transports) {
  test(`over ${transport} a page of an origin that is not allowed gets nothing`, async (t) => {
    const { ada, room, page } = await scene(t, transport, () => []);
    await ada.post(room, 'bonjour');
    const { subscribed, bodies } = await until_noted(page, ({ errors }) => errors >= 3, 'attempts to connect that fail');
    assert.deepEqual({ subscribed, bodies }, { subscribed: [], bodies: [] });
  });
}
