// The room that is open: its head, its messages, who is in it, who is writing, and where one writes.

import { words_of } from './api.js';
import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { ask_emoji, ask_whether, say_refusal } from './dialogs.js';
import { by_id, element } from './dom.js';
import { is_gone, name_of } from './message_item.js';
import { MessageList } from './message_list.js';
import { name_in } from './people.js';
import { count_of } from './rooms.js';

const typing_shown_ms = 5_000;
const status_words = { online: 'online', away: 'away', busy: 'busy', offline: 'offline' };
const announced_max = 8;

export class RoomView {
  #account;
  #connection;
  #outbox;
  #rooms;
  #messages;
  #composer;
  #room = null;
  #rendering = 0;

  constructor(account, connection, outbox, rooms) {
    this.#account = account;
    this.#connection = connection;
    this.#outbox = outbox;
    this.#rooms = rooms;
    this.#messages = new MessageList(account, outbox, this.#deeds());
    this.#messages.on_read = () => this.read();
    this.#composer = new Composer({
      send: (body, reply_to) => this.#send(body, reply_to),
      edit: (message, body) => this.#edit(message, body),
      typing: () => connection.whisper('typing', { room_id: this.#room.id }),
      edit_last: () => this.#own_last(),
    });
    rooms.addEventListener('room', ({ detail }) => detail === this.#room?.id && this.#render_soon());
    rooms.addEventListener('said', ({ detail }) => this.#said(detail));
    outbox.addEventListener('changed', () => this.#render_soon());
    document.addEventListener('visibilitychange', () => this.read());
    this.#wire_people();
    by_id('composer-emoji').addEventListener('click', () => ask_emoji('Add an emoji', (emoji) => this.#composer.insert(emoji)));
  }

  get room() {
    return this.#room;
  }

  async show(room) {
    this.#room = room;
    by_id('room-empty').hidden = true;
    by_id('room-open').hidden = false;
    this.#messages.show(room);
    this.#composer.show(room);
    this.#render();
    try {
      await this.#rooms.open(room);
    } catch (error) {
      room.timeline.note(words_of(error), 'refused');
    }
    this.#render();
  }

  hide() {
    this.#room = null;
    by_id('room-empty').hidden = false;
    by_id('room-open').hidden = true;
  }

  focus() {
    if (window.matchMedia('(pointer: coarse)').matches) by_id('room-name').focus();
    else this.#composer.focus(); // elsewhere a keyboard on the screen would cover half of it
  }

  /// Everything is read if the end is on a screen that is looked at.
  read() {
    if (this.#room?.timeline.is_loaded && this.#messages.is_at_end && document.visibilityState === 'visible')
      this.#rooms.mark_read(this.#room);
  }

  // ---- showing

  #render_soon() {
    this.#rendering ||= requestAnimationFrame(() => this.#render());
  }

  #render() {
    cancelAnimationFrame(this.#rendering);
    this.#rendering = 0;
    const room = this.#room;
    if (!room) return;
    by_id('room-name').textContent = room.name;
    const { people } = room;
    const members = count_of(room.member_count, 'member');
    by_id('room-facts').textContent = people.is_loaded ? `${members} · ${people.here} here now` : members;
    by_id('people-list').replaceChildren(...people.list.map((member) => this.#member(member)));
    by_id('leave-room').hidden = room.role === 'owner';
    this.#messages.render();
    this.#composer.render();
    this.#render_typing();
  }

  #member(member) {
    const name = name_in(member);
    const words = [status_words[member.status], member.text, member.role !== 'member' && member.role].filter(Boolean);
    return element(`li.person.is-${member.status}`, {}, avatar(member.user_id, name, member.status),
      element('span.person-words', {},
        element('span.person-name', {}, name, member.user_id === this.#account.user.id && element('span.soft', {}, ' (you)')),
        element('span.small.soft', {}, words.join(' · '))));
  }

  #render_typing() {
    const names = [...this.#room.typing.keys()].map((id) => this.#room.people.name_of(id));
    by_id('typing').textContent = names.length === 0 ? ''
      : names.length > 3 ? 'Several people are writing…'
        : `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} writing…`;
  }

  #wire_people() {
    const toggle = (shown) => {
      by_id('people').hidden = !shown;
      by_id('people-toggle').setAttribute('aria-expanded', String(shown));
    };
    const has_room = window.matchMedia('(min-width: 1100px)');
    toggle(has_room.matches);
    has_room.addEventListener('change', ({ matches }) => toggle(matches));
    by_id('people-toggle').addEventListener('click', () => toggle(by_id('people').hidden));
    by_id('people-close').addEventListener('click', () => {
      toggle(false);
      by_id('people-toggle').focus();
    });
    by_id('leave-room').addEventListener('click', () => this.#leave());
  }

  async #leave() {
    const room = this.#room;
    if (!await ask_whether('Leave this room?', `You will need its code to come back to “${room.name}”.`, 'Leave')) return;
    await this.#rooms.leave(room.id).catch((error) => say_refusal(by_id('people'), error));
  }

  // ---- what is heard

  #said({ room, event }) {
    const is_mine = event.actor_id === this.#account.user.id;
    if (event.type === 'typing' && !is_mine) this.#note_typing(room, event.data.user_id);
    if (event.type !== 'message.posted' || is_mine || event.data.body === null) return;
    this.#announce(`${room === this.#room ? '' : `${room.name}: `}${event.data.author_name}: ${event.data.body}`);
  }

  #note_typing(room, user_id) {
    clearTimeout(room.typing.get(user_id));
    room.typing.set(user_id, setTimeout(() => {
      room.typing.delete(user_id);
      if (room === this.#room) this.#render_typing();
    }, typing_shown_ms));
  }

  #announce(words) {
    const announcer = by_id('announcer');
    announcer.append(element('p', {}, words));
    while (announcer.childElementCount > announced_max) announcer.firstElementChild.remove();
  }

  // ---- what is done

  #send(body, reply_to) {
    this.#messages.go_to_end();
    this.#outbox.send(this.#room.id, body, reply_to);
  }

  async #edit(message, body) {
    this.#room.timeline.put(await this.#account.call('PATCH', this.#path(message), { body }));
  }

  #path(message) {
    return `/api/v1/rooms/${message.room_id}/messages/${message.id}`;
  }

  #own_last() {
    return this.#room.timeline.messages.findLast((message) => message.author_id === this.#account.user.id && !is_gone(message));
  }

