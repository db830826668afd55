// The page at / in a real browser: whoever cannot see it, or has no mouse, can use it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../deadline.mjs';
import { narrow, open_house, two_in_a_room } from '../pages.mjs';
import { start_server } from '../server.mjs';

const freely = { args: ['--set', 'limits.enabled=false'] };

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
  assert.equal(await focused('id'), 'new-name');
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
  assert.equal(await focused('ariaLabel'), 'thumbs up');
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
