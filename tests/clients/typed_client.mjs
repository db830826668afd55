// The package of clients/typescript, as its sources stand: their types are taken off, nothing else is done to them.
// `./dev contract` compiles them and runs the same cases.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import swc from '@swc/wasm-typescript';

const sources = fileURLToPath(new URL('../../clients/typescript/src/', import.meta.url));
const packages = fileURLToPath(new URL('node_modules/', import.meta.url)); // where imports of packages are looked for

function stripped(text, name) {
  return swc.transformSync(text, { filename: name, mode: 'strip-only', module: true }).code;
}

/// `palabre` as a module. With PALABRE_CLIENT the compiled one at that URL.
export async function typed_client() {
  if (process.env.PALABRE_CLIENT) return import(process.env.PALABRE_CLIENT);
  const folder = mkdtempSync(join(packages, '.palabre-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const name of readdirSync(sources)) {
      const text = readFileSync(join(sources, name), 'utf8');
      writeFileSync(join(folder, name.replace(/\.ts$/, '.js')), stripped(text, name));
    }
    return await import(join(folder, 'index.js'));
  } finally {
    rmSync(folder, { recursive: true }); // all of it has been loaded
  }
}

/// The examples of the package's README, as one program whose imports are given to it.
export function readme_example() {
  const readme = readFileSync(join(sources, '../README.md'), 'utf8');
  return [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((found) => found[1]).join('\n');
}

/// The same as JavaScript, without its imports.
export function runnable(example) {
  return stripped(`async function example() {${example.replaceAll(/^import .*$/gm, '')}}`, 'example.ts')
    .replace(/^[^{]*\{/, '').replace(/\}\s*$/, '');
}
