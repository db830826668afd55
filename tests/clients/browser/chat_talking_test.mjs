// The page at / in a real browser: people talk, and see what others do.

import { test } from 'node:test';
import { two_in_a_room } from '../pages.mjs';
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

test('in a room that one never looked at the first message is new', async (t) => {
  const server = await start_server(t, freely);
  const { ada, bob } = await two_in_a_room(t, server.url);
  const call = (who, path, body) => who.page.evaluate(async (...of) => {
    const { access_token } = JSON.parse(localStorage.getItem('palabre.account'));
    const headers = { 'authorization': `Bearer ${access_token}`, 'content-type': 'application/json' };
    const answer = await fetch(`/api/v1${of[0]}`, { method: 'POST', headers, body: JSON.stringify(of[1]) });
    return answer.json();
  }, path, body);
  const attic = await call(ada, '/rooms', { name: 'Attic' });
  await call(bob, '/rooms/join', { share_code: attic.share_code });
  await call(ada, `/rooms/${attic.id}/messages`, { body: 'dust' });
  await bob.until_texts('#rooms .unread-count', ['1 unread']);
  await bob.click('#rooms .has-unread');
  await bob.until_said(['dust']);
  await bob.until_text('#messages .line.unread', /^New$/);
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
