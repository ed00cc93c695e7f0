import { expect, test } from '@jest/globals';
import { timeIn } from './first-access.story.ts';
import { CHANNEL, DM, type Stage } from './stage.fixture.ts';

const REASON = 'The carrier calls back this afternoon';

/** Ana gets access of a few minutes. One other story is told until it ends soon: more could last until its end on a slow machine. */
export function shortAccess(stage: Stage): void {
  test('Cy approves four minutes', async () => {
    const { me } = stage;
    await me.become('Ana');
    await me.goTo(CHANNEL);
    await me.type('/access orders-db 4m Look up the carrier of order 4312');
    await me.sees('Look up the carrier of order 4312');
    await me.become('Cy');
    await me.goTo(DM);
    await me.approve(/^Approve 4 min: Orders database/);
    await me.sees(/Active until/);
  });
}

/** Ana is reminded that the access ends soon, and extends it. */
export function extension(stage: Stage): void {
  test('Ana is told that her access ends soon, and requests more', async () => {
    const { me, page } = stage;
    await me.become('Ana');
    await me.goTo(DM);
    // Two of the four minutes, less what the story between has taken.
    await page.getByText(/ends soon/).waitFor({ timeout: 240_000 });
    await stage.portrait('ends-soon');
    const form = await me.opens('Extend… Orders database');
    await form.getByRole('textbox', { name: 'Why?' }).fill(REASON);
    await stage.picture('extend-form');
    await form.getByRole('button', { name: 'Request', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await me.sees('A later end is requested.');
  }, 300_000);

  test('Cy approves the extension, and its card says so', async () => {
    const { me } = stage;
    await me.become('Cy');
    await me.goTo(DM);
    await me.sees(REASON);
    await stage.portrait('extension');
    await me.approve(/^Approve 1 h more: Orders database/);
    await me.sees(/approved the extension/);
    await me.sees(/Extended\./);
    await stage.looks('extended-approver', 'newest');
  });

  test('Ana’s card and Postgres have the same later end', async () => {
    const { me, page } = stage;
    await me.become('Ana');
    await me.goTo(DM);
    await me.sees(/Extended\./);
    const end = await timeIn(stage.lastCard());
    expect(end).toMatch(/^\d\d:\d\d$/);
    await page
      .locator('#vendor-postgres')
      .getByText(new RegExp(`active until .*${end}`))
      .waitFor();
    await stage.looks('extended', 'newest');
  });
}
