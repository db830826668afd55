// The first visit: a name is enough; or one logs in.

import { Account } from './account.js';
import { by_id } from './dom.js';
import { when_submitted } from './dialogs.js';

export class Welcome {
  #only_in_this_tab = false;

  /// `entered(account)`: somebody has an account now.
  constructor(entered) {
    when_submitted(by_id('start'), async () => {
      entered(await Account.register(by_id('start-name').value.trim(), { only_in_this_tab: this.#only_in_this_tab }));
    });
    when_submitted(by_id('login'), async () => {
      const [login, password] = [by_id('login-login').value.trim(), by_id('login-password').value];
      entered(await Account.log_in(login, password, { only_in_this_tab: this.#only_in_this_tab }));
      by_id('login-password').value = '';
    });
    by_id('other-way').addEventListener('click', () => this.#show_login(by_id('login').hidden));
  }

  /// `words`: why one is here, if not for the first time.
  show({ is_invited = false, only_in_this_tab = false, log_in = false, words = '' } = {}) {
    this.#only_in_this_tab = only_in_this_tab;
    by_id('welcome').hidden = false;
    by_id('talk').hidden = true;
    document.title = 'Palabre';
    by_id('welcome-title').textContent = is_invited ? 'You are invited to a room.' : 'Come in, take a seat.';
    by_id('welcome-words').textContent = words || (is_invited ? 'Choose a name, and you are in.'
      : 'Choose a name, make a room, and send its code to somebody.');
    by_id('start-terms').hidden = false;
    by_id('start-terms').textContent = only_in_this_tab
      ? 'This makes another account, which this tab keeps until it is closed. The one of this browser stays as it is.'
      : 'This makes an account with a password drawn at random. Login, password and session are kept in this browser, and '
        + 'nowhere else, until you choose “Forget me on this device”.';
    this.#show_login(log_in);
  }

  #show_login(log_in) {
    by_id('login').hidden = !log_in;
    by_id('start').hidden = log_in;
    by_id('other-way').textContent = log_in ? 'I am new here' : 'I have an account';
    by_id(log_in ? 'login-login' : 'start-name').focus();
  }
}
