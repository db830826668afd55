// clients/typescript/src/schema.ts, as the document gives it now. Run by itself it writes the file.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapi_typescript, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { client_folder, described } from './tools.mjs';

const path = join(client_folder, 'src/schema.ts');

export const committed_schema = () => readFile(path, 'utf8');

export async function schema_of(text) {
  return COMMENT_HEADER + astToString(await openapi_typescript(JSON.parse(text)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(path, await schema_of(await described()));
