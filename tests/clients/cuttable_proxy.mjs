// A TCP proxy between client and server, to take the network away from outside of both.

import { once } from 'node:events';
import net from 'node:net';
import { at_end } from './at_end.mjs';

/// A proxy to 127.0.0.1:`target_port` that ends with the test `t`.
export async function start_proxy(t, target_port) {
  const proxy = new CuttableProxy(target_port);
  at_end(t, () => proxy.close());
  await proxy.listen();
  return proxy;
}

class CuttableProxy {
  #listener;
  #sockets = new Set();
  #is_cut = false;
  target_port;
  accepted = 0; ///< connections that were let through
  refused = 0;  ///< connections that came while it was cut

  constructor(target_port) {
    this.target_port = target_port;
    this.#listener = net.createServer((socket) => this.#accept(socket));
  }

  get websocket_url() {
    return `ws://127.0.0.1:${this.#listener.address().port}/connection/websocket`;
  }

  get url() {
    return `http://127.0.0.1:${this.#listener.address().port}`;
  }

  async listen() {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  /// Resets every connection, and every new one until mend().
  cut() {
    this.#is_cut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend() {
    this.#is_cut = false;
  }

  async close() {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #accept(client) {
    client.on('error', () => {}); // a reset is what this is for
    if (this.#is_cut) {
      this.refused += 1;
      client.resetAndDestroy();
      return;
    }
    this.accepted += 1;
    this.#join(client, net.connect(this.target_port, '127.0.0.1'));
  }

  #join(client, server) {
    for (const [from, to] of [[client, server], [server, client]]) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.setNoDelay(true);
      from.pipe(to);
    }
  }
}
