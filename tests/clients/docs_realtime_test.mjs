// The examples of docs/realtime.md, as they stand there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Centrifuge } from 'centrifuge';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';
import { at_end } from './at_end.mjs';
import { until } from './deadline.mjs';
import { register } from './person.mjs';
import { start_server } from './server.mjs';

const document = new URL('../../docs/realtime.md', import.meta.url);
const AsyncFunction = (async () => {}).constructor;

/// The package with Node's missing WebSocket handed to it, and every client ended with the test.
function centrifuge_for(t) {
  return class extends Centrifuge {
    constructor(url, options) {
      super(url, { websocket: WebSocket, ...options });
      at_end(t, () => this.disconnect());
    }
  };
}

function event_source_for(t) {
  return class extends EventSource {
    constructor(...given) {
      super(...given);
      at_end(t, () => this.close());
    }
  };
}

test('the examples of docs/realtime.md do what they say', async (t) => {
  const examples = [...readFileSync(document, 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm)].map((found) => found[1]);
  assert.equal(examples.length, 3);
  const server = await start_server(t);
  const ada = await register(server, 'ada');
  const room = await ada.create_room('Salon');
  const heard = [];
  const given = {
    Centrifuge: centrifuge_for(t),
    EventSource: event_source_for(t),
    server: server.url,
    token: ada.token,
    room,
    heard: (...what) => heard.push(what),
    reload: () => assert.fail('reload'),
  };
  await new AsyncFunction(...Object.keys(given), examples.join('\n'))(...Object.values(given));
  const all = ['answer', 'message.posted', 'event'];
  await until(() => all.every((kind) => heard.some(([type]) => type === kind)), 'the answer, the push and the event');
  const answer = heard.find(([type]) => type === 'answer');
  const push = heard.find(([type]) => type === 'message.posted');
  assert.equal(answer[2].body, 'bonjour');
  assert.equal(push[2].body, 'bonjour');
  assert.equal(push[1], answer[1], 'both name the same event of the room');
  const event = heard.find(([type, , { type: name }]) => type === 'event' && name === 'message.posted');
  assert.equal(event[2].seq, answer[1]);
  assert.ok(event[1].endsWith(`:${answer[1]}`), 'the id names it too');
});
