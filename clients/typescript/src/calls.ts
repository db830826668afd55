import type { Client, FetchResponse, MaybeOptionalInit } from 'openapi-fetch';
import type { HttpMethod, PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers';
import { errorOf } from './palabre_error.js';
import type { paths } from './schema.js';

export type Http = Client<paths, 'application/json'>;

type Parameters<Init> = RequiredKeysOf<Init> extends never ? [init?: Init] : [init: Init];

type Given<Answer extends { data?: unknown }> = [Exclude<Answer['data'], undefined>] extends [never]
  ? void
  : Exclude<Answer['data'], undefined>;

/// A call of one method: takes what the document says that the path takes, gives the body of the answer.
export type Call<Method extends HttpMethod> = <
  Path extends PathsWithMethod<paths, Method>,
  Init extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...init: Parameters<Init>
) => Promise<Given<FetchResponse<paths[Path][Method & keyof paths[Path]] & Record<string | number, unknown>, Init, 'application/json'>>>;

type Untyped = (path: string, init?: unknown) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

/// The same call of openapi-fetch, with what the server refuses thrown as a PalabreError.
export function throwing<Method extends HttpMethod>(call: unknown): Call<Method> {
  const ask = async (path: string, init?: unknown) => {
    const { data, error, response } = await (call as Untyped)(path, init);
    if (!response.ok) throw errorOf(response, error);
    return data;
  };
  return ask as unknown as Call<Method>; // openapi-fetch checked the types; here they only pass through
}
