// The page at / in a real browser: what people do with it, what happens when the server goes, and that whoever cannot see
// it, or has no mouse, can use it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_proxy } from '../cuttable_proxy.mjs';
import { until } from '../deadline.mjs';
import { narrow, open_house, two_in_a_room } from '../pages.mjs';
import { register } from '../person.mjs';
import { start_server } from '../server.mjs';

const freely = { args: ['--set', 'limits.enabled=false'] };

test('two people talk, answer, edit, delete and react, and each sees what the other does', async (t) => {
  const server = await start_server(t, freely);
  const { ada, bob } = await two_in_a_room(t, server.url);
  await ada.say('bonjour');
  await bob.until_said(['bonjour']);
  await bob.say('salut');
  await ada.until_said(['bonjour', 'salut']);

  await ada.do_with('salut', 'react');
  await ada.click('#emoji-grid button');
  await bob.until_texts('#messages .reaction', ['👍1']);
  await bob.click('#messages .reaction');
  await ada.until_texts('#messages .reaction', ['👍2']);
  await ada.click('#messages .reaction');
  await bob.until_texts('#messages .reaction', ['👍1']);

  await bob.do_with('bonjour', 'reply');
  await bob.say('an answer');
  await ada.until_text('#messages .reply-line', /Ada bonjour/);
  await bob.do_with('an answer', 'edit');
  await bob.say('a better answer');
  await ada.until_said(['bonjour', 'salut', 'a better answer (edited)']);
  await bob.do_with('a better answer', 'delete');
  await bob.click('#sure-yes');
  await ada.until_said(['bonjour', 'salut', 'This message was deleted.']);
});

test('one sees who is there, who writes, and who goes', async (t) => {
  const server = await start_server(t, { args: [...freely.args, '--set', 'presence.grace=1s'] });
  const { ada, bob } = await two_in_a_room(t, server.url);
  await ada.until_texts('#people-list .person-name', ['Ada (you)', 'Bob']);
  await bob.page.type('#composer-text', 'well');
  await ada.until_text('#typing', /^Bob is writing…$/);
  await bob.click('#me');
  await bob.page.select('#account-status', 'busy');
  await ada.until_text('#people-list .is-busy', /Bob/);
  await bob.page.select('#account-status', 'auto');
  await ada.until_text('#people-list .is-online', /Bob/);
  await bob.page.close();
  await ada.until_text('#people-list .is-offline', /Bob/);
  await ada.until_text('#room-facts', /^2 members · 1 here now$/);
});

test('what is unread is counted, and read in one tab is read in all', async (t) => {
  const server = await start_server(t, freely);
  const { ada, bob } = await two_in_a_room(t, server.url);
  await bob.make_room('Elsewhere');
  const other_tab = await bob.second_tab(`${server.url}/`);
  await other_tab.until_texts('#rooms .room-item-name', ['Elsewhere', 'Salon']);
  for (const text of ['one', 'two']) await ada.say(text);
  for (const tab of [bob, other_tab]) await tab.until_texts('#rooms .unread-count', ['2 unread']);
  await bob.click('#rooms .has-unread');
  await bob.until_said(['one', 'two']);
  await bob.until_text('#messages .line.unread', /^New$/);
  for (const tab of [bob, other_tab]) await tab.until_texts('#rooms .unread-count', []);
});

test('history comes as one scrolls up', async (t) => {
  const server = await start_server(t, freely);
  const { ada, bob } = await two_in_a_room(t, server.url);
  const texts = Array.from({ length: 120 }, (_, i) => `message ${i}`);
  const room = await bob.page.evaluate(() => window.location.hash.slice('#room='.length));
  const token = await bob.page.evaluate(() => JSON.parse(localStorage.getItem('palabre.account')).access_token);
  for (const body of texts)
    await fetch(`${server.url}/api/v1/rooms/${room}/messages`, {
      method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ body }),
    });
  await ada.until_said(texts);
  await ada.page.reload();
  await ada.until_said(texts.slice(-50));
  for (const from of [-100, 0]) {
    await ada.page.$eval('#log', (log) => { log.scrollTop = 0; });
    await ada.until_said(texts.slice(from));
  }
  await ada.shows('#room-begins');
});

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

test('a second tab can be the same person, or somebody else for as long as it is open', async (t) => {
  const server = await start_server(t, freely);
  const house = await open_house(t);
  const ada = await (await house.visitor(`${server.url}/`)).enter('Ada');
  await ada.make_room('Salon');
  const link = await ada.share_link();
  const same = await ada.second_tab(link);
  await same.click('#invited-as-me');
  await same.until_texts('#room-name', ['Salon']);
  const other = await ada.second_tab(link);
  await other.click('#invited-as-other');
  await other.enter('Eve');
  await other.until_texts('#room-name', ['Salon']);
  await other.say('I am Eve');
  for (const tab of [ada, same]) await tab.until_text('#messages .author', /^Eve$/);
  await other.page.reload();
  await other.until_text('#me .me-name', /^Eve$/);
  await ada.page.reload();
  await ada.until_text('#me .me-name', /^Ada$/);
});

