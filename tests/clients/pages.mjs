// The pages that the server shows, in a browser: each visitor has a profile of their own, and whatever goes wrong on a page
// fails the test. A picture of a page is kept where PALABRE_PICTURES says.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch_browser } from './browser.mjs';
import { at_end } from './at_end.mjs';
import { deadline_ms, until } from './deadline.mjs';

const axe_source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const schemes = ['light', 'dark'];
export const wide = { width: 1280, height: 800 };
export const narrow = { width: 320, height: 640 };

/// A browser for visitors.
export async function open_house(t) {
  const browser = await launch_browser(t);
  return { visitor: async (url, options) => new Visitor(t, await browser.createBrowserContext()).visit(url, options) };
}

class Visitor {
  #t;
  #context;
  #scheme = 'light';
  page = null;
  violations = []; ///< of the content security policy
  faults = [];     ///< whatever else went wrong on the page

  constructor(t, context) {
    this.#t = t;
    this.#context = context;
  }

  /// Another tab of the same person, at `url`.
  second_tab(url) {
    return new Visitor(this.#t, this.#context).visit(url);
  }

  async visit(url, { size = wide, before = async () => {} } = {}) {
    this.page = await this.#context.newPage();
    this.page.setDefaultTimeout(deadline_ms);
    this.page.on('pageerror', (error) => this.faults.push(error));
    this.page.on('console', (message) => this.#heard(message));
    at_end(this.#t, () => {
      assert.deepEqual(this.violations, []);
      if (this.faults.length > 0) throw this.faults[0];
    });
    await this.page.exposeFunction('report_violation', (what) => this.violations.push(what));
    await this.page.evaluateOnNewDocument(() => document.addEventListener('securitypolicyviolation',
      ({ violatedDirective, blockedURI }) => globalThis.report_violation(`${violatedDirective}: ${blockedURI}`)));
    await this.page.emulateFocusedPage(true); // each of several tabs, as if it were in front
    await this.page.setViewport(size);
    await before(this.page);
    await this.#look();
    await this.page.goto(url);
    return this;
  }

  /// What has no way to the server is told there as well, and is no fault of the page.
  #heard(message) {
    const is_about_network = /^(Failed to load resource|WebSocket connection to)/.test(message.text());
    if (message.type() === 'error' && !is_about_network) this.faults.push(new Error(message.text()));
  }

  #look() {
    return this.page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: this.#scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
  }

  // ---- the page

  async click(selector) {
    const found = await this.page.waitForSelector(selector, { visible: true });
    await found.click();
  }

  async fill(selector, text) {
    await this.page.waitForSelector(selector, { visible: true });
    await this.page.$eval(selector, (field) => { field.value = ''; });
    await this.page.type(selector, text);
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  texts(selector) {
    return this.page.$$eval(selector, (found) => found.map(({ textContent }) => textContent));
  }

  text(selector) {
    return this.page.$eval(selector, ({ textContent }) => textContent);
  }

  shows(selector) {
    return this.page.waitForSelector(selector, { visible: true });
  }

  /// Waits until the texts of `selector` are these.
  async until_texts(selector, wanted) {
    let there = [];
    const are_there = async () => JSON.stringify(there = await this.texts(selector)) === JSON.stringify(wanted);
    await until(are_there, () => `${selector} to say ${JSON.stringify(wanted)}, not ${JSON.stringify(there)}`);
  }

  async until_text(selector, pattern) {
    let there = '';
    await until(async () => pattern.test(there = (await this.texts(selector)).join('\n')), () => `${selector} to match ${pattern}, not "${there}"`);
  }

  /// No violation of what axe knows about accessibility, in both colour schemes; nor is the page wider than its window.
  async is_accessible(view) {
    for (this.#scheme of schemes) {
      await this.#look();
      await this.page.evaluate(axe_source);
      const violations = await this.page.evaluate(async () => {
        const { violations: found } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`);
      });
      assert.deepEqual(violations, [], `${view}, ${this.#scheme}`);
      const { width } = this.page.viewport();
      await this.#take_picture(`${view}-${width}-${this.#scheme}`);
      assert.equal(await this.page.evaluate(() => document.documentElement.scrollWidth), width, `${view}: it is wider than its window`);
    }
  }

  async #take_picture(name) {
    const folder = process.env.PALABRE_PICTURES;
    if (folder) await this.page.screenshot({ path: join(folder, `${name.replaceAll(' ', '_')}.png`) });
  }

  // ---- the page to talk on

  async enter(name) {
    await this.fill('#start-name', name);
    await this.click('#start [type=submit]');
    await this.shows('#talk');
    return this;
  }

  async make_room(name) {
    await this.click('.sidebar [data-opens=new-dialog]');
    await this.fill('#new-name', name);
    await this.click('#new-dialog [type=submit]');
    await this.until_texts('#room-name', [name]);
    await this.until_text('#room-facts', /here now/);
  }

  /// The link that lets somebody in.
  async share_link() {
    await this.click('.share');
    const link = await this.page.$eval('#share-link', ({ value }) => value);
    await this.press('Escape');
    return link;
  }

  async say(text) {
    await this.fill('#composer-text', text);
    await this.press('Enter');
  }

  until_said(texts) {
    return this.until_texts('#messages .body', texts);
  }

  until_connected() {
    return this.until_text('.room-head .connection', /^Connected$/);
  }

  /// Does with the message of that text what its button says.
  async do_with(text, deed) {
    const item = `//li[.//p[contains(@class, "body")][contains(., "${text}")]]`;
    const button = `//*[@data-does="${deed}"]`; // there is none before the server has the message
    const found = await this.page.waitForSelector(`::-p-xpath(${item}[.${button}])`);
    await found.focus();
    await this.page.locator(`::-p-xpath(${item}${button})`).click(); // of the item that stands there by then
  }
}

/// Two people in a room of `server`, which may stand behind a proxy.
export async function two_in_a_room(t, url) {
  const house = await open_house(t);
  const ada = await (await house.visitor(url)).enter('Ada');
  await ada.make_room('Salon');
  const bob = await house.visitor(await ada.share_link());
  await bob.enter('Bob');
  await bob.until_texts('#room-name', ['Salon']);
  await ada.until_text('#room-facts', /^2 members · 2 here now$/);
  return { house, ada, bob };
}
