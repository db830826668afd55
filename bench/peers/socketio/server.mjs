// A chat server on socket.io as its manual shows it, in three ways to keep messages: server.mjs PORT STORE, where STORE
// is "memory", "postgresql" or "notify". The database is reached through PGHOST.
//
//   join    (room, ack)          from now on the room's messages come as "message" {room, seq, body}
//   publish ({room, body}, ack)  ack {id} or {error}
//   GET /history/ROOM            the last 50 messages, oldest first

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { make_store } from './store.mjs';

const [port, kind] = process.argv.slice(2);

async function answer_history(request, response) {
  const [, room] = /^\/history\/([\w-]+)$/.exec(request.url) ?? [];
  if (request.method !== 'GET' || !room) {
    response.writeHead(404).end();
    return;
  }
  const text = JSON.stringify({ room, messages: await store.last(room, 50) });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }).end(text);
}

const http = createServer((request, response) => {
  answer_history(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
const io = new Server(http, { perMessageDeflate: false, serveClient: false });
const store = await make_store(kind, (message) => io.to(message.room).emit('message', message));

io.on('connection', (socket) => {
  socket.on('join', async (room, ack) => {
    await socket.join(room);
    ack({});
  });
  socket.on('publish', async ({ room, body }, ack) => {
    try {
      ack({ id: await store.add(room, body) });
    } catch (error) {
      ack({ error: String(error) });
    }
  });
});

http.keepAliveTimeout = 600_000; // a benchmark's connections are not to be closed under it
http.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });

process.on('SIGTERM', () => process.exit(0));
