import { expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { until } from '../../../test/until.fixture.ts';
import { barriers } from './axe.fixture.ts';
import { CHANNEL, DM, HOME, type Stage } from './stage.fixture.ts';

const REASON = 'Incident 4312: the brass lantern is stuck since 09:10';

/** Ana requests a login, Cy approves it, she uses it and ends it. Returns the password that was shown. */
export function firstAccess(stage: Stage): () => string {
  let password = '';

  test('Ana requests access in a form that shows errors and keeps what she typed', async () => {
    const { me, page } = stage;
    await me.become('Ana');
    await me.type('/access orders-db');
    await me.sees('Approvers: ');
    await me.ask('9h', REASON);
    await me.sees('The longest is 8 h');
    expect(await page.getByRole('textbox', { name: 'Why?' }).inputValue()).toBe(REASON);
    await stage.looks('form');
    await page.getByRole('button', { name: /^30 min · half/ }).click();
    const length = page.getByRole('textbox', { name: 'For how long?' });
    await until('the length is filled in', async () => (await length.inputValue()) === '30 min');
    expect(await page.getByRole('textbox', { name: 'Why?' }).inputValue()).toBe(REASON);
    await me.ask('1h', REASON);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await me.sees(REASON);
  });

  test('Ana cannot approve her own request', async () => {
    const { me, page } = stage;
    await me.button(/^Approve .*: Orders database/).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await me.sees('This is your own request. Somebody else has to decide it.');
  });

  test('Cy sees the request, why he is asked and when it lapses, and approves it', async () => {
    const { me } = stage;
    await me.become('Cy');
    await me.goTo(DM);
    await me.sees('You are an approver because you own Orders database, read only.');
    await me.sees(/lapses .* and no access is granted/);
    await stage.portrait('card');
    await stage.looks('approver', 'newest');
    await me.approve(/^Approve .*: Orders database/);
    await me.sees(/Active until/);
    expect(
      await stage
        .lastCard()
        .getByRole('button', { name: /^Approve/ })
        .count(),
    ).toBe(0);
  });

  test('Ana can show her password once, and it works', async () => {
    const { me, page } = stage;
    await me.become('Ana');
    await me.goTo(DM);
    await me.sees(/Active until/);
    await stage.portrait('active');
    await me.button(/^Show my password/).click();
    await me.sees('It stops working');
    await me.button('Use in terminal').click();
    const address = await until('the terminal has the address', async () => {
      const typed = await page.getByLabel('Connection string').inputValue();
      return typed.startsWith('postgres://') && typed;
    });
    password = new URL(address).password;
    await me.query('select item, state from orders where id = 4312');
    await me.sees('lantern, brass');
    expect(await page.getByRole('button', { name: /^Show my password/ }).count()).toBe(0);
    await stage.picture('sandbox');
    expect(await barriers(page)).toEqual([]);
  });

  test('Ana’s Home shows her access and a button to end it', async () => {
    const { me } = stage;
    await me.goTo(HOME);
    await me.sees('You have access to');
    await me.sees(/Active until/);
    await me.button(/^I'm done/).waitFor();
    await stage.looks('home');
  });

  test('Ana ends her access: the login is revoked, and the password is refused', async () => {
    const { me } = stage;
    await me.button(/^I'm done/).click();
    await me.sees(/gone since/);
    await me.query('select 1');
    await me.sees(/password authentication failed|is not permitted to log in|does not exist/);
    await me.goTo(DM);
    await me.sees(/Ended by/);
    await stage.looks('ended', 'newest');
  });

  test('the end at AWS that the panel reads is the end on the card', async () => {
    const { me, page } = stage;
    const aws = page.locator('#vendor-aws');
    if ((await aws.count()) === 0)
      return console.log('skipped: no AWS in this demo, because it needs Python');
    await me.goTo(CHANNEL);
    await me.type('/access orders-logs 30m Look for the stuck lantern');
    await me.sees('Look for the stuck lantern');
    await me.become('Cy');
    await me.goTo(DM);
    await me.button(/^Approve .*: Orders service logs/).click();
    await aws.getByText(/active until .*\d\d:\d\d/).waitFor(); // the date too, when it is another day
    await me.sees(/Active until/);
    const end = await timeIn(aws);
    expect(end).toMatch(/^\d\d:\d\d$/);
    expect(await timeIn(stage.lastCard())).toBe(end);
  });

  return () => password;
}

/** The time of an end, without its day. */
export const timeIn = async (what: Locator): Promise<string | undefined> =>
  /until [^.]*?(\d\d:\d\d)/.exec(await what.innerText())?.[1];
