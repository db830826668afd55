// Random requests made of /openapi.json, right and wrong ones. Whatever is asked: every answer is one that the document
// says may come, none is the server's failure, none is late, and the server has not grown.
// PALABRE_REQUESTS: how many; PALABRE_SEED: those of an earlier run.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { test } from 'node:test';
import { ApiDocument } from './api_document.mjs';
import { random_request } from './api_requests.mjs';
import { within } from './deadline.mjs';
import { register } from './person.mjs';
import { Random, seed_of } from './random.mjs';
import { start_server } from './server.mjs';
import { assert_healthy } from './unharmed.mjs';

const requests = Number(process.env.PALABRE_REQUESTS ?? 6_000), at_once = 16;
const answer_ms = Number(process.env.PALABRE_ANSWER_MS ?? 5_000);
const grown_bytes_max = 160 * 1024 * 1024; // what a few thousand requests may leave behind: caches, tables, write buffers
const known_max = 60;                      // of each kind: so that requests meet on the same things
// A hash each; and what leaves the others nothing to work on.
const rare = ['register', 'log_in', 'change_password', 'archive_room', 'leave_room'];

/// Answer to `request`, over one of a few connections.
function ask(server, agent, { method, path, headers, body }) {
  const asked = new Promise((resolve, reject) => {
    const sent = http.request({ port: server.port, host: '127.0.0.1', agent, method, path,
                                headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
      const given = { status: answer.statusCode, headers: answer.headers, body: '',
                      type: answer.headers['content-type']?.split(';')[0] };
      if (given.type === 'text/event-stream') {
        sent.destroy();
        resolve(given); // it would go on for ever
        return;
      }
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => resolve({ ...given, body: read(answer.headers, Buffer.concat(pieces)) }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
  return within(asked, 'an answer', answer_ms);
}

/// Compressed bodies are not looked into.
const read = (headers, bytes) => (headers['content-encoding'] ? '' : bytes.toString());

async function description_of(server) {
  return (await fetch(`${server.url}/openapi.json`)).json();
}

/// Some people and rooms; `known` is what requests are made of.
async function settle(server) {
  const ada = await register(server, 'ada'), bob = await register(server, 'bob');
  const open = await ada.create_room('Salon', { visibility: 'public' });
  const closed = await bob.create_room('Cabinet', { visibility: 'private' });
  const shared = await ada.create_room('Jardin', { visibility: 'private' });
  await bob.join_by_code(shared.share_code);
  const messages = [];
  for (const room of [open, shared]) messages.push(await ada.post(room, 'bonjour'), await ada.post(room, 'à tout à l’heure'));
  return { tokens: [ada.token, bob.token], people: [ada.id, bob.id], rooms: [open.id, closed.id, shared.id], messages };
}

/// What a request has made is there for those after it.
function learn(random, known, { status, body, type }) {
  if (status > 201 || type !== 'application/json' || body === '') return;
  const made = JSON.parse(body);
  if (made.room_id && made.author_id) remember(random, known.messages, made);
  if (made.owner_id) remember(random, known.rooms, made.id);
}

function remember(random, list, value) {
  if (list.length < known_max) list.push(value);
  else list[random.below(list.length)] = value;
}

async function resident_bytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

function described({ kind, operation, method, path, headers, body }) {
  const shown = { ...headers, authorization: undefined };
  return `${kind} ${operation?.id}: ${method} ${path.slice(0, 300)} ${JSON.stringify(shown).slice(0, 500)} ${String(body).slice(0, 500)}`;
}

/// Node's client refuses to send some of what chance makes: those are skipped.
const is_unsendable = ({ code }) => ['ERR_UNESCAPED_CHARACTERS', 'ERR_INVALID_CHAR'].includes(code);

/// A server that has not read all of a request may close at once behind its answer, which is then lost on the way.
const was_cut_short = ({ code }) => ['EPIPE', 'ECONNRESET'].includes(code);

const is_long = ({ path, headers, body }) => Buffer.byteLength(body) > 60_000 || path.length + JSON.stringify(headers).length > 6_000;

/// Sends request `i` of the seed and judges its answer.
async function run_one(scene, seed, i) {
  const random = new Random(seed + i);
  const request = random_request(random, scene.document, scene.operations, scene.known);
  let answer;
  try {
    answer = await ask(scene.server, scene.agent, request);
  } catch (error) {
    if (is_unsendable(error)) return;
    if (was_cut_short(error) && is_long(request)) return;
    throw new Error(`PALABRE_SEED=${seed}, request ${i}, ${described(request)}: ${error.message}`, { cause: error });
  }
  if (answer.headers['content-encoding']) return;
  const fault = scene.document.fault_of(request.operation, answer);
  const key = `${request.operation?.id ?? '-'} ${answer.status}`;
  scene.seen.set(key, (scene.seen.get(key) ?? 0) + 1);
  if (fault) scene.faults.push(`request ${i}, ${described(request)}\n  ${answer.status} ${answer.type} ${answer.body.slice(0, 600)}\n  ${fault}`);
  learn(random, scene.known, answer);
}

async function run_all(scene, seed, from, to) {
  let next = from;
  const work = async () => {
    while (next < to) await run_one(scene, seed, next++);
  };
  await Promise.all(Array.from({ length: at_once }, work));
}

test('every answer to random requests is in the document, in time, and leaves the server as it was', async (t) => {
  const seed = seed_of(t);
  const server = await start_server(t);
  const document = new ApiDocument(await description_of(server));
  const agent = new http.Agent({ keepAlive: true, maxSockets: at_once });
  t.after(() => agent.destroy());
  const often = document.operations.filter(({ id }) => !rare.includes(id));
  const operations = [...Array(7).fill(often).flat(), ...document.operations];
  const scene = { server, document, operations, agent, known: await settle(server), seen: new Map(), faults: [] };
  await run_all(scene, seed, 0, requests / 4);
  const warm = await resident_bytes(server.pid);
  await run_all(scene, seed, requests / 4, requests);
  const grown = await resident_bytes(server.pid) - warm;
  const statuses = new Set([...scene.seen.keys()].map((key) => key.split(' ')[1]));
  t.diagnostic(`${requests} requests; grown by ${Math.round(grown / 1024)} KiB; answers: ${[...statuses].sort()}`);
  if (process.env.PALABRE_SHOW_ANSWERS) t.diagnostic([...scene.seen].sort().map(([key, count]) => `${key}: ${count}`).join('\n'));
  assert.equal(scene.faults.length, 0, `PALABRE_SEED=${seed}: ${scene.faults.length} answers:\n${scene.faults.slice(0, 20).join('\n')}`);
  assert.ok(grown < grown_bytes_max, `it has grown by ${grown} bytes`);
  for (const { id } of document.operations) {
    assert.ok([...scene.seen.keys()].some((key) => key.startsWith(`${id} `)), `${id} was never asked`);
  }
  await assert_healthy(server);
});

/// Each makes another document of it, of which the same answer is not.
const wrong_documents = {
  'a status that is missing': (operation) => { delete operation.responses['200']; },
  'another media type': (operation) => { operation.responses['200'].content = { 'text/plain': {} }; },
  'no body': (operation) => { delete operation.responses['200'].content; },
  'another type of a field': (operation, schemas) => { schemas.Me.properties.login = { type: 'integer' }; },
  'another format': (operation, schemas) => { schemas.Me.properties.login = { type: 'string', format: 'uuid' }; },
  'a field more': (operation, schemas) => { schemas.Me.required.push('age'); },
  'a bound': (operation, schemas) => { schemas.Me.properties.login = { type: 'string', maxLength: 2 }; },
};

test('an answer is refused by a document that describes another one', async (t) => {
  const server = await start_server(t);
  const ada = await register(server, 'ada');
  const text = JSON.stringify(await description_of(server));
  const headers = { authorization: `Bearer ${ada.token}` };
  const judge = async (document, request) => {
    const judging = new ApiDocument(document);
    const operation = judging.operations.find(({ id }) => id === 'get_me');
    return judging.fault_of(operation, await ask(server, undefined, { method: 'GET', path: '/api/v1/me', body: '', ...request }));
  };
  assert.equal(await judge(JSON.parse(text), { headers }), null);
  for (const [what, change] of Object.entries(wrong_documents)) {
    const document = JSON.parse(text);
    change(document.paths['/api/v1/me'].get, document.components.schemas);
    assert.notEqual(await judge(document, { headers }), null, what);
  }
  assert.equal(await judge(JSON.parse(text), { headers: {} }), null, 'a refusal is described too');
  const without_code = JSON.parse(text);
  const refusal = new ApiDocument(without_code).resolve(without_code.paths['/api/v1/me'].get.responses['401']);
  delete refusal.content['application/problem+json'].examples.unauthenticated;
  assert.notEqual(await judge(without_code, { headers: {} }), null, 'a code that is missing');
  const fault = new ApiDocument(JSON.parse(text)).fault_of(null, { status: 500, headers: { 'x-request-id': 'r' }, body: '{"code":"internal"}' });
  assert.match(fault, /failed/);
});
