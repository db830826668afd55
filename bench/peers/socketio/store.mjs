// Where messages are kept. A store has add(room, body), which answers the message's number once it is kept, and
// last(room, count), oldest first. It calls deliver({room, seq, body}) for every message that is to go out.

import pg from 'pg';

export function make_store(kind, deliver) {
  const makers = { memory: in_memory, postgresql: in_table, notify: in_table_and_notified };
  return makers[kind](deliver);
}

const kept_in_memory = 50;

function in_memory(deliver) {
  const rooms = new Map();
  return {
    add(room, body) {
      if (!rooms.has(room)) rooms.set(room, { seq: 0, last: [] });
      const kept = rooms.get(room);
      const message = { room, seq: ++kept.seq, body };
      kept.last.push(message);
      if (kept.last.length > kept_in_memory) kept.last.shift();
      deliver(message);
      return message.seq;
    },
    last: (room, count) => (rooms.get(room)?.last ?? []).slice(-count),
  };
}

// bigint: this many fit into a double, and numbers are what a client expects.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

// As many connections as a small cluster is usually given; each commits on its own, so they share the disk's syncs.
const new_pool = () => new pg.Pool({ max: 20 });

function last_of(pool) {
  const text = 'SELECT seq, room, body FROM message WHERE room = $1 ORDER BY seq DESC LIMIT $2';
  return async (room, count) => (await pool.query({ name: 'last', text, values: [room, count] })).rows.reverse();
}

// A named statement is planned once per connection. Each INSERT is a transaction of its own: the answer to the query
// says that it is committed.
function in_table(deliver) {
  const pool = new_pool();
  const text = 'INSERT INTO message (room, body) VALUES ($1, $2) RETURNING seq';
  return {
    async add(room, body) {
      const { rows } = await pool.query({ name: 'add', text, values: [room, body] });
      deliver({ room, seq: rows[0].seq, body });
      return rows[0].seq;
    },
    last: last_of(pool),
  };
}

// One statement, so one transaction. PostgreSQL hands out notifications after the commit, in the order of commits.
async function in_table_and_notified(deliver) {
  const pool = new_pool();
  const listener = new pg.Client();
  await listener.connect();
  listener.on('notification', ({ payload }) => deliver(JSON.parse(payload)));
  await listener.query('LISTEN message');
  const text = `WITH added AS (INSERT INTO message (room, body) VALUES ($1, $2) RETURNING seq, room, body)
    SELECT seq, pg_notify('message', json_build_object('room', room, 'seq', seq, 'body', body)::text) FROM added`;
  return {
    async add(room, body) {
      return (await pool.query({ name: 'add', text, values: [room, body] })).rows[0].seq;
    },
    last: last_of(pool),
  };
}
