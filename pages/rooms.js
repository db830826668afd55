// The rooms one is in: their settings, how much in them is unread, their timelines, who is in them and who is there now.
// Follows the connection; of more rooms than it may listen to, the rest is as it was when it was loaded. Tells: "changed" (the list), "room" (one room, detail: its id), "said" (detail: {room, event}).

import { goes, People } from './people.js';
import { Timeline } from './timeline.js';

const listened_max = 100; // a connection may have 128 subscriptions
const unread_max = 999;
const read_delay_ms = 250;
const concerns_membership = new Set(['member.joined', 'member.left', 'member.kicked', 'member.role_changed']);

export class Rooms extends EventTarget {
  #account;
  #connection;
  #outbox;
  #rooms = new Map();  ///< by id, as the API lists them, with `timeline`, `people`, `typing`, `is_lost`
  #read_timer = 0;
  is_loaded = false;

  constructor(account, connection, outbox) {
    super();
    this.#account = account;
    this.#connection = connection;
    this.#outbox = outbox;
    connection.addEventListener('told', ({ detail }) => this.#told(detail));
    outbox.addEventListener('posted', ({ detail }) => this.#posted(detail));
  }

  /// What was said last stands first.
  get list() {
    return [...this.#rooms.values()].sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
  }

  room(id) {
    return this.#rooms.get(id);
  }

  async load() {
    const found = [];
    for (let next = '/api/v1/rooms?limit=200'; next; ) {
      const page = await this.#account.call('GET', next);
      found.push(...page.items);
      next = page.next;
    }
    const living = found.filter(({ archived }) => !archived);
    for (const room of living) this.#add(room);
    const ids = new Set(living.map(({ id }) => id));
    for (const id of [...this.#rooms.keys()]) if (!ids.has(id)) this.#lose(id);
    this.is_loaded = true;
    this.#changed();
  }

  async create(fields) {
    return this.#enter(await this.#account.call('POST', '/api/v1/rooms', fields));
  }

  async join(share_code) {
    return this.#enter(await this.#account.call('POST', '/api/v1/rooms/join', { share_code }));
  }

  async leave(id) {
    await this.#account.call('POST', `/api/v1/rooms/${id}/leave`);
    this.#lose(id);
    this.#changed();
  }

  /// Public rooms that one may join.
  async discover() {
    const { items } = await this.#account.call('GET', '/api/v1/rooms?discover=true&limit=20');
    return items.filter(({ id }) => !this.#rooms.has(id));
  }

  async join_open(id) {
    return this.#enter(await this.#account.call('POST', `/api/v1/rooms/${id}/join`));
  }

  /// Says that everything in the room is read; soon, because messages come in bursts.
  mark_read(room) {
    const seq = Math.max(room.last_seq, room.timeline.last_seq);
    if (seq <= (room.last_read_seq ?? 0)) return;
    room.last_read_seq = seq;
    room.unread_count = 0;
    this.#changed();
    clearTimeout(this.#read_timer);
    this.#read_timer = setTimeout(() => this.#tell_read(room), read_delay_ms);
  }

  async #tell_read(room) {
    const path = `/api/v1/rooms/${room.id}/read`;
    await this.#account.call('PUT', path, { seq: room.last_read_seq }).catch(() => {}); // the next one says it too
  }

  /// The newest page of the room and who is in it. Throws what Account.call throws.
  async open(room) {
    const loads = [room.people.load()];
    if (!room.timeline.is_loaded) loads.push(room.timeline.load());
    await Promise.all(loads);
  }

  async #enter(room) {
    this.#add({ role: 'member', last_read_seq: room.last_seq, unread_count: 0, ...room });
    this.#changed();
    return this.room(room.id);
  }

  #add(room) {
    const known = this.#rooms.get(room.id);
    if (known) return Object.assign(known, room);
    const timeline = new Timeline(this.#account, room.id);
    const people = new People(this.#account, room.id);
    const added = { ...room, timeline, people, typing: new Map() };
    this.#rooms.set(room.id, added);
    timeline.addEventListener('changed', () => this.#room_changed(room.id));
    people.addEventListener('changed', () => this.#room_changed(room.id));
    if (this.#rooms.size <= listened_max) this.#listen(added);
    return added;
  }

  #lose(id) {
    this.#connection.leave(id);
    this.#rooms.delete(id);
  }

  #listen(room) {
    this.#connection.listen(room.id, {
      begun: (seq) => this.#begun(room, seq).catch(() => {}), // it will begin again
      heard: (event) => this.#heard(room, event),
      back: (how) => this.#back(room, how),
      ended: (code) => this.#ended(room, code),
    });
  }

  // ---- what comes

  #heard(room, event) {
    room.timeline.apply(event);
    room.people.apply(event);
    if (event.seq > room.last_seq) this.#advance(room, event);
    reactions_to[event.type]?.(room, event, this);
    this.dispatchEvent(new CustomEvent('said', { detail: { room, event } }));
    this.#room_changed(room.id);
  }

  #advance(room, { seq, at, type, actor_id }) {
    room.last_seq = seq;
    if (type === 'member.joined') room.member_count += 1;
    if (goes.has(type)) room.member_count -= 1;
    if (type !== 'message.posted') return;
    room.updated_at = at;
    if (actor_id !== this.#account.user.id) room.unread_count = Math.min(room.unread_count + 1, unread_max);
    this.#changed();
  }

  arrived(client_id) {
    this.#outbox.arrived(client_id);
  }

  #posted(message) {
    this.room(message.room_id)?.timeline.put(message);
  }

  /// What was said since the room was looked at, and before it was listened to, has to be counted.
  async #begun(room, seq) {
    if (seq > room.last_seq) await this.load();
    await this.#load_wanted(room);
  }

  /// It listens again. What was missed came with it, or is to be loaded.
  async #back(room, { recovered, events }) {
    if (!recovered) room.timeline.invalidate();
    const missed = events.filter(({ type }) => type === 'message.posted');
    const words = recovered ? `Back online: ${count_of(missed.length, 'message')} caught up` : 'Back online: history loaded anew';
    const before = missed.length > 0 ? missed[0].seq - 1 : undefined;
    this.#connection.note(`${room.name}: ${recovered ? `recovered, ${count_of(missed.length, 'message')}` : 'too much was missed, loaded anew'}.`);
    try {
      if (!recovered) await this.load(); // what is unread has to be counted anew
      await this.#load_wanted(room);
    } catch {
      return; // it is lost again, and will be back again
    }
    room.timeline.note(words, 'back', before);
  }

  async #load_wanted({ timeline, people }) {
    if (timeline.is_wanted && !timeline.is_loaded) await timeline.load();
    if (people.is_loaded) await people.load();
  }

