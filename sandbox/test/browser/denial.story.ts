import { expect, test } from '@jest/globals';
import { CHANNEL, DM, type Stage } from './stage.fixture.ts';

const REASON = 'I would like to look around';

/** Bo denies a request with a reason, and Ana requests again with more of hers. */
export function denial(stage: Stage): void {
  test('Bo denies a request, and Ana reads his reason', async () => {
    const { me } = stage;
    await me.become('Ana');
    await me.goTo(CHANNEL);
    await me.type(`/access orders-oncall 30m ${REASON}`);
    await me.sees(REASON);
    await me.become('Bo');
    await me.goTo(DM);
    const form = await me.opens(/^Deny On call for orders/);
    await form.getByRole('textbox', { name: 'Why not?' }).fill('Ask Cy for the dashboard instead');
    await stage.looks('deny-form');
    await form.getByRole('button', { name: 'Deny', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await me.become('Ana');
    await me.goTo(DM);
    await me.sees('Ask Cy for the dashboard instead');
    await stage.looks('denied', 'newest');
  });

  test('Ana requests again: the form has what she requested', async () => {
    const { me, page } = stage;
    await me.button('Request again: On call for orders').click();
    const form = page.getByRole('dialog');
    const why = form.getByRole('textbox', { name: 'Why?' });
    await why.waitFor();
    expect(await why.inputValue()).toBe(REASON);
    expect(await form.getByRole('textbox', { name: 'For how long?' }).inputValue()).toBe('30 min');
    expect(await form.getByRole('combobox').inputValue()).toBe('On call for orders, on GitHub');
    await stage.looks('request-again');
    await form.getByRole('button', { name: 'Cancel' }).click();
    await form.waitFor({ state: 'detached' });
  });
}
