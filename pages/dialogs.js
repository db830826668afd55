// Dialogs: opening and closing them, copying out of them, and the small ones that answer with a choice.

import { words_of } from './api.js';
import { by_id, element } from './dom.js';

const common_emoji = [
  ['👍', 'thumbs up'], ['❤️', 'heart'], ['😂', 'laughing'], ['🎉', 'party'], ['😮', 'surprised'], ['😢', 'sad'],
  ['🙏', 'thanks'], ['👀', 'looking'], ['🔥', 'fire'], ['✅', 'done'], ['🤔', 'thinking'], ['👋', 'waving'],
];

/// Makes the buttons of the page do what their data says: data-opens, data-closes, data-copies.
export function wire_dialogs() {
  document.addEventListener('click', (event) => {
    const { opens, copies } = event.target.closest('[data-opens], [data-copies]')?.dataset ?? {};
    if (opens) open_dialog(opens);
    if (copies) copy(by_id(copies), event.target.closest('[data-copies]'));
    if (event.target.closest('[data-closes]')) event.target.closest('dialog').close();
  });
  for (const dialog of document.querySelectorAll('dialog'))
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close()); // beside it
}

export function open_dialog(id) {
  const dialog = by_id(id);
  say_refusal(dialog, null);
  dialog.dispatchEvent(new Event('opening'));
  dialog.showModal();
}

/// Puts what went wrong, if anything, into words at the place for that.
export function say_refusal(within, error) {
  const place = within.querySelector('.refusal');
  if (place) place.textContent = error ? words_of(error) : '';
}

/// Runs `action` when the form is submitted; its buttons are out of use meanwhile. What it throws is shown.
export function when_submitted(form, action) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await busy(form, action);
  });
}

/// Runs `action` with the buttons in `within` out of use. What it throws is shown there.
export async function busy(within, action) {
  const buttons = [...within.querySelectorAll('button')];
  say_refusal(within, null);
  for (const button of buttons) button.disabled = true;
  try {
    await action();
  } catch (error) {
    say_refusal(within, error);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

async function copy(field, button) {
  const said = button.querySelector('span');
  try {
    await navigator.clipboard.writeText(field.value);
  } catch { // not allowed, or not there on plain http: away from this machine
    field.select();
    document.execCommand('copy');
  }
  said.textContent = 'Copied';
  by_id('status').textContent = 'Copied';
  setTimeout(() => { said.textContent = 'Copy'; }, 2_000);
}

/// Whether whoever is asked is sure.
export function ask_whether(title, words, yes) {
  const dialog = by_id('sure-dialog');
  by_id('sure-title').textContent = title;
  by_id('sure-words').textContent = words;
  by_id('sure-yes').textContent = yes;
  return new Promise((resolve) => {
    const agree = () => dialog.close('yes');
    dialog.returnValue = '';
    by_id('sure-yes').addEventListener('click', agree);
    dialog.addEventListener('close', () => {
      by_id('sure-yes').removeEventListener('click', agree);
      resolve(dialog.returnValue === 'yes');
    }, { once: true });
    dialog.showModal();
  });
}

/// Asks for an emoji and gives it to `use`, which may throw: then it asks on.
export function ask_emoji(title, use) {
  const dialog = by_id('emoji-dialog');
  const form = dialog.querySelector('form');
  const other = by_id('emoji-other');
  const done = new AbortController();
  const chosen = (emoji) => busy(dialog, async () => {
    await use(emoji);
    dialog.close();
  });
  by_id('emoji-title').textContent = title;
  other.value = '';
  by_id('emoji-grid').replaceChildren(...common_emoji.map(([emoji, name]) =>
    element('button.emoji-choice', { type: 'button', 'aria-label': name, onclick: () => chosen(emoji) }, emoji)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    chosen(other.value.trim());
  }, { signal: done.signal });
  dialog.addEventListener('close', () => done.abort(), { once: true });
  open_dialog('emoji-dialog');
  by_id('emoji-grid').firstElementChild.focus();
}
