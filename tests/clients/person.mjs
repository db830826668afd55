// What a person does over REST. Each call is made once and must be answered as the contract says.

import assert from 'node:assert/strict';

const password = 'a quiet afternoon';

export async function request(url, method, path, { token, body } = {}) {
  const headers = { connection: 'close' }; // none stays open behind a test that counts them
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, json: text === '' ? null : JSON.parse(text) };
}

/// Registers `login` on the server and gives the person.
export async function register(server, login) {
  const person = new Person(server, login);
  await person.register();
  return person;
}

class Person {
  #server;
  login;
  id = '';
  token = '';

  constructor(server, login) {
    this.#server = server;
    this.login = login;
  }

  async register() {
    const body = { login: this.login, password, display_name: this.login };
    const session = await this.call(201, 'POST', '/auth/register', body);
    this.id = session.user.id;
    this.token = session.access_token;
  }

  /// A new session; its access token is kept and returned.
  async sign_in() {
    const session = await this.call(200, 'POST', '/auth/login', { login: this.login, password });
    this.token = session.access_token;
    return this.token;
  }

  create_room(name, fields = {}) {
    return this.call(201, 'POST', '/rooms', { name, ...fields });
  }

  join_by_code(share_code) {
    return this.call(200, 'POST', '/rooms/join', { share_code });
  }

  post(room, body) {
    return this.call(201, 'POST', `/rooms/${room.id}/messages`, { body });
  }

  async messages(room) {
    return (await this.call(200, 'GET', `/rooms/${room.id}/messages?limit=200`)).items;
  }

  /// Status and body of an answer that may be a refusal.
  try(method, path, body) {
    return request(this.#server.url, method, `/api/v1${path}`, { token: this.token, body });
  }

  async call(status, method, path, body) {
    const answer = await this.try(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.json)}`);
    return answer.json;
  }
}
