// Calls of the API over HTTP, and what went wrong in words.

const patience_ms = 15_000;

/// The server answered, and refused. `problem` is its problem document (RFC 9457), as far as there is one.
export class Refusal extends Error {
  constructor(status, problem, retry_after) {
    super(problem?.detail || problem?.title || `the server answered ${status}`);
    this.status = status;
    this.problem = problem;
    this.code = problem?.code ?? '';
    this.retryable = status === 429 || status === 503 || problem?.retryable === true;
    this.retry_after_ms = (Number(retry_after) || 0) * 1000;
  }
}

/// No answer: the server is not there, or the way to it.
export class Unreachable extends Error {
  constructor() {
    super('the server cannot be reached');
    this.retryable = true;
    this.retry_after_ms = 0;
  }
}

/// The answer's JSON (null: no body). Throws Refusal or Unreachable.
export async function request(method, path, { token, body } = {}) {
  const headers = { Accept: 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const { response, text } = await exchange(path, { method, headers, body: JSON.stringify(body), cache: 'no-store' });
  const json = json_of(text);
  if (!response.ok) throw new Refusal(response.status, json, response.headers.get('Retry-After'));
  return json;
}

async function exchange(path, options) {
  const giving_up = new AbortController();
  const timer = setTimeout(() => giving_up.abort(), patience_ms);
  try {
    const response = await fetch(path, { ...options, signal: giving_up.signal });
    return { response, text: await response.text() };
  } catch {
    throw new Unreachable();
  } finally {
    clearTimeout(timer);
  }
}

function json_of(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null; // whatever stands between us and the server has answered in its place
  }
}

/// A sentence for whoever is in front of the page.
export function words_of(error) {
  const fields = error.problem?.errors ?? [];
  const words = fields.map(({ pointer, detail }) => `${pointer.replace(/^[/?]/, '').replaceAll('_', ' ')}: ${detail}`);
  return sentence(words.length > 0 ? words.join('; ') : error.message);
}

function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
