// check.mjs [NAME...]: starts each peer (all of them if none is named) on a free port, has it do what README.md says of
// it, ends it, and looks whether a process of it is left. Prints a line for each; exits with 1 if one has failed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { chat_with } from './check/chats.mjs';
import { start } from './check/peer_process.mjs';

const subscribers = 10;
const publishes = 100;
const body_of = (number) => `pbm-${number}-`.padEnd(128, 'x');
const bodies = Array.from({ length: publishes }, (_, number) => body_of(number));

// One publisher with all messages in flight at once; every subscriber gets each of them once, in order.
async function check_chat(peer, chat) {
  const received = await Promise.all(Array.from({ length: subscribers }, async (_, number) => {
    const bodies_seen = [];
    await chat.subscribe(peer.port, 'room-1', number, (body) => bodies_seen.push(body));
    return bodies_seen;
  }));
  const publisher = await chat.publisher(peer.port, 'room-1');
  await Promise.all(bodies.map((body) => publisher.publish(body)));
  const deadline = Date.now() + 10_000;
  while (received.some((seen) => seen.length < publishes) && Date.now() < deadline) {
    await setTimeout(10);
  }
  for (const seen of received) assert.deepEqual(chat.in_order ? seen : [...seen].sort(by_number), bodies);
  const history = await chat.history(peer.port, 'room-1', publisher);
  if (history) assert.deepEqual([...history].sort(by_number), bodies.slice(-50));
  return `${publishes} acks, ${subscribers} x ${publishes} deliveries, history ${history?.length ?? 'none'}`;
}

function by_number(a, b) {
  return Number(a.split('-')[1]) - Number(b.split('-')[1]);
}

async function check_static_files(peer) {
  for (const [path, length] of [['static/12', 12], ['static/4k', 4096], ['return', 12]]) {
    const answer = await fetch(`http://127.0.0.1:${peer.port}/${path}`);
    assert.equal(answer.status, 200);
    assert.equal((await answer.text()).length, length);
  }
  return '12, 4096 and 12 bytes';
}

function check_inserts(peer) {
  const script = new URL('postgresql/run', import.meta.url).pathname;
  const report = execFileSync(script, [peer.directory, String(peer.port), '4', '1'], { encoding: 'utf8', stdio: 'pipe' });
  assert.match(report, /number of failed transactions: 0 /);
  return /tps = \S+/.exec(report)[0];
}

const checks = {
  nginx: check_static_files,
  postgresql: check_inserts,
};
for (const name of ['nchan', 'ejabberd', 'nats', 'socketio', 'socketio-postgresql', 'postgresql-notify']) {
  checks[name] = (peer) => check_chat(peer, chat_with(name));
}

async function check(name) {
  const peer = await start(name);
  let failure;
  let found;
  try {
    found = await Promise.race([checks[name](peer), setTimeout(30_000, null, { ref: false })]);
    assert.ok(found, 'not done within 30 s');
  } catch (error) {
    failure = error;
  }
  const left = await peer.stop();
  if (!failure && left.length) failure = new Error(`left behind: ${left.join(', ')}`);
  console.log(`${name}: ${failure ? `FAILED: ${failure.message}` : found}`);
  return !failure;
}

let all_passed = true;
for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks)) {
  all_passed = (await check(name)) && all_passed;
}
process.exit(all_passed ? 0 : 1);
