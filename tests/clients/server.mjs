// A real palabre in a process of its own, on a free port, with a data folder of its own.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at_end } from './at_end.mjs';
import { within } from './deadline.mjs';

const log_chars_max = 64 * 1024; // the end of the server's log is shown when it fails

function binary_path() {
  const path = process.env.PALABRE_BINARY;
  if (!path) throw new Error('set PALABRE_BINARY to the path of the palabre binary');
  return path;
}

/// Starts a server that ends, and whose folder goes, with the test `t`. `config` is the text of a palabre.toml,
/// `args` are further ones for `palabre serve`.
export async function start_server(t, { config = '', args = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'palabre-clients-'));
  at_end(t, () => rm(folder, { recursive: true, force: true }));
  const server = new Server(folder, args);
  at_end(t, () => server.stop());
  await writeFile(join(folder, 'palabre.toml'), config);
  await server.start();
  return server;
}

class Server {
  #folder;
  #args;
  #process = null;
  #exited = null; ///< resolves to how it ended: {code, signal}, or {error} when it never ran
  #log = '';
  port = 0;

  constructor(folder, args) {
    this.#folder = folder;
    this.#args = args;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get websocket_url() {
    return `ws://127.0.0.1:${this.port}/connection/websocket`;
  }

  get pid() {
    return this.#process.pid;
  }

  /// SIGHUP.
  renew() {
    this.#process.kill('SIGHUP');
  }

  /// The end of what it has written.
  get log() {
    return this.#log;
  }

  /// Starts the process, again on the same data after kill(). Done when it says that it listens.
  async start() {
    const args = ['serve', '--data', join(this.#folder, 'data'), '--listen', '127.0.0.1:0', '--set', 'limits.enabled=false'];
    args.push('--config', join(this.#folder, 'palabre.toml'), ...this.#args);
    const child = spawn(binary_path(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    this.#exited = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
      child.once('error', ({ message }) => resolve({ error: message }));
    });
    child.stderr.setEncoding('utf8').on('data', (text) => this.#remember(text));
    const end_with_this_process = () => child.kill('SIGKILL');
    process.once('exit', end_with_this_process);
    this.#exited.then(() => process.removeListener('exit', end_with_this_process));
    this.port = await within(this.#listening_port(child), 'the server to listen', 60_000);
  }

  /// SIGTERM; fails unless the server then drains and exits with 0, and also if it ended before of its own accord.
  async stop() {
    if (!this.#process) return;
    this.#process.kill('SIGTERM');
    const end = await this.#ended('the server to end after SIGTERM');
    if (end.code !== 0) throw new Error(`the server ended with ${JSON.stringify(end)}, not with 0:\n${this.#log}`);
  }

  /// SIGKILL: nothing is drained, nothing more is synced.
  async kill() {
    this.#process.kill('SIGKILL');
    await this.#ended('the server to end after SIGKILL');
  }

  async #ended(what) {
    const child = this.#process;
    this.#process = null;
    try {
      return await within(this.#exited, what);
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`${error.message}\n${this.#log}`);
    }
  }

  #remember(text) {
    this.#log = (this.#log + text).slice(-log_chars_max);
  }

  #listening_port(child) {
    return new Promise((resolve, reject) => {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        this.#remember(text);
        said = (said + text).slice(-log_chars_max);
        const port = /^palabre: listening on https?:\/\/127\.0\.0\.1:(\d+)$/m.exec(said)?.[1];
        if (port) resolve(Number(port));
      });
      this.#exited.then((end) => reject(new Error(`the server ended early: ${JSON.stringify(end)}\n${this.#log}`)));
    });
  }
}
