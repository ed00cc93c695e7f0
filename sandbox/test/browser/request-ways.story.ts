import { expect, test } from '@jest/globals';
import { CHANNEL, type Stage } from './stage.fixture.ts';

/** A line with a mistake, and the menu of a message: two ways to the filled-in form. */
export function requestWays(stage: Stage): void {
  test('a line with a mistake stays on the screen, and its button opens the form filled in', async () => {
    const { me, page } = stage;
    const typed = '/access orders-oncall 9d Deploy the fix of 4312';
    await me.become('Ana');
    await me.goTo(CHANNEL);
    await me.type(typed);
    await me.sees('Only visible to you');
    await me.sees('The longest is 3 days');
    expect(await stage.lastCard().innerText()).toContain(typed);
    await stage.looks('one-liner', 'newest');
    await me.button('Open the form').click();
    const form = page.getByRole('dialog');
    const why = form.getByRole('textbox', { name: 'Why?' });
    await why.waitFor();
    expect(await why.inputValue()).toBe('Deploy the fix of 4312');
    expect(await form.getByRole('textbox', { name: 'For how long?' }).inputValue()).toBe('9d');
    expect(await form.getByRole('combobox').inputValue()).toBe('On call for orders, on GitHub');
    await stage.looks('one-liner-form');
    await form.getByRole('button', { name: 'Cancel' }).click();
    await form.waitFor({ state: 'detached' });
  });

  test('a line with an unknown name gets the nearest one', async () => {
    const { me } = stage;
    await me.type('/access ordres-db 1h typing fast');
    await me.sees(/Did you mean orders-db\?/);
    await stage.portrait('unknown-name');
  });

  test('the menu of a message opens the form, with the link of the message as the reason', async () => {
    const { me, page } = stage;
    await me.type('Order 4312 is stuck again, can somebody look?');
    const message = page.getByRole('article').filter({ hasText: 'Order 4312 is stuck again' });
    await message.hover();
    await message.getByLabel('More actions').first().click();
    const item = message.getByRole('menuitem', { name: 'Request access' });
    await stage.looks('message-menu', 'newest');
    await item.click();
    const form = page.getByRole('dialog');
    const why = form.getByRole('textbox', { name: 'Why?' });
    await why.waitFor();
    expect(await why.inputValue()).toMatch(/^https:\/\/\S+\/archives\/\S+\n?$/);
    await stage.looks('shortcut-form');
    await form.getByRole('button', { name: 'Cancel' }).click();
    await form.waitFor({ state: 'detached' });
  });
}
