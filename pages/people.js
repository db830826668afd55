// Who is in a room, and who of them is there now. Tells: "changed".

const page_size = 200;
export const goes = new Set(['member.left', 'member.kicked']); ///< events after which somebody is not in it
const order = { online: 0, busy: 1, away: 2, offline: 3 };

export class People extends EventTarget {
  #account;
  #room_id;
  #members = new Map();  ///< by user id, as the API lists them
  #presence = new Map(); ///< by user id; absent: offline
  #counted = null;       ///< how many are there, of a room in which they are too many to be told one by one
  #asked = 0;            ///< loads that were begun,
  #answered = 0;         ///< and the last of them whose answer is what is shown
  #meanwhile = new Map(); ///< by user id: presences that were pushed while one was on its way: its answer may be older
  #gone = new Map();     ///< names of those who went while we listened
  is_loaded = false;

  constructor(account, room_id) {
    super();
    this.#account = account;
    this.#room_id = room_id;
  }

  /// Those who are there first, then by name.
  get list() {
    const named = [...this.#members.values()].map((member) => ({ ...member, ...this.presence_of(member.user_id) }));
    return named.sort((a, b) => order[a.status] - order[b.status] || name_in(a).localeCompare(name_in(b)));
  }

  get here() {
    return this.#counted ?? [...this.#members.keys()].filter((id) => this.presence_of(id).status !== 'offline').length;
  }

  presence_of(user_id) {
    return this.#presence.get(user_id) ?? { status: 'offline', text: null };
  }

  name_of(user_id) {
    const member = this.#members.get(user_id);
    return member ? name_in(member) : 'Somebody';
  }

  /// Of somebody who may have gone just now.
  name_before(user_id) {
    return this.#gone.get(user_id) ?? this.name_of(user_id);
  }

  /// The first members, and who is there. Throws what Account.call throws.
  async load() {
    const path = `/api/v1/rooms/${this.#room_id}`;
    this.#asked += 1;
    const turn = this.#asked;
    const [members, presence] = await Promise.all([
      this.#account.call('GET', `${path}/members?limit=${page_size}`),
      this.#account.call('GET', `${path}/presence`),
    ]);
    if (turn < this.#answered) return; // a later one was faster
    this.#answered = turn;
    this.#members = new Map(members.items.map((member) => [member.user_id, member]));
    this.#presence = new Map((presence.items ?? []).map((one) => [one.user_id, one]));
    this.#counted = presence.items ? null : sum_of(presence);
    this.is_loaded = true;
    for (const [id, one] of this.#meanwhile) this.#presence.set(id, one);
    if (turn === this.#asked) this.#meanwhile.clear();
    this.#changed();
  }

  /// Somebody's presence, as it is pushed.
  present(presence) {
    if (this.#answered < this.#asked) this.#meanwhile.set(presence.user_id, presence);
    if (!this.#members.has(presence.user_id)) return;
    this.#presence.set(presence.user_id, presence);
    this.#changed();
  }

  /// An event of the room.
  apply({ type, data }) {
    if (type === 'presence.counted' && this.#counted !== null) this.#counted = sum_of(data);
    if (goes.has(type)) {
      this.#gone.set(data.user_id, this.name_of(data.user_id));
      this.#members.delete(data.user_id);
    }
    if (type === 'member.joined' && this.is_loaded) this.load().catch(() => {}); // with who they are, and whether they are there
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('changed'));
  }
}

function sum_of({ online, away, busy }) {
  return online + away + busy;
}

export function name_in(member) {
  return member.user?.display_name ?? 'Somebody who left';
}
