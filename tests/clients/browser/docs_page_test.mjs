// The page at /docs in a real browser, with a document of its own: it says what can be called, and calls it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { until } from '../deadline.mjs';
import { narrow, open_house } from '../pages.mjs';
import { start_server } from '../server.mjs';

const sample = await readFile(new URL('../sample_openapi.json', import.meta.url), 'utf8');
const post_room = '#post-api-v1-rooms';
const post_message = '#post-api-v1-rooms-id-messages';

/// Answers /openapi.json with the sample.
async function show_sample(page) {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (new URL(request.url()).pathname !== '/openapi.json') return request.continue();
    return request.respond({ status: 200, contentType: 'application/json', body: sample });
  });
}

async function open_docs(t) {
  const server = await start_server(t);
  const house = await open_house(t);
  const reader = await house.visitor(`${server.url}/docs`, { before: show_sample });
  await reader.shows('.operation');
  return { server, reader };
}

async function log_in(reader, way) {
  await reader.click('#session');
  await reader.fill('#session-login', 'ada');
  await reader.fill('#session-password', 'a quiet afternoon');
  await reader.click(`#session-form [value=${way}]`);
  await reader.until_texts('#session', ['ada']);
}

async function open_call(reader, call) {
  await reader.click(`${call} > summary`);
  await reader.shows(`${call} form`);
}

async function send(reader, call) {
  await reader.click(`${call} form [type=submit]`);
  await reader.until_text(`${call} .answer .status`, /^\d{3}/);
  return reader.text(`${call} .answer .status`);
}

test('it shows every call by its tag, and finds those one looks for', async (t) => {
  const { reader } = await open_docs(t);
  await reader.until_texts('#tags h2', ['Identity', 'Rooms', 'Messages', 'Server API', 'Other']);
  assert.equal((await reader.texts('.operation')).length, 8);
  await reader.press('/');
  await reader.page.keyboard.type('message.post');
  await reader.until_texts('.operation:not([hidden]) .path', ['/api/v1/rooms/{id}/messages']);
  await reader.until_texts('#tags > section:not([hidden]) h2', ['Messages']);
  await reader.fill('#search', 'nothing like it');
  await reader.shows('#nothing-found');
});

test('it says what goes in and what comes out, behind references and in circles', async (t) => {
  const { reader } = await open_docs(t);
  await open_call(reader, post_room);
  await reader.until_text(`${post_room} .about`, /visibilityVisibility or nullPrivate if left out\.one of "public", "private"|visibility Visibility or null/);
  await reader.until_text(`${post_room} .about`, /name string required/);
  await reader.until_text(`${post_room} .answer-line > summary`, /422 validation_failed, limit_exceeded/);
  await open_call(reader, '#get-api-v1-rooms');
  await reader.until_text('#get-api-v1-rooms .about', /limit integer, in the query/);
  await open_call(reader, post_message);
  await reader.until_text(`${post_message} .facts`, /members.*message\.post/);
  await reader.click(`${post_message} .answer-line > summary`);
  for (let depth = 0; depth < 3; depth += 1) {
    await reader.click(`${post_message} .answer-line .fold:not([open]) > summary`);
    await until(async () => (await reader.page.$$(`${post_message} .answer-line .fold[open]`)).length === depth + 1, 'another level');
  }
});

test('one logs in and makes calls, each filled in from the examples and from the answers before', async (t) => {
  const { reader } = await open_docs(t);
  await open_call(reader, post_room);
  assert.equal(await send(reader, post_room), '401 Unauthorized');
  await log_in(reader, 'register');
  assert.deepEqual(await reader.page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  await open_call(reader, '#get-api-v1-rooms-id');
  assert.equal(await send(reader, post_room), '201 Created');
  await reader.until_text(`${post_room} .answer`, /palabre-position: \d+[^]*"name": "Salon"/);
  const { id } = JSON.parse((await reader.texts(`${post_room} .answer pre`)).at(-1));
  assert.equal(await reader.page.$eval('#get-api-v1-rooms-id-path-id', ({ value }) => value), id);
  assert.match(await send(reader, '#get-api-v1-rooms-id'), /^200/);

  await open_call(reader, post_message);
  assert.equal(await send(reader, post_message), '201 Created');
  await reader.until_text(`${post_message} .answer`, /"body": "Bonjour"/);
  assert.equal(await reader.text(`${post_message} .curl code`), [
    `curl -i -X POST '${new URL(reader.page.url()).origin}/api/v1/rooms/${id}/messages'`,
    '-H "Authorization: Bearer $token"', '-H \'Content-Type: application/json\'', '-d \'{ "body": "Bonjour" }\'',
  ].join(' \\\n  '));
  await reader.fill(`${post_message} textarea`, '{"body": "it\'s"}');
  await reader.until_text(`${post_message} .curl code`, /-d '\{"body": "it'\\''s"\}'/);
  await reader.fill(`${post_message} textarea`, '{"body":');
  assert.equal(await send(reader, post_message), '400 Bad Request');

  await reader.page.reload();
  await reader.until_texts('#session', ['Log in']);
  await log_in(reader, 'login');
});

test('a call that takes a key asks for one, and sends no token', async (t) => {
  const { reader } = await open_docs(t);
  await log_in(reader, 'register');
  await open_call(reader, '#post-api-info');
  await reader.fill('#post-api-info-header-X-API-Key', 'not a key');
  assert.match(await reader.text('#post-api-info .curl code'), /-H 'X-API-Key: not a key'$/);
  assert.match(await send(reader, '#post-api-info'), /^40[13]/);
});

test('of the document that the server has it shows everything', async (t) => {
  const server = await start_server(t);
  const { paths } = await (await fetch(`${server.url}/openapi.json`)).json();
  const count = Object.values(paths).reduce((sum, item) => sum + Object.keys(item).length, 0);
  const house = await open_house(t);
  const reader = await house.visitor(`${server.url}/docs`);
  await until(async () => (await reader.texts('.operation')).length === count, `all ${count} calls`);
  await reader.page.$$eval('.operation', (calls) => calls.forEach((call) => { call.open = true; }));
  await until(async () => (await reader.texts('.operation form')).length === count, 'a form for each');
  await reader.is_accessible('docs of the server');
});

test('without a document it says so in words', async (t) => {
  const server = await start_server(t);
  const house = await open_house(t);
  const refuse = async (page) => {
    await page.setRequestInterception(true);
    page.on('request', (request) => (request.url().endsWith('/openapi.json') ? request.respond({ status: 404 }) : request.continue()));
  };
  const reader = await house.visitor(`${server.url}/docs`, { before: refuse });
  await reader.until_text('#refusal', /What there is to call is not known: The server answered 404\./);
});

test('axe finds nothing wrong with any view of it, wide and narrow', async (t) => {
  const { reader } = await open_docs(t);
  await reader.is_accessible('docs');
  await reader.click('#session');
  await reader.is_accessible('docs session');
  await reader.press('Escape');
  await log_in(reader, 'register');
  await open_call(reader, post_room);
  await send(reader, post_room);
  for (const fold of await reader.page.$$(`${post_room} .fold > summary`)) await fold.click();
  await reader.is_accessible('docs call');
  await reader.click('#session');
  await reader.is_accessible('docs logged in');
  await reader.press('Escape');
  await reader.page.setViewport(narrow);
  await reader.is_accessible('docs call');
  await reader.fill('#search', 'nothing like it');
  await reader.is_accessible('docs nothing');
});