  /// What the buttons on messages do.
  #deeds() {
    return {
      react: (message) => ask_emoji(`React to ${name_of(message)}`, (emoji) => this.#toggle(message, emoji)),
      toggle: (message, { dataset }) => this.#try(() => this.#toggle(message, dataset.emoji)),
      reply: (message) => this.#composer.reply_to(message),
      edit: (message) => this.#composer.edit(message),
      delete: (message) => this.#delete(message),
      'show-answered': (message) => this.#show_answered(message),
      'try-again': (entry) => this.#outbox.try_again(entry),
      discard: (entry) => this.#outbox.discard(entry),
    };
  }

  async #toggle(message, emoji) {
    const { timeline } = this.#rooms.room(message.room_id);
    const { reactions } = await this.#account.call('POST', `${this.#path(message)}/reactions`, { emoji });
    timeline.set_reactions(message.id, reactions);
  }

  async #delete(message) {
    if (!await ask_whether('Delete this message?', 'Its words go for everybody. That there was a message stays.', 'Delete')) return;
    const { timeline } = this.#rooms.room(message.room_id);
    await this.#try(async () => {
      await this.#account.call('DELETE', this.#path(message));
      timeline.put({ ...message, body: null, deleted_at: new Date().toISOString(), reactions: [] });
    });
  }

  #show_answered(message) {
    return this.#try(async () => {
      if (!await this.#messages.go_to(message.reply_to)) this.#room.timeline.note('That message is too far back to show', 'refused');
    });
  }

  async #try(action) {
    const { timeline } = this.#room;
    try {
      await action();
    } catch (error) {
      timeline.note(words_of(error), 'refused');
    }
  }
}
