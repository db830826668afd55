// The list of rooms with what is unread in them, and oneself.

import { avatar } from './avatar.js';
import { by_id, element, icon } from './dom.js';

export class Sidebar {
  #list = by_id('rooms');
  #account;
  #rooms;

  /// `chosen(room_id)`: somebody wants to go there.
  constructor(account, rooms, chosen) {
    this.#account = account;
    this.#rooms = rooms;
    this.#list.addEventListener('click', (event) => {
      const button = event.target.closest('[data-room]');
      if (button) chosen(button.dataset.room);
    });
  }

  render(open_room_id) {
    const had_focus = this.#list.contains(document.activeElement) ? document.activeElement.dataset.room : null;
    this.#list.replaceChildren(...this.#rooms.list.map((room) => item_of(room, room.id === open_room_id)));
    if (had_focus) this.#list.querySelector(`[data-room="${CSS.escape(had_focus)}"]`)?.focus();
    by_id('no-rooms').hidden = !this.#rooms.is_loaded || this.#rooms.list.length > 0;
    this.#render_title(open_room_id);
  }

  render_me(status) {
    const { user } = this.#account;
    by_id('me').replaceChildren(avatar(user.id, user.display_name, status),
      element('span.me-words', {},
        element('span.me-name', {}, user.display_name),
        element('span.small.soft', {}, this.#account.is_of_this_tab ? 'in this tab only' : user.login)),
      element('span.visually-hidden', {}, ', your account'));
  }

  #render_title(open_room_id) {
    const unread = this.#rooms.list.reduce((sum, { unread_count }) => sum + (unread_count ?? 0), 0);
    const name = this.#rooms.room(open_room_id)?.name;
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${name ? `${name} · ` : ''}Palabre`;
  }
}

function item_of(room, is_open) {
  const unread = room.unread_count ?? 0;
  return element('li', {}, element(`button.room-item${unread > 0 ? '.has-unread' : ''}`,
    { type: 'button', 'data-room': room.id, 'aria-current': is_open ? 'page' : null },
    icon(room.visibility === 'public' ? 'chat' : 'lock'),
    element('span.room-item-name', {}, room.name),
    unread > 0 && element('span.unread-count', {}, unread >= 999 ? '999+' : String(unread),
      element('span.visually-hidden', {}, ' unread'))));
}
