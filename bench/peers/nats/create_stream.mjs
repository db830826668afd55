// create_stream.mjs PORT: makes the stream that keeps every message published to room.*, in files.
// NATS' protocol is lines of text, and a line may come in pieces: what is in the frames is joined before it is read.

import WebSocket from 'ws';

const stream = { name: 'ROOM', subjects: ['room.*'], storage: 'file', retention: 'limits', discard: 'old', num_replicas: 1 };

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/`, { perMessageDeflate: false });
const text = JSON.stringify(stream);
let received = '';

socket.on('open', () => {
  socket.send('CONNECT {"verbose":false,"pedantic":false}\r\n');
  socket.send(`SUB answer 1\r\nPUB $JS.API.STREAM.CREATE.${stream.name} answer ${text.length}\r\n${text}\r\n`);
});
socket.on('message', (frame) => {
  received += frame;
  const answer = /\r\nMSG answer 1 \d+\r\n(.*)\r\n/.exec(received);
  if (!answer) return;
  const { config, error } = JSON.parse(answer[1]);
  console.log(error ?? config);
  process.exit(error ? 1 : 0);
});
socket.on('error', (error) => {
  console.log(String(error));
  process.exit(1);
});