test('tabs take turns with their refresh token', async (t) => {
  const server = await start_server(t, { args: [...freely.args, '--set', 'auth.access_token_ttl=20s'] }); // soon over: every call renews it
  const house = await open_house(t);
  const ada = await (await house.visitor(`${server.url}/`)).enter('Ada');
  await ada.make_room('Salon');
  const other = await ada.second_tab(ada.page.url());
  await other.until_connected();
  const texts = Array.from({ length: 6 }, (_, i) => String(i));
  await Promise.all([ada, other].map(async (tab) => { for (const text of texts) await tab.say(text); }));
  for (const tab of [ada, other])
    await until(async () => (await tab.texts('#messages .message:not(.pending) .body')).length === 2 * texts.length, 'all messages');
});

test('forgetting leaves nothing in the browser, in no tab', async (t) => {
  const server = await start_server(t, freely);
  const house = await open_house(t);
  const ada = await (await house.visitor(`${server.url}/`)).enter('Ada');
  const other = await ada.second_tab(`${server.url}/`);
  await other.shows('#talk');
  assert.equal(await ada.page.evaluate(() => localStorage.length), 1);
  await ada.click('#me');
  await ada.click('#forget');
  await ada.click('#sure-yes');
  for (const tab of [ada, other]) await tab.shows('#welcome');
  assert.deepEqual(await ada.page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
});

test('whoever has an account logs in, and what is refused is said in words', async (t) => {
  const server = await start_server(t, freely);
  const bob = await register(server, 'bob');
  await bob.create_room('Atelier');
  const house = await open_house(t);
  const visitor = await house.visitor(`${server.url}/`);
  await visitor.click('#other-way');
  await visitor.fill('#login-login', 'bob');
  await visitor.fill('#login-password', 'not this one');
  await visitor.click('#login [type=submit]');
  await visitor.until_text('#login-refusal', /\w+ \w+.*\.$/);
  await visitor.fill('#login-password', 'a quiet afternoon');
  await visitor.click('#login [type=submit]');
  await visitor.until_texts('#rooms .room-item-name', ['Atelier']);
  assert.ok(!(await visitor.page.evaluate(() => localStorage.getItem('palabre.account'))).includes('a quiet afternoon'));
  await visitor.click('.sidebar [data-opens=join-dialog]');
  await visitor.fill('#join-code', '0000000000');
  await visitor.click('#join-dialog [type=submit]');
  await visitor.until_text('#join-dialog .refusal', /share code/);
});

test('what somebody wrote stays text, wherever it stands', async (t) => {
  const server = await start_server(t, freely);
  const attack = '<img src=x onerror="globalThis.attacked=1"><script>attacked=1</script>';
  const house = await open_house(t);
  const ada = await (await house.visitor(`${server.url}/`)).enter(attack.slice(0, 60));
  await ada.make_room(attack);
  const bob = await (await house.visitor(await ada.share_link())).enter('"><svg onload=attacked=1>');
  const texts = [attack, 'javascript:attacked=1', 'https://example.org/"onmouseover="attacked=1', '</textarea><b>x</b>'];
  for (const text of texts) await bob.say(text);
  await ada.until_said(texts);
  await ada.do_with('javascript:', 'reply');
  await ada.say(attack);
  await bob.until_said([...texts, attack]);
  for (const { page } of [ada, bob]) {
    assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
    assert.equal(await page.$$eval('#talk script, #talk b, #talk [onload], #talk [onerror], #talk [onmouseover], #messages img', (found) => found.length), 0);
    assert.deepEqual(await page.$$eval('#messages a', (links) => links.map(({ href }) => href)), ['https://example.org/']);
  }
});

test('the policy of the page lets nothing run that is not its own', async (t) => {
  const server = await start_server(t, freely);
  const house = await open_house(t);
  const visitor = await house.visitor(`${server.url}/`);
  await visitor.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.attacked = 1';
    document.body.append(script);
  });
  await until(() => visitor.violations.length > 0, 'a violation to be told');
  assert.match(visitor.violations.splice(0)[0], /^script-src/);
  assert.equal(visitor.faults.splice(0).length, 1);
  assert.equal(await visitor.page.evaluate(() => globalThis.attacked), undefined);
});

