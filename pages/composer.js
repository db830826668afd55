// Where one writes: a new message, an answer, or another text for a message of one's own.

import { words_of } from './api.js';
import { by_id } from './dom.js';
import { gist_of, name_of } from './message_item.js';

const typing_every_ms = 2_500;
const height_max_px = 200;

export class Composer {
  #form = by_id('composer');
  #text = by_id('composer-text');
  #about = by_id('composer-about');
  #refusal = by_id('composer-refusal');
  #room = null;
  #answered = null; ///< the message that is replied to
  #edited = null;   ///< the message that is edited
  #drafts = new Map();
  #told_typing_at = 0;

  /// `send(body, reply_to)`, `edit(message, body)` (may throw), `typing()`, `edit_last()`: the last own message, to edit.
  constructor({ send, edit, typing, edit_last }) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(send, edit);
    });
    this.#text.addEventListener('keydown', (event) => this.#pressed(event, edit_last));
    this.#text.addEventListener('input', () => {
      this.#fit();
      if (this.#edited || this.#text.value === '' || Date.now() < this.#told_typing_at + typing_every_ms) return;
      this.#told_typing_at = Date.now();
      typing();
    });
    this.#about.querySelector('button').addEventListener('click', () => this.#never_mind());
  }

  show(room) {
    if (this.#room && !this.#edited) this.#drafts.set(this.#room.id, this.#text.value);
    this.#room = room;
    this.#begin(null, null, this.#drafts.get(room.id) ?? '');
    this.render();
  }

  render() {
    this.#text.placeholder = `Write to ${this.#room.name}`;
  }

  reply_to(message) {
    this.#begin(message, null, this.#edited ? '' : this.#text.value);
    this.focus();
  }

  edit(message) {
    this.#begin(null, message, message.body);
    this.focus();
  }

  focus() {
    this.#text.focus();
    this.#text.setSelectionRange(this.#text.value.length, this.#text.value.length);
  }

  insert(text) {
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, 'end');
    this.#fit();
    this.#text.focus();
  }

  #begin(answered, edited, text) {
    this.#answered = answered;
    this.#edited = edited;
    this.#text.value = text;
    this.#refusal.textContent = '';
    this.#about.hidden = !answered && !edited;
    this.#about.firstElementChild.textContent = edited ? 'Editing your message'
      : answered ? `Replying to ${name_of(answered)}: ${gist_of(answered)}` : '';
    this.#fit();
  }

  #never_mind() {
    this.#begin(null, null, this.#edited ? '' : this.#text.value);
    this.focus();
  }

  #pressed(event, edit_last) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#form.requestSubmit();
    } else if (event.key === 'Escape' && (this.#answered || this.#edited)) {
      this.#never_mind();
    } else if (event.key === 'ArrowUp' && this.#text.value === '') {
      const last = edit_last();
      if (last) {
        event.preventDefault();
        this.edit(last);
      }
    }
  }

  async #submit(send, edit) {
    const body = this.#text.value.trim();
    if (body === '') return;
    if (!this.#edited) {
      const reply_to = this.#answered?.id ?? null;
      this.#begin(null, null, '');
      this.#told_typing_at = 0;
      return send(body, reply_to);
    }
    const edited = this.#edited;
    try {
      await edit(edited, body);
      if (this.#edited === edited) this.#begin(null, null, '');
    } catch (error) {
      this.#refusal.textContent = words_of(error);
    }
  }

  #fit() {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${Math.min(this.#text.scrollHeight + 2, height_max_px)}px`;
  }
}
