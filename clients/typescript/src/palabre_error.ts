import type { components } from './schema.js';

export type Problem = components['schemas']['Problem'];
export type FieldError = NonNullable<Problem['errors']>[number];

/// What the server refused, or what stood in for its answer. Go by `code`: it is stable; `message` is for people.
export class PalabreError extends Error {
  override readonly name = 'PalabreError';
  readonly status: number;
  readonly code: string; ///< `unexpected_answer`: whatever answered, it was not Palabre
  readonly errors: readonly FieldError[]; ///< the fields that are wrong, if that is why
  readonly retryable: boolean; ///< whether the same request may succeed later
  readonly retryAfter: number | null; ///< seconds
  readonly requestId: string | null; ///< finds the request in the server's log

  constructor(status: number, problem: Partial<Problem>, retryAfter: number | null = null) {
    super(problem.detail ?? `the server answered ${status}`);
    this.status = status;
    this.code = problem.code ?? 'unexpected_answer';
    this.errors = problem.errors ?? [];
    this.retryable = problem.retryable ?? false;
    this.retryAfter = retryAfter;
    this.requestId = problem.request_id ?? null;
  }
}

/// Of an answer whose body has been read: `body` is what openapi-fetch made of it.
export function errorOf(response: Response, body: unknown): PalabreError {
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  return new PalabreError(response.status, isProblem(body) ? body : {}, Number.isNaN(seconds) ? null : seconds);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}
