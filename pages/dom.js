// Elements. Text is put in as text only: nothing here takes HTML, so nothing that somebody wrote can become some.

const svg = 'http://www.w3.org/2000/svg';

/// element('button.primary', { type: 'button', onclick: send }, 'Send'): tag and classes, attributes (null and false leave
/// one out, `on…` listens), children (nodes or text; null and false are left out).
export function element(shape, attributes = {}, ...children) {
  const [tag, ...classes] = shape.split('.');
  const made = document.createElement(tag);
  if (classes.length > 0) made.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) set_attribute(made, name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function set_attribute(of, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) of.addEventListener(name.slice(2), value);
  else if (name === 'value') of.value = value;
  else of.setAttribute(name, value === true ? '' : value);
}

export const by_id = (id) => document.getElementById(id);

/// A drawing of 24 by 24; for eyes only, so whatever has it needs a label.
export function icon(name) {
  const drawing = document.createElementNS(svg, 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('class', 'icon');
  drawing.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', drawings[name]);
  drawing.append(path);
  return drawing;
}

/// Puts its drawing into everything that has data-icon.
export function draw_icons(within = document) {
  for (const place of within.querySelectorAll('[data-icon]')) {
    place.prepend(icon(place.dataset.icon));
    place.removeAttribute('data-icon');
  }
}

const drawings = {
  back: 'M15 5l-7 7 7 7',
  chat: 'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-5 4v-4.1A2.5 2.5 0 0 1 4 13.5z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  chevron: 'M9 6l6 6-6 6',
  clock: 'M12 7.5V12l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM4 15V5a2 2 0 0 1 2-2h9',
  down: 'M12 5v14M6 13l6 6 6-6',
  edit: 'M4 20l1-4.5L15.5 5a2 2 0 0 1 2.8 0l.7.7a2 2 0 0 1 0 2.8L8.5 19zM13.5 7l3.5 3.5',
  enter: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M9 8l4 4-4 4M13 12H4',
  leave: 'M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 8l4 4-4 4M19 12H9',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z',
  people: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  plus: 'M12 5v14M5 12h14',
  reply: 'M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  send: 'M4 12l16-8-5.5 16-3.5-6.5zM11 13.5L20 4',
  share: 'M12 15V4M8 7.5L12 3.5l4 4M5 13v5a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-5',
  smile: 'M8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5h.01M15 9.5h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  trash: 'M4 7h16M10 7V4h4v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  warning: 'M12 4l9 16H3zM12 10v4M12 17h.01',
};
