import { expect, test } from '@jest/globals';
import { CHANNEL, DM, type Stage } from './stage.fixture.ts';

const REASON = 'Give the courier team the numbers';
const QUESTION = 'Which orders do you need, and for whom?';
const ANSWER = 'Those of November, for the invoice of the courier';

/** Cy asks before he approves, and Ana answers. */
export function question(stage: Stage): void {
  test('Cy asks instead of deciding, and Ana reads his question', async () => {
    const { me } = stage;
    await me.become('Ana');
    await me.goTo(CHANNEL);
    await me.type(`/access orders-oncall 2h ${REASON}`);
    await me.sees(REASON);
    await me.become('Cy');
    await me.goTo(DM);
    await me.sees(REASON);
    const form = await me.opens(/^Ask… .*On call for orders/);
    await form.getByRole('textbox', { name: 'What do you want to know?' }).fill(QUESTION);
    await stage.looks('ask-form');
    await form.getByRole('button', { name: 'Ask', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await me.become('Ana');
    await me.goTo(DM);
    await me.sees(QUESTION);
    await stage.looks('asked', 'newest');
  });

  test('Ana answers, and Cy reads it on the card and approves', async () => {
    const { me } = stage;
    const form = await me.opens(/^Answer… .*On call for orders/);
    await form.getByText(QUESTION).waitFor();
    await form.getByRole('textbox', { name: 'Your answer' }).fill(ANSWER);
    await form.getByRole('button', { name: 'Answer', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await me.become('Cy');
    await me.goTo(DM);
    await me.sees(ANSWER);
    await stage.looks('answered', 'newest');
    await me.approve(/^Approve 2 h: On call for orders/);
    await me.sees(/Active until/);
    expect(await stage.lastCard().innerText()).toContain(ANSWER);
  });
}
