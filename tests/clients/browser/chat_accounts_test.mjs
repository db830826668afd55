// The page at / in a real browser: who one is, in which tab, and what the browser keeps of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../deadline.mjs';
import { open_house } from '../pages.mjs';
import { register } from '../person.mjs';
import { start_server } from '../server.mjs';

const freely = { args: ['--set', 'limits.enabled=false'] };

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
