// The round mark of a person: their initials on a colour that is always theirs.

import { element } from './dom.js';

const colours = 8; // .avatar.of-0 … in chat.css

/// For eyes only: a name stands beside it.
export function avatar(user_id, name, status) {
  const dot = status ? element(`span.presence.${status}`) : null;
  return element(`span.avatar.of-${colour_of(user_id)}`, { 'aria-hidden': 'true' }, initials_of(name), dot);
}

function colour_of(user_id) {
  let sum = 0;
  for (const char of user_id ?? '') sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return sum % colours;
}

function initials_of(name) {
  const words = (name ?? '').trim().split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.map((word) => [...word.replace(/[^\p{L}\p{N}]/gu, '')][0]);
  return letters.slice(0, 2).join('').toUpperCase() || '·';
}
