// The messages of one room, as far as they are loaded: pages of history, and the room's events put onto them. Events may
// come twice, or be in a page already: what they do is the same once and twice. Tells: "changed".

const page_size = 50;
const reactions_delay_ms = 60; // reactions come in bursts, and are asked for together

export class Timeline extends EventTarget {
  #account;
  #messages = new Map(); ///< by id
  #asked_reactions = new Set();
  #reactions_timer = 0;
  #is_loading_older = false;
  #loads = 0;       ///< pages on their way
  #meanwhile = [];  ///< events that came since the first of them was asked for: a page may be older than they are
  room_id;
  notes = [];            ///< {after_seq, at, words, kind}: what happened between messages
  is_wanted = false;     ///< somebody has asked for it: it is to be loaded whenever it is not
  is_loaded = false;
  has_older = false;

  constructor(account, room_id) {
    super();
    this.#account = account;
    this.room_id = room_id;
  }

  get path() {
    return `/api/v1/rooms/${this.room_id}`;
  }

  /// Ascending by seq.
  get messages() {
    return [...this.#messages.values()].sort((a, b) => a.seq - b.seq);
  }

  message(id) {
    return this.#messages.get(id);
  }

  get last_seq() {
    return Math.max(0, ...Array.from(this.#messages.values(), ({ seq }) => seq));
  }

  /// The newest page, in the place of all there is.
  async load() {
    this.is_wanted = true;
    const page = await this.#page('');
    this.#messages = new Map(page.items.map((message) => [message.id, message]));
    this.has_older = page.prev !== null;
    this.is_loaded = true;
    this.#catch_up();
  }

  /// The page before the oldest message there is.
  async load_older() {
    if (!this.has_older || this.#is_loading_older) return;
    this.#is_loading_older = true;
    try {
      const oldest = Math.min(...Array.from(this.#messages.values(), ({ seq }) => seq));
      const page = await this.#page(`&before=${oldest}`);
      for (const message of page.items) if (!this.#messages.has(message.id)) this.#messages.set(message.id, message);
      this.has_older = page.prev !== null;
    } finally {
      this.#is_loading_older = false;
    }
    this.#catch_up();
  }

  /// Forgets everything: there is a gap.
  invalidate() {
    this.#messages.clear();
    this.is_loaded = false;
    this.has_older = false;
  }

  /// A message as the API shows it.
  put(message) {
    this.#messages.set(message.id, message);
    this.#changed();
  }

  note(words, kind = '', after_seq = this.last_seq) {
    this.notes.push({ after_seq, at: new Date(), words, kind });
    this.#changed();
  }

  /// An event of the room. Before there is a page it does not matter: the page will have it.
  apply(event) {
    if (this.#loads > 0) this.#meanwhile.push(event);
    if (!this.is_loaded) return;
    changes[event.type]?.(this, event);
  }

  /// Asks for what the message's reactions are by now.
  ask_reactions(message_id) {
    if (!this.#messages.has(message_id)) return;
    this.#asked_reactions.add(message_id);
    this.#reactions_timer ||= setTimeout(() => this.#load_reactions(), reactions_delay_ms);
  }

  async #load_reactions() {
    this.#reactions_timer = 0;
    const ids = [...this.#asked_reactions].slice(0, 200);
    ids.forEach((id) => this.#asked_reactions.delete(id));
    try {
      const { items } = await this.#account.call('GET', `${this.path}/reactions?message_ids=${ids.join(',')}`);
      for (const { message_id, reactions } of items) this.set_reactions(message_id, reactions);
    } catch {
      // the next event or the next page has them
    }
    if (this.#asked_reactions.size > 0) this.#reactions_timer ||= setTimeout(() => this.#load_reactions(), reactions_delay_ms);
  }

  set_reactions(message_id, reactions) {
    const message = this.#messages.get(message_id);
    if (message) this.put({ ...message, reactions });
  }

  async #page(where) {
    this.#loads += 1;
    try {
      return await this.#account.call('GET', `${this.path}/messages?limit=${page_size}${where}`);
    } finally {
      this.#loads -= 1;
    }
  }

  #catch_up() {
    const events = this.#loads === 0 ? this.#meanwhile.splice(0) : [];
    for (const event of events) this.apply(event);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('changed'));
  }
}

/// What an event does to a timeline.
const changes = {
  'message.posted': (timeline, event) => {
    if (timeline.message(event.data.message_id)) return;
    timeline.put(message_of(event));
    const answered = timeline.message(event.data.reply_to);
    if (answered) timeline.put({ ...answered, reply_count: answered.reply_count + 1 });
  },
  'message.edited': (timeline, { data, at }) => change_message(timeline, data, { body: data.body, edited_at: at }),
  'message.deleted': (timeline, { data, at }) =>
    change_message(timeline, data, { body: null, deleted_at: at, reactions: [] }),
  'reaction.added': (timeline, { data }) => timeline.ask_reactions(data.message_id),
  'reaction.removed': (timeline, { data }) => timeline.ask_reactions(data.message_id),
};

function change_message(timeline, { message_id }, what) {
  const message = timeline.message(message_id);
  if (message && !message.deleted_at) timeline.put({ ...message, ...what });
}

function message_of({ seq, room_id, actor_id, at, data }) {
  return {
    id: data.message_id,
    room_id,
    seq,
    author_id: actor_id,
    author: { display_name: data.author_name, avatar_url: null },
    body: data.body,
    reply_to: data.reply_to,
    created_at: at,
    edited_at: null,
    deleted_at: data.body === null ? at : null,
    reactions: [],
    reply_count: 0,
  };
}