  #ended(room, code) {
    if (code < 100) return; // by ourselves
    this.#lose(room.id);
    this.#changed();
  }

  #told({ type, room_id, actor_id, data }) {
    if (type === 'presence.changed') for (const room of this.#rooms.values()) room.people.present(data);
    if (type === 'read.advanced') this.#read_elsewhere(this.room(room_id), data.seq);
    if (concerns_membership.has(type)) this.load().catch(() => {}); // in another tab, or by somebody else
  }

  #read_elsewhere(room, seq) {
    if (!room || seq <= (room.last_read_seq ?? 0)) return;
    room.last_read_seq = seq;
    if (seq >= room.last_seq) room.unread_count = 0;
    else this.load().catch(() => {});
    this.#changed();
  }

  // ---- telling

  #changed() {
    this.dispatchEvent(new Event('changed'));
  }

  #room_changed(id) {
    this.dispatchEvent(new CustomEvent('room', { detail: id }));
  }

  changed() {
    this.#changed();
  }

  async reload(id) {
    const room = this.room(id);
    if (room) Object.assign(room, await this.#account.call('GET', `/api/v1/rooms/${id}`));
    this.#changed();
    this.#room_changed(id);
  }
}

export function count_of(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/// What else an event of a room does.
const reactions_to = {
  'message.posted': (room, { actor_id, data, client_id }, rooms) => {
    room.typing.delete(actor_id);
    const id = client_id ?? data.client_id;
    if (id) rooms.arrived(id);
  },
  'room.updated': (room, { data }, rooms) => {
    Object.assign(room, data.settings);
    rooms.changed();
  },
  'room.code_rotated': (room, _, rooms) => rooms.reload(room.id).catch(() => {}),
  'member.joined': (room, { data, seq }) => room.timeline.note(`${data.display_name ?? 'Somebody'} joined`, 'joined', seq),
  'member.left': (room, { data, seq }) => room.timeline.note(`${room.people.name_before(data.user_id)} left`, 'left', seq),
  'member.kicked': (room, { data, seq }) => room.timeline.note(`${room.people.name_before(data.user_id)} was sent away`, 'left', seq),
  'room.restored': (room, _, rooms) => rooms.reload(room.id).catch(() => {}),
  'room.owner_changed': (room, _, rooms) => rooms.reload(room.id).catch(() => {}),
};
