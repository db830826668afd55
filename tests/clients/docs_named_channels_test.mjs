// The examples of docs/named_channels.md, as they stand there.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { at_end } from './at_end.mjs';
import { start_backend } from './backend.mjs';
import { new_client } from './client.mjs';
import { next_event } from './deadline.mjs';

const page = await readFile(new URL('../../docs/named_channels.md', import.meta.url), 'utf8');

function examples(language) {
  const block = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms');
  return [...page.matchAll(block)].map(([, text]) => text);
}

async function module_of(t, text) {
  const folder = await mkdtemp(join(tmpdir(), 'palabre-docs-'));
  at_end(t, () => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'example.mjs'), text);
  return import(pathToFileURL(join(folder, 'example.mjs')));
}

test('the examples of named_channels.md work together', async (t) => {
  const [namespaces] = examples('toml');
  const backend = await start_backend(t, namespaces.slice(namespaces.indexOf('[namespaces.chat]')));
  const { connection_token, subscription_token, join: join_channel } = await module_of(t, examples('js').join('\n'));
  const client = new_client(t, backend.server.websocket_url, { token: connection_token('ada', backend.token_key) });
  const tokens = { for_channel: async (channel) => subscription_token('ada', channel, backend.token_key) };
  const heard = [];
  const subscription = join_channel(client, 'chat:42', tokens, (data) => heard.push(data));
  const subscribed = next_event(subscription, 'subscribed');
  const disconnected = next_event(client, 'disconnected');
  client.connect();
  assert.equal((await subscribed).recoverable, true);

  const [commands] = examples('sh');
  const environment = { ...process.env, PALABRE: backend.server.url, KEY: backend.api_key };
  const { stdout } = await promisify(execFile)('sh', ['-ec', commands.replaceAll(/^curl(.*)$/gm, 'curl$1; echo')],
                                               { env: environment });
  const answers = stdout.trim().split('\n').map((line) => JSON.parse(line));
  const [published, broadcast, history, presence, channels, ended] = answers;
  assert.equal(published.result.offset, 1);
  assert.deepEqual(broadcast.result.responses.map(({ result }) => result.offset), [2, 1]);
  assert.deepEqual(history.result.publications.map(({ data }) => data), ['both', { text: 'hello' }]);
  assert.deepEqual(Object.values(presence.result.presence).map(({ user }) => user), ['ada']);
  assert.deepEqual(channels.result.channels, { 'chat:42': { num_clients: 1 } });
  assert.deepEqual(ended.result, {});
  assert.equal((await disconnected).code, 3503);
  assert.deepEqual(heard, [{ text: 'hello' }, 'both']);
});
