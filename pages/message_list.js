// The list of a room's messages on the screen: messages, days, notes, and what is on its way. Items that stayed the same
// are kept, so that focus and scrolling stay where they were. One message is in the tab order, arrows go to the others.

import { words_of } from './api.js';
import { by_id, element } from './dom.js';
import { message_item, pending_item } from './message_item.js';

const together_ms = 5 * 60_000; // what one person says within it stands under one name
const near_end_px = 80;
const near_begin_px = 160;

const day_form = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const time_form = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export class MessageList {
  #log = by_id('log');
  #list = by_id('messages');
  #older = by_id('older');
  #to_end = by_id('to-end');
  #begins = by_id('room-begins');
  #account;
  #outbox;
  #room = null;
  #items = new Map(); ///< by key: {made_of, node}
  #current = null;    ///< id of the message that Tab goes to; null: the last
  #unread_after = null; ///< seq behind which the line "New" stands; null: nowhere
  #seen_to = 0;
  #was_at_end = true;
  on_read = () => {}; ///< the end of the room is on the screen

  /// `does[name](message, button)`: what the buttons on a message do.
  constructor(account, outbox, does) {
    this.#account = account;
    this.#outbox = outbox;
    this.#list.addEventListener('click', (event) => this.#clicked(event, does));
    this.#list.addEventListener('keydown', (event) => this.#pressed(event));
    this.#list.addEventListener('focusin', ({ target }) => this.#focused(target.closest('li[data-id]')));
    this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#older.addEventListener('click', () => this.#load_older());
    this.#to_end.addEventListener('click', () => this.go_to_end());
    new ResizeObserver(() => this.#was_at_end && this.go_to_end()).observe(this.#log);
  }

  show(room) {
    this.#room = room;
    this.#items.clear();
    this.#current = null;
    this.#unread_after = room.unread_count > 0 ? (room.last_read_seq ?? 0) : null;
    this.#seen_to = 0;
    this.#was_at_end = true;
    this.#list.replaceChildren();
    this.#list.setAttribute('aria-label', `Messages in ${room.name}`);
    this.render();
  }

  /// Shows what there is now.
  render() {
    if (!this.#room) return;
    const from_end = this.#log.scrollHeight - this.#log.scrollTop;
    const first = this.#list.querySelector('li[data-id]')?.dataset.id;
    const timeline = this.#room.timeline;
    this.#place(this.#wanted());
    this.#older.hidden = !timeline.has_older;
    this.#begins.hidden = timeline.has_older || !timeline.is_loaded;
    this.#render_begin();
    const grew_above = first && first !== this.#list.querySelector('li[data-id]')?.dataset.id;
    if (this.#was_at_end) this.go_to_end();
    else if (grew_above) this.#log.scrollTop = this.#log.scrollHeight - from_end;
    this.#show_way_to_end();
    if (this.#was_at_end) this.on_read();
  }

  #render_begin() {
    const { name, member_count, share_code } = this.#room;
    const is_alone = member_count === 1 && share_code;
    const made_of = `${name} ${is_alone}`;
    if (this.#begins.dataset.madeOf === made_of) return; // a button in it may have the focus
    this.#begins.dataset.madeOf = made_of;
    this.#begins.replaceChildren(
      element('p.begins-title', {}, name),
      element('p.soft', {}, is_alone ? 'This is where it begins. Nobody but you is here yet.' : 'This is where it begins.'),
      ...(is_alone ? [element('p.row', {}, element('button.button.primary', { type: 'button', 'data-opens': 'share-dialog' }, 'Let somebody in'))] : []));
  }

  get is_at_end() {
    return this.#was_at_end;
  }

  go_to_end() {
    this.#was_at_end = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#seen_to = this.#room?.timeline.last_seq ?? 0;
    this.#show_way_to_end();
  }

  /// Scrolls to a message and puts the focus on it; loads what is missing up to it, within reason. False: it is too far.
  async go_to(message_id) {
    const { timeline } = this.#room;
    for (let pages = 0; !timeline.message(message_id) && timeline.has_older && pages < 10; pages += 1) await timeline.load_older();
    const item = this.#list.querySelector(`li[data-id="${CSS.escape(message_id)}"]`);
    if (!item) return false;
    this.#was_at_end = false;
    item.scrollIntoView({ block: 'center' });
    item.focus();
    item.classList.remove('shown');
    void item.offsetWidth; // so that the animation begins anew
    item.classList.add('shown');
    return true;
  }

  focus_last() {
    this.#list.querySelector('li[data-id]:last-of-type')?.focus();
  }

  // ---- what is to be there

  #wanted() {
    const { timeline } = this.#room;
    const wanted = [];
    let before = null; // the message above, if nothing stands between
    let day = '';
    for (const what of in_order(timeline)) {
      const its_day = day_form.format(what.at);
      if (its_day !== day) wanted.push(line(`day ${its_day}`, 'day', its_day));
      if (this.#is_first_unread(what.message, wanted)) wanted.push(line('unread', 'unread', 'New'));
      if (its_day !== day || wanted.at(-1)?.key === 'unread') before = null;
      day = its_day;
      wanted.push(what.message ? this.#message(what.message, before) : note_line(what.note));
      before = what.message ?? null;
    }
    for (const entry of this.#outbox.in_room(this.#room.id)) {
      wanted.push(this.#pending(entry, before));
      before = { author_id: this.#account.user.id };
    }
    if (!wanted.some(({ id }) => id === this.#current)) this.#current = null;
    return wanted;
  }

  #is_first_unread(message, wanted) {
    return message && this.#unread_after !== null && message.seq > this.#unread_after
      && message.author_id !== this.#account.user.id && !wanted.some(({ key }) => key === 'unread');
  }

  #message(message, before) {
    const follows = before?.author_id === message.author_id && !message.reply_to
      && Date.parse(message.created_at) - Date.parse(before.created_at) < together_ms;
    const answered = message.reply_to ? this.#room.timeline.message(message.reply_to) : undefined;
    const about = { follows, answered, mine: message.author_id === this.#account.user.id };
    const { reply_count, ...shown } = message; // a count that is not shown makes no new item
    return {
      key: message.id, id: message.id, made_of: JSON.stringify([shown, about]),
      make: () => message_item(message, { ...about, is_current: message.id === this.#current }),
    };
  }

  #pending(entry, before) {
    const { user } = this.#account;
    const follows = before?.author_id === user.id && !entry.reply_to;
    const words = entry.reason ? words_of(entry.reason) : '';
    return {
      key: entry.client_id, made_of: JSON.stringify([entry.state, words, follows]),
      make: () => pending_item({ ...entry, words }, user.display_name, user.id, follows),
    };
  }

  /// Brings the list to what is wanted, with as few new items as can be.
  #place(wanted) {
    const kept = new Map();
    let at = this.#list.firstChild;
    for (const { key, made_of, make } of wanted) {
      const known = this.#items.get(key);
      const node = known?.made_of === made_of ? known.node : this.#make(make, known?.node);
      kept.set(key, { made_of, node });
      if (node === at) at = at.nextSibling;
      else this.#list.insertBefore(node, at);
    }
    const stays = new Set(Array.from(kept.values(), ({ node }) => node));
    for (const { node } of this.#items.values()) if (!stays.has(node)) node.remove();
    this.#items = kept;
    this.#mark_current();
  }

  /// A new node; the focus goes over to it if the one before had it.
  #make(make, before) {
    const node = make();
    if (!before?.contains(document.activeElement)) return node;
    const { does, emoji } = document.activeElement.dataset;
    const same = does && [...node.querySelectorAll('[data-does]')].find(({ dataset }) => dataset.does === does && dataset.emoji === emoji);
    queueMicrotask(() => (same || node).focus({ preventScroll: true }));
    return node;
  }

  // ---- focus

  #mark_current() {
    const items = [...this.#list.querySelectorAll('li[data-id]')];
    const current = items.find(({ dataset }) => dataset.id === this.#current) ?? items.at(-1);
    for (const item of items) item.tabIndex = item === current ? 0 : -1;
  }

  #focused(item) {
    if (!item || item.dataset.id === this.#current) return;
    this.#current = item.dataset.id;
    this.#mark_current();
  }

  #pressed(event) {
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    const item = event.target.closest('li[data-id]');
    if (!item || !(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const items = [...this.#list.querySelectorAll('li[data-id]')];
    const to = Math.min(Math.max(items.indexOf(item) + steps[event.key], 0), items.length - 1);
    if (items[to] === item && event.key === 'ArrowUp') this.#load_older();
    items[to].focus();
    items[to].scrollIntoView({ block: 'nearest' });
  }

  #clicked(event, does) {
    const button = event.target.closest('[data-does]');
    if (!button) return;
    const item = button.closest('li');
    const entry = this.#outbox.in_room(this.#room.id).find(({ client_id }) => client_id === item.dataset.clientId);
    does[button.dataset.does](entry ?? this.#room.timeline.message(item.dataset.id), button);
  }

  // ---- scrolling

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    this.#was_at_end = scrollHeight - scrollTop - clientHeight < near_end_px;
    if (this.#was_at_end) {
      this.#seen_to = this.#room?.timeline.last_seq ?? 0;
      this.on_read();
    }
    this.#show_way_to_end();
    if (scrollTop < near_begin_px && scrollHeight > clientHeight) this.#load_older();
  }

  #show_way_to_end() {
    this.#to_end.hidden = this.#was_at_end;
    const me = this.#account.user.id;
    const news = this.#was_at_end ? 0
      : this.#room.timeline.messages.filter(({ seq, author_id }) => seq > this.#seen_to && author_id !== me).length;
    this.#to_end.lastElementChild.textContent = news > 0 ? `${news} new` : 'Latest';
  }

  async #load_older() {
    const timeline = this.#room?.timeline;
    if (!timeline?.is_loaded || !timeline.has_older) return;
    this.#older.disabled = true;
    await timeline.load_older().catch(() => {}); // the button stays
    this.#older.disabled = false;
  }
}

/// Messages and notes, each with its time: a note stands behind what it came after.
function in_order(timeline) {
  const messages = timeline.is_loaded ? timeline.messages : [];
  const notes = timeline.notes.map((note) => ({ note, at: note.at, place: note.after_seq + 0.5 }));
  const all = [...messages.map((message) => ({ message, at: new Date(message.created_at), place: message.seq })), ...notes];
  return all.sort((a, b) => a.place - b.place || a.at - b.at);
}

function note_line({ at, words, kind }) {
  return line(`note ${at.getTime()} ${words}`, `note.${kind || 'plain'}`, words, time_form.format(at));
}

function line(key, shape, words, time) {
  const make = () => element(`li.line.${shape}`, {}, element('span', {}, words), time && element('time.soft', {}, time));
  return { key, made_of: words, make };
}
