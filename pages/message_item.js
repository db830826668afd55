// One message, as a list item. What can be done with it are buttons with data-does and the message's id on the item.

import { avatar } from './avatar.js';
import { element, icon } from './dom.js';

const time_form = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const side_form = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }); // is narrow
const full_form = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const link_pattern = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/gu;

/// `follows`: the same person goes on. `answered`: what it replies to, undefined: not loaded. `mine`: of whoever looks.
export function message_item(message, { follows, answered, mine, is_current }) {
  const item = element(`li.message${follows ? '.follows' : ''}${mine ? '.mine' : ''}`,
    { 'data-id': message.id, tabindex: is_current ? '0' : '-1' });
  const name = name_of(message);
  const when = new Date(message.created_at);
  item.append(
    follows ? time_of(when, 'side-time', side_form) : avatar(message.author_id, name),
    element('div.message-main', {},
      element(follows ? 'p.visually-hidden' : 'p.message-head', {},
        element('span.author', {}, name), ' ', !follows && time_of(when, 'soft')),
      message.reply_to && reply_line(answered),
      body_of(message),
      message.reactions.length > 0 && reaction_row(message)),
    !is_gone(message) && actions(message, mine));
  return item;
}

/// Deleted, or its author was erased.
export function is_gone(message) {
  return message.deleted_at !== null || message.body === null;
}

export function name_of(message) {
  return message.author?.display_name ?? 'Somebody who left';
}

/// A message on its way.
export function pending_item(entry, name, user_id, follows) {
  const words = { sending: 'Sending…', waiting: 'Waiting for the server', refused: 'Not sent' }[entry.state];
  return element(`li.message.mine.pending.${entry.state}${follows ? '.follows' : ''}`, { 'data-client-id': entry.client_id },
    follows ? element('span.side-time') : avatar(user_id, name),
    element('div.message-main', {},
      element(follows ? 'p.visually-hidden' : 'p.message-head', {}, element('span.author', {}, name)),
      element('p.body', {}, ...linked(entry.body)),
      element('p.pending-state.small', {}, icon(entry.state === 'refused' ? 'warning' : 'clock'), words,
        entry.state === 'refused' && element('span', {}, `: ${entry.words}`)),
      entry.state === 'refused' && element('p.row', {},
        element('button.button.small', { type: 'button', 'data-does': 'try-again' }, 'Try again'),
        element('button.button.quiet.small', { type: 'button', 'data-does': 'discard' }, 'Discard'))));
}

function time_of(when, shape, form = time_form) {
  return element(`time${shape ? `.${shape}` : ''}`, { datetime: when.toISOString(), title: full_form.format(when) },
    form.format(when));
}

function reply_line(answered) {
  const words = answered ? [element('span.author', {}, name_of(answered)), ' ', gist_of(answered)] : ['an earlier message'];
  return element('button.reply-line', { type: 'button', 'data-does': 'show-answered' }, icon('reply'),
    element('span', {}, element('span.visually-hidden', {}, 'In reply to '), ...words));
}

export function gist_of(message) {
  return is_gone(message) ? 'a deleted message' : message.body.replace(/\s+/gu, ' ').slice(0, 120);
}

function body_of(message) {
  if (is_gone(message)) return element('p.body.deleted', {}, 'This message was deleted.');
  const is_emoji = /^(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\u{fe0f}\u{200d}]*){1,5}$/u.test(message.body);
  return element(`p.body${is_emoji ? '.jumbo' : ''}`, {}, ...linked(message.body),
    message.edited_at && element('span.edited.small', {}, ' (edited)'));
}

/// The text, with its http links as links.
function linked(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(link_pattern)) {
    parts.push(text.slice(at, match.index), element('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer' }, match[0]));
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
}

function reaction_row(message) {
  const chips = message.reactions.map(({ emoji, count, me }) => element('button.reaction', {
    type: 'button', 'data-does': 'toggle', 'data-emoji': emoji, 'aria-pressed': String(me),
    'aria-label': `${emoji}, ${count}${me ? ', yours too' : ''}`,
  }, element('span.emoji', {}, emoji), element('span', {}, String(count))));
  return element('div.reactions', {}, ...chips);
}

function actions(message, mine) {
  const action = (does, label, drawing) => element('button.icon-button', { type: 'button', 'data-does': does, 'aria-label': label, title: label }, icon(drawing));
  return element('div.actions', {},
    action('react', 'React', 'smile'),
    action('reply', 'Reply', 'reply'),
    mine && action('edit', 'Edit', 'edit'),
    mine && action('delete', 'Delete', 'trash'));
}
