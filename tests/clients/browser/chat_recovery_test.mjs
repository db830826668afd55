// The page at / in a real browser: what happens when the server goes, or the way to it, and comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_proxy } from '../cuttable_proxy.mjs';
import { until } from '../deadline.mjs';
import { open_house, two_in_a_room } from '../pages.mjs';
import { start_server } from '../server.mjs';

const freely = { args: ['--set', 'limits.enabled=false'] };

test('a server that is killed and comes back has lost nothing and doubled nothing', async (t) => {
  const server = await start_server(t, freely);
  const proxy = await start_proxy(t, server.port);
  const { ada, bob } = await two_in_a_room(t, proxy.url);
  await ada.say('before');
  await bob.until_said(['before']);

  await ada.page.type('#composer-text', 'typed while it ');
  for (const text of ['on its way 1', 'on its way 2']) await bob.say(text);
  await server.kill();
  for (const visitor of [ada, bob]) await visitor.until_text('.room-head .connection', /Reconnecting…/);
  await ada.page.type('#composer-text', 'died');
  await ada.press('Enter');
  await bob.say('into the void');
  await ada.until_text('#messages .pending-state', /Waiting for the server/);
  await server.start();
  proxy.target_port = server.port;

  const sent = ['before', 'into the void', 'on its way 1', 'on its way 2', 'typed while it died'];
  let shown = [];
  for (const visitor of [ada, bob]) {
    await visitor.until_connected();
    const is_all = async () => {
      shown = await visitor.texts('#messages .message:not(.pending) .body');
      return JSON.stringify([...shown].sort()) === JSON.stringify(sent);
    };
    await until(is_all, () => `all messages once; there are ${JSON.stringify(shown)}`);
    await visitor.until_text('#messages .line.back', /Back online: \d messages? caught up/);
  }
  assert.deepEqual(shown, await ada.texts('#messages .message:not(.pending) .body'), 'in the same order for both');
  await bob.page.reload();
  await bob.until_said(shown);
});

test('whoever pulls the plug gets what was missed, counted, and says what was said meanwhile', async (t) => {
  const server = await start_server(t, freely);
  const { ada, bob } = await two_in_a_room(t, server.url);
  await ada.click('.room-head .connection');
  await ada.click('#plug');
  await ada.until_text('.room-head .connection', /^Offline$/);
  await ada.press('Escape');
  await ada.say('said offline');
  for (const text of ['missed 1', 'missed 2', 'missed 3']) await bob.say(text);
  await bob.until_said(['missed 1', 'missed 2', 'missed 3']);
  await ada.until_said(['said offline']);
  await ada.click('.room-head .connection');
  await ada.click('#plug');
  await ada.until_said(['missed 1', 'missed 2', 'missed 3', 'said offline']);
  await ada.until_text('#messages .line.back', /Back online: 3 messages caught up/);
  await ada.until_text('#journal', /Salon: recovered, 3 messages/);
});

/// Lets the page have REST only, and takes the first answer to a post from it.
async function spoil(page, posts) {
  await page.evaluateOnNewDocument(() => { globalThis.WebSocket = undefined; });
  const session = await page.createCDPSession();
  session.on('Fetch.requestPaused', async ({ requestId, request }) => {
    const is_post = request.method === 'POST' && request.url.endsWith('/messages');
    if (is_post) posts.push(JSON.parse(request.postData));
    const fails = !is_post || posts.length === 1;
    if (fails) await session.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionReset' });
    else await session.send('Fetch.continueRequest', { requestId });
  });
  const patterns = [{ urlPattern: '*/connection/*' }, { urlPattern: '*/messages', requestStage: 'Response' }];
  await session.send('Fetch.enable', { patterns });
}

test('a message whose answer was lost is sent again, and is there once', async (t) => {
  const server = await start_server(t, freely);
  const house = await open_house(t);
  const posts = [];
  const ada = await house.visitor(`${server.url}/`, { before: (page) => spoil(page, posts) });
  await ada.enter('Ada');
  await ada.make_room('Salon');
  await ada.say('once');
  await until(async () => posts.length === 2 && (await ada.texts('#messages .pending')).length === 0, 'the second attempt to succeed');
  assert.equal(posts[0].client_id, posts[1].client_id);
  await ada.until_said(['once']);
  const kept = JSON.parse(await ada.page.evaluate(() => localStorage.getItem('palabre.account')));
  const headers = { authorization: `Bearer ${kept.access_token}` };
  const { items: [room] } = await (await fetch(`${server.url}/api/v1/rooms`, { headers })).json();
  assert.equal(room.message_count, 1);
});

test('after a gap that cannot be recovered the history is loaded anew', async (t) => {
  const server = await start_server(t, freely);
  const { ada, bob } = await two_in_a_room(t, server.url);
  await ada.say('before');
  await bob.until_said(['before']);
  await ada.click('.room-head .connection');
  await ada.click('#plug');
  await ada.press('Escape');
  const { id: room, token } = await bob.page.evaluate(() =>
    ({ id: window.location.hash.slice('#room='.length), token: JSON.parse(localStorage.getItem('palabre.account')).access_token }));
  const post = (body) => fetch(`${server.url}/api/v1/rooms/${room}/messages`, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ body }),
  });
  for (let i = 0; i < 1_010; i += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => post(`missed ${i + k}`)));
  await post('the last');
  await ada.click('.room-head .connection');
  await ada.click('#plug');
  await ada.until_text('#messages .line.back', /Back online: history loaded anew/);
  await ada.until_text('#messages .message:nth-last-child(2) .body', /^the last$/);
});
