// The typed client: its types are those of the document, it compiles, and so does what its README shows.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readme_example } from '../clients/typed_client.mjs';
import { committed_schema, schema_of } from './schema.mjs';
import { client_folder, described, folder_for, run } from './tools.mjs';

/// Compiles `text` as a user of the package would.
async function compile(t, text) {
  const folder = await folder_for(t);
  await writeFile(join(folder, 'example.ts'), text);
  await writeFile(join(folder, 'ws.d.ts'), 'declare const WebSocket: unknown;\nexport default WebSocket;\n');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const options = { noEmit: true, declaration: false, rootDir: '/', noUnusedLocals: false,
                    paths: { palabre: [join(client_folder, 'src/index.ts')], ws: [join(folder, 'ws.d.ts')] } };
  const config = { extends: join(client_folder, 'tsconfig.json'), compilerOptions: options, include: ['example.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return run('tsc', ['-p', folder]);
}

test('its types are what the document gives', async () => {
  const [committed, now] = [await committed_schema(), await schema_of(await described())];
  assert.ok(committed === now, 'clients/typescript/src/schema.ts is not what the document gives: ./dev contract --write');
  assert.notEqual(await schema_of((await described()).replaceAll('display_name', 'displayed')), committed);
});

test('it compiles, strictly', async () => {
  const { code, said } = await run('tsc', ['-p', client_folder]);
  assert.equal(code, 0, said);
});

test('the example of its README compiles', async (t) => {
  const { code, said } = await compile(t, readme_example());
  assert.equal(code, 0, said);
});

const mistakes = {
  'a path that is none': `await palabre.get('/api/v1/room');`,
  'a missing path parameter': `await palabre.get('/api/v1/rooms/{id}');`,
  'a missing body': `await palabre.post('/api/v1/rooms');`,
  'a body without what it needs': `await palabre.post('/api/v1/rooms/join', { body: {} });`,
  'a field of another type': `await palabre.post('/api/v1/rooms', { body: { name: 17 } });`,
  'a method that the path does not have': `await palabre.put('/api/v1/rooms', {});`,
  'a field that answers do not have': `(await palabre.get('/api/v1/me')).age;`,
  'a field that may be null': `(await palabre.get('/api/v1/me')).bio.length;`,
  'the answer of an operation that gives none': `(await palabre.room('x').typing()).status;`,
  'a handler that is none': `palabre.room('x').subscribe({ onWhatever: () => {} });`,
  'a field of another event': `palabre.room('x').subscribe({ onReaction: ({ data }) => data.body });`,
};

test('what would be wrong at run time does not compile', async (t) => {
  const opening = `import { Palabre } from 'palabre';\nconst palabre = new Palabre({ url: 'x' });\n`;
  const lines = Object.values(mistakes);
  const { code, said } = await compile(t, opening + lines.join('\n'));
  assert.notEqual(code, 0);
  const first = opening.split('\n').length;
  const missed = Object.keys(mistakes).filter((_, i) => !said.includes(`example.ts(${first + i},`));
  assert.deepEqual(missed, [], said);
});
