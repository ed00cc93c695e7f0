import { expect, test } from '@jest/globals';
import { CHANNEL, DM, HOME, type Stage } from './stage.fixture.ts';

const REASON = 'Pin the deploy key that expires tonight';
const APPROVE = /^Approve .*: Maintain the infrastructure/;

/** Ana requests what security and her manager must both approve. Three people act. */
export function threeApprovers(stage: Stage): void {
  test('the card names everybody who must approve', async () => {
    const { me } = stage;
    await me.become('Ana');
    await me.goTo(CHANNEL);
    await me.type(`/access infra-maintain 1h ${REASON}`);
    await me.sees(REASON);
    await me.sees(/Waiting for approval by .*(Sam Rao.* and .*Bo Lindqvist|Bo Lindqvist.* and .*Sam Rao)/);
    await stage.looks('two-needed', 'newest');
  });

  test('the first approval is asked once more, and is not enough', async () => {
    const { me, page } = stage;
    await me.become('Sam');
    await me.goTo(DM);
    await me.button(APPROVE).click();
    await page.getByRole('dialog').getByText('This access is restricted.').waitFor();
    await stage.looks('once-more');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await me.sees(/Waiting for approval by .*Bo Lindqvist.*Approved so far by .*Sam Rao/);
    await stage.looks('one-approved', 'newest');
    expect(await stage.lastCard().getByRole('button', { name: APPROVE }).count()).toBe(0);
  });

  test('the second approval grants the access, at GitHub too', async () => {
    const { me, page } = stage;
    await me.become('Bo');
    await me.goTo(HOME);
    await me.sees(/Approved so far by .*Sam Rao/);
    await stage.looks('approver-home');
    await me.goTo(DM);
    await me.approve(APPROVE);
    await me.sees(/Active until.*Approved by .*Sam Rao.* and .*Bo Lindqvist/);
    await page
      .locator('#vendor-github')
      .getByText(/^active since/)
      .first()
      .waitFor();
    await stage.looks('two-approved', 'newest');
  });
}