test('all of it can be done with a keyboard', async (t) => {
  const server = await start_server(t, freely);
  const house = await open_house(t);
  const { page, press, until_texts, until_said, until_text } = bound(await house.visitor(`${server.url}/`));
  const focused = (property) => page.evaluate((name) => document.activeElement[name], property);
  const tab_to = async (what, key = 'Tab') => {
    for (let steps = 0; steps < 40; steps += 1) {
      await press(key);
      if (await page.evaluate((selector) => document.activeElement.matches(selector), what)) return;
    }
    assert.fail(`${what} is not reached by ${key}`);
  };
  const shift_tab_to = async (what) => {
    await page.keyboard.down('Shift');
    await tab_to(what);
    await page.keyboard.up('Shift');
  };
  assert.equal(await focused('id'), 'start-name');
  await page.keyboard.type('Ada');
  await press('Enter');
  await page.waitForSelector('#talk:not([hidden])');
  await tab_to('.sidebar [data-opens=new-dialog]');
  await press('Enter');
  await tab_to('#new-name');
  await page.keyboard.type('Salon');
  await press('Enter');
  await until_texts('#room-name', ['Salon']);
  await until(async () => await focused('id') === 'composer-text', 'the focus to go where one writes');
  for (const text of ['one', 'two']) {
    await page.keyboard.type(text);
    await press('Enter');
  }
  await until(async () => (await page.$$('#messages li[data-id]')).length === 2, 'both messages');

  await shift_tab_to('#messages li[data-id]');
  await press('ArrowUp');
  assert.match(await focused('textContent'), /one/);
  await tab_to('[data-does=react]');
  await press('Enter');
  await tab_to('#emoji-grid button');
  await press('Enter');
  await until_texts('#messages .reaction', ['👍1']);
  await tab_to('#composer-text');
  await press('ArrowUp');
  await until(async () => await focused('value') === 'two', 'the last message to be edited');
  await page.keyboard.type('!');
  await press('Enter');
  await until_said(['one', 'two! (edited)']);
  await shift_tab_to('.room-head .connection');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, 'solid', 'where the focus is can be seen');
  await press('Enter');
  await until_text('#connection-title', /Connection/);
});

function bound(visitor) {
  const methods = ['press', 'until_texts', 'until_said', 'until_text'];
  return { page: visitor.page, ...Object.fromEntries(methods.map((name) => [name, visitor[name].bind(visitor)])) };
}

test('whoever listens to the page hears new messages, and not the history', async (t) => {
  const server = await start_server(t, freely);
  const { ada, bob } = await two_in_a_room(t, server.url);
  await ada.say('old news');
  await bob.until_said(['old news']);
  await bob.page.reload();
  await bob.until_said(['old news']);
  await bob.until_connected();
  await ada.say('news');
  await bob.until_texts('#announcer p', ['Ada: news']);
  assert.equal(await bob.page.$eval('#announcer', (log) => log.ariaLive), 'polite');
});

test('axe finds nothing wrong with any view of it, wide and narrow', async (t) => {
  const server = await start_server(t, freely);
  const { house, ada, bob } = await two_in_a_room(t, server.url);
  const stranger = await house.visitor(`${server.url}/`);
  await stranger.is_accessible('welcome');
  await stranger.page.setViewport(narrow);
  await stranger.is_accessible('welcome');
  await stranger.click('#other-way');
  await stranger.is_accessible('log in');
  await stranger.click('#other-way');
  await stranger.enter('Eve');
  await stranger.is_accessible('no rooms');

  await ada.say('Hello! The kettle is on.');
  await bob.until_said(['Hello! The kettle is on.']);
  await bob.say('See https://example.org/tea for the menu, and take whatever you like: the afternoon is long, nobody is in a hurry.');
  await bob.say('🎉');
  await ada.until_text('#messages', /🎉/);
  await ada.do_with('Hello', 'react');
  await ada.is_accessible('emoji');
  await ada.click('#emoji-grid button');
  await bob.until_texts('#messages .reaction', ['👍1']);
  await bob.do_with('Hello', 'reply');
  await bob.say('Green, please.');
  await ada.until_text('#messages', /Green/);
  await ada.do_with('Hello', 'edit');
  await ada.is_accessible('editing');
  await ada.press('Escape');
  await ada.do_with('Hello', 'delete');
  await ada.is_accessible('sure');
  await ada.press('Escape');
  for (const dialog of ['share-dialog', 'connection-dialog', 'account-dialog', 'new-dialog', 'join-dialog']) {
    await ada.click(dialog === 'connection-dialog' ? '.room-head .connection' : `:is(.sidebar, .room-head) [data-opens=${dialog}]`);
    await ada.is_accessible(dialog);
    await ada.press('Escape');
  }
  await ada.click('.room-head .connection');
  await ada.click('#plug');
  await ada.press('Escape');
  await ada.say('said offline');
  await ada.until_text('.pending-state', /Waiting/);
  await ada.is_accessible('offline');

  await bob.page.setViewport(narrow);
  await bob.is_accessible('room');
  await bob.click('#people-toggle');
  await bob.is_accessible('people');
  await bob.click('#people-close');
  await bob.click('#to-rooms');
  await bob.shows('#rooms');
  await bob.is_accessible('rooms');
});
