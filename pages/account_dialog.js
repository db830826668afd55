// The dialog about oneself: name, presence, what this browser keeps, and forgetting it.

import { ask_whether, busy, say_refusal } from './dialogs.js';
import { by_id, element } from './dom.js';

/// `renamed()`, `forget()`.
export function wire_account_dialog(account, { renamed, forget }) {
  const dialog = by_id('account-dialog');
  dialog.addEventListener('opening', () => fill(account, dialog));
  by_id('name-form').addEventListener('submit', (event) => {
    event.preventDefault();
    busy(dialog, async () => {
      account.rename(await account.call('PATCH', '/api/v1/me', { display_name: by_id('account-name').value.trim() }));
      renamed();
    });
  });
  by_id('account-status').addEventListener('change', ({ target }) => busy(dialog, () =>
    account.call('PUT', '/api/v1/me/presence', { status: target.value })));
  by_id('forget').addEventListener('click', async () => {
    const words = account.password
      ? `The account ${account.user.login} stays, but without its password you cannot come back to it.`
      : 'You can log in again with your password.';
    if (await ask_whether('Forget you on this device?', words, 'Forget me')) forget();
  });
}

function fill(account, dialog) {
  by_id('account-name').value = account.user.display_name;
  by_id('account-kept').textContent = account.is_of_this_tab
    ? 'This account is kept by this tab until it is closed.'
    : 'Login, session and, if it was drawn here, the password are kept in this browser.';
  const facts = [['Login', element('code', {}, account.user.login)]];
  if (account.password) facts.push(['Password', secret(account.password)]);
  by_id('account-facts').replaceChildren(...facts.map(([name, value]) => element('div', {}, element('dt.soft', {}, name), element('dd', {}, value))));
  account.call('GET', '/api/v1/me/presence')
    .then(({ manual }) => { by_id('account-status').value = manual ?? 'auto'; })
    .catch((error) => say_refusal(dialog, error));
}

/// Shown when asked for.
function secret(words) {
  const shown = element('code', {}, '••••••••••••');
  const button = element('button.button.quiet.small', { type: 'button' }, 'Show');
  button.addEventListener('click', () => {
    const is_hidden = button.textContent === 'Show';
    shown.textContent = is_hidden ? words : '••••••••••••';
    button.textContent = is_hidden ? 'Hide' : 'Show';
  });
  return element('span.row', {}, shown, button);
}
