// Who is in a room, and who of them is there now. Tells: "changed".

const page_size = 200;
const order = { online: 0, busy: 1, away: 2, offline: 3 };

export class People extends EventTarget {
  #account;
  #room_id;
  #members = new Map();  ///< by user id, as the API lists them
  #presence = new Map(); ///< by user id; absent: offline
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

  get count() {
    return this.#members.size;
  }

  get here() {
    return [...this.#members.keys()].filter((id) => this.presence_of(id).status !== 'offline').length;
  }

  presence_of(user_id) {
    return this.#presence.get(user_id) ?? { status: 'offline', text: null };
  }

  name_of(user_id) {
    const member = this.#members.get(user_id);
    return member ? name_in(member) : 'Somebody';
  }

  /// The first members, and who is there. Throws what Account.call throws.
  async load() {
    const path = `/api/v1/rooms/${this.#room_id}`;
    const [members, presence] = await Promise.all([
      this.#account.call('GET', `${path}/members?limit=${page_size}`),
      this.#account.call('GET', `${path}/presence`),
    ]);
    this.#members = new Map(members.items.map((member) => [member.user_id, member]));
    this.#presence = new Map((presence.items ?? []).map((one) => [one.user_id, one]));
    this.is_loaded = true;
    this.#changed();
  }

  /// Somebody's presence, as it is pushed.
  present(presence) {
    if (!this.#members.has(presence.user_id)) return;
    this.#presence.set(presence.user_id, presence);
    this.#changed();
  }

  /// An event of the room.
  apply({ type, data }) {
    if (!this.is_loaded || !type.startsWith('member.')) return;
    if (type === 'member.joined') this.load().catch(() => {}); // with who they are, and whether they are there
    if (type === 'member.left') this.#members.delete(data.user_id);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('changed'));
  }
}

export function name_in(member) {
  return member.user?.display_name ?? 'Somebody who left';
}
