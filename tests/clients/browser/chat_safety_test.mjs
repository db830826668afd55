// The page at / in a real browser: what somebody wrote stays text, and nothing foreign runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../deadline.mjs';
import { open_house } from '../pages.mjs';
import { start_server } from '../server.mjs';

const freely = { args: ['--set', 'limits.enabled=false'] };

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
