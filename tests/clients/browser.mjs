// A real browser with the npm package `centrifuge`, unmodified, on a page of another origin than the server's.

import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import http from 'node:http';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { at_end } from './at_end.mjs';
import { deadline_ms } from './deadline.mjs';

const bundle = fileURLToPath(new URL('./node_modules/centrifuge/dist/centrifuge.js', import.meta.url));
const page_text = '<!doctype html><meta charset="utf-8"><title>Palabre</title><script src="/centrifuge.js"></script>';

/// Serves the page until the test `t` is over; gives its origin, which the server has to allow.
export async function serve_page(t) {
  const script = await readFile(bundle);
  const served = http.createServer((request, response) => {
    if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end(page_text);
    if (request.url === '/centrifuge.js') return response.setHeader('Content-Type', 'text/javascript').end(script);
    response.writeHead(404).end();
  });
  served.listen(0, '127.0.0.1');
  await once(served, 'listening');
  at_end(t, () => {
    served.closeAllConnections();
    served.close();
  });
  return `http://127.0.0.1:${served.address().port}`;
}

/// A browser that ends with the test `t`.
export async function launch_browser(t) {
  const browser = await puppeteer.launch({ executablePath: find_chromium(), args: chromium_arguments() });
  at_end(t, () => browser.close());
  return browser;
}

/// The page of `origin` in a browser that ends with the test `t`. What goes wrong on it fails the test at its end.
export async function open_page(t, origin) {
  const browser = await launch_browser(t);
  const page = await browser.newPage();
  page.setDefaultTimeout(deadline_ms);
  const faults = [];
  page.on('pageerror', (error) => faults.push(error));
  at_end(t, () => {
    if (faults.length > 0) throw faults[0];
  });
  await page.goto(`${origin}/`);
  return page;
}

function find_chromium() {
  for (const folder of process.env.PATH.split(delimiter)) {
    const path = join(folder, 'chromium');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  throw new Error('there is no chromium; ./dev browser installs it');
}

function chromium_arguments() {
  const as_root = process.getuid() === 0 ? ['--no-sandbox'] : []; // its sandbox wants to be nobody's
  return [...as_root, '--disable-dev-shm-usage', '--disable-gpu'];
}
