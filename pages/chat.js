// The page to talk on: puts its parts together, and decides what is shown.

import { Account, when_forgotten_elsewhere } from './account.js';
import { wire_account_dialog } from './account_dialog.js';
import { words_of } from './api.js';
import { Connection } from './connection.js';
import { busy, open_dialog, when_submitted, wire_dialogs } from './dialogs.js';
import { by_id, draw_icons, element } from './dom.js';
import { Outbox } from './outbox.js';
import { Rooms } from './rooms.js';
import { RoomView } from './room_view.js';
import { Sidebar } from './sidebar.js';
import { Welcome } from './welcome.js';

const state_words = { connected: 'Connected', reconnecting: 'Reconnecting…', offline: 'Offline' };
const load_again_ms = 1_000;

const invitation_in = (hash) => /^#join=([0-9A-Za-z-]{1,64})(?:&other)?$/.exec(hash)?.[1] ?? null;
const is_for_another = (hash) => invitation_in(hash) !== null && hash.endsWith('&other'); // person than this browser's
const room_in = (hash) => /^#room=([0-9a-f-]{1,64})$/.exec(hash)?.[1] ?? null;

class Talk {
  #account;
  #connection;
  #outbox;
  #rooms;
  #view;
  #sidebar;
  #invitation;

  /// `gone(how)`: nobody is logged in any more.
  constructor(account, invitation, gone) {
    this.#account = account;
    this.#invitation = invitation;
    this.#connection = new Connection(account);
    this.#outbox = new Outbox(account, this.#connection);
    this.#rooms = new Rooms(account, this.#connection, this.#outbox);
    this.#view = new RoomView(account, this.#connection, this.#outbox, this.#rooms);
    this.#sidebar = new Sidebar(account, this.#rooms, (id) => this.#go_to(id));
    this.#rooms.addEventListener('changed', () => this.#render());
    this.#connection.addEventListener('refused', () => gone('Your session has ended. Log in again.'));
    this.#wire_connection();
    this.#wire_room_dialogs();
    wire_account_dialog(account, { renamed: () => this.#render(), forget: () => account.forget().then(() => gone('')) });
    when_forgotten_elsewhere(() => account.is_of_this_tab || gone(''));
    window.addEventListener('hashchange', () => this.#follow_hash());
    by_id('to-rooms').addEventListener('click', () => this.#go_to(null));
  }

  async start() {
    by_id('welcome').hidden = true;
    by_id('talk').hidden = false;
    this.#render();
    this.#connection.start();
    await this.#load();
    await this.#accept_invitation();
    this.#follow_hash();
  }

  /// Until it has worked: there is nothing to show before.
  async #load() {
    for (;;) {
      try {
        return await this.#rooms.load();
      } catch (error) {
        if (!error.retryable) {
          by_id('empty-title').textContent = words_of(error);
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, load_again_ms));
      }
    }
  }

  // ---- where one is

  #go_to(room_id) {
    const hash = room_id ? `#room=${room_id}` : '';
    if (window.location.hash === hash) return;
    window.history.pushState(null, '', hash || window.location.pathname);
    this.#follow_hash();
  }

  #follow_hash() {
    const { hash } = window.location;
    const code = invitation_in(hash);
    if (code) return this.#invite(code);
    const room = this.#rooms.room(room_in(hash));
    by_id('talk').classList.toggle('in-room', Boolean(room));
    if (!room) this.#view.hide();
    else if (room !== this.#view.room) this.#view.show(room).then(() => this.#view.focus());
    this.#render();
  }

  /// This tab was asked in, as whoever it is.
  async #accept_invitation() {
    if (!this.#invitation) return;
    by_id('join-code').value = this.#invitation;
    this.#invitation = null;
    window.history.replaceState(null, '', window.location.pathname);
    await this.#join(by_id('join-dialog').querySelector('form'));
    if (!this.#view.room && !window.location.hash) this.#open_join_with_refusal();
  }

  #open_join_with_refusal() {
    const place = by_id('join-dialog').querySelector('.refusal');
    const words = place.textContent;
    open_dialog('join-dialog');
    place.textContent = words;
  }

  /// Asks who it shall be that comes.
  #invite(code) {
    this.#invitation = code;
    by_id('invited-as-me').textContent = `Join as ${this.#account.user.display_name}`;
    open_dialog('invited-dialog');
  }

  #render() {
    const open = this.#view.room;
    if (open && !this.#rooms.room(open.id)) this.#go_to(null);
    this.#sidebar.render(this.#view.room?.id);
    this.#sidebar.render_me(this.#connection.state === 'connected' ? 'online' : 'offline');
    by_id('empty-title').textContent = this.#rooms.list.length > 0 ? 'Choose a room' : 'Make your first room';
  }

