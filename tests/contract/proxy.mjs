// `prism proxy --errors` between a client and a server: an answer that breaks the document becomes a 500.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { at_end } from '../clients/at_end.mjs';
import { within } from '../clients/deadline.mjs';
import { begin, document_file } from './tools.mjs';

async function free_port() {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address();
  holder.close();
  await once(holder, 'close');
  return port;
}

/// Requests are for the server to refuse: the proxy would do it in words of its own.
function without_security(document) {
  for (const item of Object.values(document.paths)) for (const operation of Object.values(item)) delete operation.security;
  return document;
}

/// The URL of a proxy before `server`; it ends with the test. `change` may spoil its document.
export default async function proxied(t, server, change = (document) => document) {
  const port = await free_port();
  const path = await document_file(t, (document) => change(without_security(document)));
  const args = ['proxy', path, server.url, '--errors', '--validate-request=false', '--host', '127.0.0.1', '--port', `${port}`];
  const proxy = begin('prism', args);
  let said = '';
  const ended = once(proxy, 'close');
  at_end(t, () => (proxy.kill('SIGTERM'), ended));
  const listening = new Promise((resolve, reject) => {
    const hear = (text) => {
      said += text;
      if (said.includes('listening')) resolve();
    };
    for (const stream of [proxy.stdout, proxy.stderr]) stream.setEncoding('utf8').on('data', hear);
    ended.then(() => reject(new Error(`prism ended: ${said}`)));
  });
  await within(listening, 'prism to listen', 60_000);
  return `http://127.0.0.1:${port}`;
}
