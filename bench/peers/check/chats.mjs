// How each peer is spoken to, in as few lines as it takes; README.md shows the frames. A chat has
//
//   subscribe(port, room, number, on_body)   resolves once all that is published from now on will come
//   publisher(port, room)                    resolves to {publish(body)}, which resolves with the ack
//   history(port, room, publisher)           the bodies of the last 50, oldest first, or null if it has no such thing
//   in_order                                 whether messages sent at once keep their order

import WebSocket from 'ws';

export function chat_with(name) {
  return name === 'nchan' ? nchan : name === 'nats' ? nats : name === 'ejabberd' ? xmpp : socket_io(name);
}

// A connection on which one waits for what comes: expect(test) resolves to the first thing for which test is true.
async function connect(url, { subprotocol = [], split = (text) => [text] } = {}) {
  const socket = new WebSocket(url, subprotocol, { perMessageDeflate: false });
  const waiting = new Set();
  const connection = {
    send: (text) => socket.send(text),
    hear: () => {},
    expect: (test) => new Promise((resolve) => waiting.add({ test, resolve })),
  };
  socket.on('message', (frame) => {
    for (const text of split(String(frame))) {
      connection.hear(text);
      for (const entry of waiting) {
        if (!entry.test(text)) continue;
        waiting.delete(entry);
        entry.resolve(text);
        break;
      }
    }
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return connection;
}

// ---- nchan

const nchan = {
  in_order: true,
  async subscribe(port, room, number, on_body) {
    (await connect(`ws://127.0.0.1:${port}/sub/${room}`)).hear = on_body;
  },
  async publisher(port, room) {
    const connection = await connect(`ws://127.0.0.1:${port}/pub/${room}`);
    return {
      async publish(body) {
        const answered = connection.expect((text) => text.startsWith('queued messages: '));
        connection.send(body);
        await answered;
      },
    };
  },
  async history(port, room) {
    const answer = await fetch(`http://127.0.0.1:${port}/history/${room}`);
    return (await answer.text()).trimEnd().split('\n');
  },
};

// ---- NATS

// Its messages out of a stream of bytes that frames cut anywhere: a line, or a line and what it says follows.
function nats_messages() {
  let rest = '';
  return (text) => {
    const found = [];
    rest += text;
    for (;;) {
      const line_end = rest.indexOf('\r\n');
      if (line_end < 0) return found;
      const payload = /^MSG .* (\d+)$/.exec(rest.slice(0, line_end));
      const end = payload ? line_end + 2 + Number(payload[1]) : line_end;
      if (rest.length < end + 2) return found;
      found.push(rest.slice(0, end));
      rest = rest.slice(end + 2);
    }
  };
}

async function nats_connect(port) {
  const connection = await connect(`ws://127.0.0.1:${port}/`, { split: nats_messages() });
  const welcome = connection.expect((text) => text === 'PONG');
  connection.send('CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n');
  await welcome;
  return connection;
}

async function nats_subscribe(connection, subject) {
  const subscribed = connection.expect((text) => text === 'PONG');
  connection.send(`SUB ${subject} 1\r\nPING\r\n`);
  await subscribed;
}

const nats = {
  in_order: true,
  async subscribe(port, room, number, on_body) {
    const connection = await nats_connect(port);
    connection.hear = (text) => text.startsWith('MSG ') && on_body(text.slice(text.indexOf('\r\n') + 2));
    await nats_subscribe(connection, `room.${room}`);
  },
  async publisher(port, room) {
    const connection = await nats_connect(port);
    await nats_subscribe(connection, 'ack.1.*');
    let last = 0;
    return {
      async publish(body) {
        const ack = `ack.1.${++last}`;
        const answered = connection.expect((text) => text.startsWith(`MSG ${ack} `));
        connection.send(`PUB room.${room} ${ack} ${body.length}\r\n${body}\r\n`);
        const answer = JSON.parse((await answered).split('\r\n')[1]);
        if (answer.error) throw new Error(JSON.stringify(answer.error));
      },
    };
  },
  history: () => null,
};

// ---- XMPP

async function xmpp_enter(port, room, nick) {
  const connection = await connect(`ws://127.0.0.1:${port}/ws`, { subprotocol: 'xmpp' });
  const ask = (stanza, expected) => {
    const answered = connection.expect((text) => text.includes(expected));
    connection.send(stanza);
    return answered;
  };
  const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
  await ask(open, 'ANONYMOUS');
  await ask("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>", '<success');
  await ask(open, '<bind');
  await ask("<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", '<jid>');
  await ask(`<presence xmlns='jabber:client' to='${room}@conference.localhost/${nick}'>` +
    "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>", '<subject/>');
  return connection;
}

const xmpp_body = (text) => /<body>(.*)<\/body>/.exec(text)?.[1];

const xmpp = {
  in_order: true,
  async subscribe(port, room, number, on_body) {
    const connection = await xmpp_enter(port, room, `subscriber-${number}`);
    connection.hear = (text) => xmpp_body(text) && on_body(xmpp_body(text));
  },
  async publisher(port, room) {
    const connection = await xmpp_enter(port, room, 'publisher');
    let last = 0;
    return {
      connection,
      async publish(body) {
        const id = `p${++last}`;
        const answered = connection.expect((text) => text.includes(`id='${id}'`));
        connection.send(`<message xmlns='jabber:client' to='${room}@conference.localhost' type='groupchat' id='${id}'>` +
          `<body>${body}</body></message>`);
        if ((await answered).includes("type='error'")) throw new Error(await answered);
      },
    };
  },
  async history(port, room, { connection }) {
    const bodies = [];
    connection.hear = (text) => text.includes('<forwarded') && bodies.push(xmpp_body(text));
    const done = connection.expect((text) => text.includes('<fin'));
    connection.send(`<iq xmlns='jabber:client' type='set' id='h' to='${room}@conference.localhost'>` +
      "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>50</max><before/></set></query></iq>");
    await done;
    return bodies;
  },
};

// ---- socket.io

async function socket_io_connect(port) {
  const connection = await connect(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const welcome = connection.expect((text) => text.startsWith('40'));
  connection.send('40');
  await welcome;
  let last = 0;
  connection.ask = async (event, argument) => {
    const number = ++last;
    const answered = connection.expect((text) => text.startsWith(`43${number}[`));
    connection.send(`42${number}${JSON.stringify([event, argument])}`);
    const [answer] = JSON.parse((await answered).slice(`43${number}`.length));
    if (answer.error) throw new Error(answer.error);
  };
  return connection;
}

const socket_io = (name) => ({
  in_order: name === 'socketio', // else each message goes through any of several connections to the database
  async subscribe(port, room, number, on_body) {
    const connection = await socket_io_connect(port);
    connection.hear = (text) => text.startsWith('42["message"') && on_body(JSON.parse(text.slice(2))[1].body);
    await connection.ask('join', room);
  },
  async publisher(port, room) {
    const connection = await socket_io_connect(port);
    return { publish: (body) => connection.ask('publish', { room, body }) };
  },
  async history(port, room) {
    const answer = await fetch(`http://127.0.0.1:${port}/history/${room}`);
    return (await answer.json()).messages.map(({ body }) => body);
  },
});