  // ---- the connection

  #wire_connection() {
    const connection = this.#connection;
    const show = () => this.#show_connection();
    connection.addEventListener('state', () => {
      show();
      by_id('status').textContent = state_words[connection.state];
      this.#render();
    });
    connection.addEventListener('connected', show);
    connection.addEventListener('journal', show);
    by_id('plug').addEventListener('click', () => (connection.is_unplugged ? connection.plug_in() : connection.unplug()));
    show();
  }

  #show_connection() {
    const { state, journal, is_unplugged } = this.#connection;
    for (const button of document.querySelectorAll('.connection')) {
      button.className = `connection ${state} ${[...button.classList].filter((name) => name.startsWith('only-')).join(' ')}`;
      button.replaceChildren(element('span.light'), element('span', {}, state_words[state]));
      button.setAttribute('aria-label', `Connection: ${state_words[state]}`);
    }
    by_id('connection-words').textContent = {
      connected: 'Connected. What is said arrives by itself.',
      reconnecting: 'The server is not there, or the way to it. This comes back by itself, with what was missed.',
      offline: is_unplugged ? 'You pulled the plug.' : 'Not connected.',
    }[state];
    by_id('plug').querySelector('span').textContent = is_unplugged ? 'Plug it in again' : 'Pull the plug';
    by_id('journal').replaceChildren(...journal.map(({ at, words }) =>
      element('li', {}, element('time.soft', {}, at.toLocaleTimeString()), ` ${words}`)).reverse());
  }

  // ---- rooms

  #wire_room_dialogs() {
    const made = by_id('new-dialog').querySelector('form');
    when_submitted(made, async () => {
      const visibility = made.elements.visibility.value;
      const room = await this.#rooms.create({ name: by_id('new-name').value.trim(), visibility });
      made.reset();
      by_id('new-dialog').close();
      this.#go_to(room.id);
    });
    const joined = by_id('join-dialog').querySelector('form');
    joined.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#join(joined);
    });
    by_id('join-dialog').addEventListener('opening', () => this.#show_open_rooms());
    by_id('share-dialog').addEventListener('opening', () => this.#fill_share_dialog());
    by_id('invited-as-me').addEventListener('click', () => {
      by_id('invited-dialog').close();
      this.#accept_invitation();
    });
    by_id('invited-as-other').addEventListener('click', () => {
      window.history.replaceState(null, '', `#join=${this.#invitation}&other`);
      window.location.reload();
    });
  }

  #join(form) {
    return busy(form, async () => {
      const room = await this.#rooms.join(by_id('join-code').value.trim());
      form.reset();
      by_id('join-dialog').close();
      this.#go_to(room.id);
    });
  }

  async #show_open_rooms() {
    const section = by_id('open-rooms');
    section.hidden = true;
    const rooms = await this.#rooms.discover().catch(() => []);
    section.hidden = rooms.length === 0;
    section.querySelector('ul').replaceChildren(...rooms.map((room) => element('li.open-room', {},
      element('span.room-item-name', {}, room.name),
      element('button.button.small', { type: 'button', 'aria-label': `Join ${room.name}`, onclick: () => this.#join_open(room) }, 'Join'))));
  }

  #join_open({ id }) {
    return busy(by_id('join-dialog'), async () => {
      await this.#rooms.join_open(id);
      by_id('join-dialog').close();
      this.#go_to(id);
    });
  }

  #fill_share_dialog() {
    const code = this.#view.room?.share_code ?? '';
    const link = `${window.location.origin}/#join=${code}`;
    by_id('share-code').value = code;
    by_id('share-link').value = link;
    by_id('share-tab').href = link;
  }
}

// ---- beginning

const welcome = new Welcome((account) => begin(account, invitation_in(window.location.hash)));

function begin(account, invitation) {
  new Talk(account, invitation, (words) => leave_page(words)).start().catch(() => {});
}

/// Everything begins anew: nothing of the account that was here stays in the page.
function leave_page(words) {
  try {
    if (words) window.sessionStorage.setItem('palabre.farewell', words);
  } catch {
    // then it is not said
  }
  window.location.replace(window.location.pathname);
}

function farewell() {
  try {
    const words = window.sessionStorage.getItem('palabre.farewell') ?? '';
    window.sessionStorage.removeItem('palabre.farewell');
    return words;
  } catch {
    return '';
  }
}

draw_icons();
wire_dialogs();
const { hash } = window.location;
const account = Account.remembered();
const words = farewell();
if (account && !words && !is_for_another(hash)) begin(account, null);
else welcome.show({ is_invited: invitation_in(hash) !== null, only_in_this_tab: is_for_another(hash), log_in: words !== '', words });
