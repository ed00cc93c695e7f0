import { test } from '@jest/globals';
import { CHANNEL, HOME, type Stage } from './stage.fixture.ts';

/** How the sandbox shows a request in a list. */
const END_OF_AN_ID = /^[0-9a-z]{8}$/;

/** Ada, an auditor, reads who has what, and one whole story. */
export function auditor(stage: Stage): void {
  test('Ada’s Home shows all live access and what was refused', async () => {
    const { me } = stage;
    await me.become('Ada');
    await me.goTo(HOME);
    await me.sees('Live access, the soonest end first');
    await me.sees(/Ana Ferreira.*Maintain the infrastructure repository/);
    await me.sees(/was refused \(own-request\)/);
    await stage.looks('auditor-home');
  });

  test('Ada asks who has the orders database', async () => {
    const { me } = stage;
    await me.goTo(CHANNEL);
    await me.type('/access who orders-db');
    await me.sees(/Orders database, read only: 1 live, 0 pending\./);
    await me.sees(/Ana Ferreira: .*Active until/);
    await stage.looks('who', 'newest');
  });

  test('Ada reads the story of the request that two people approved', async () => {
    const { me } = stage;
    await me.type('/access who infra-maintain');
    await me.sees(/Maintain the infrastructure repository: 1 live/);
    const id = await stage.lastCard().locator('code', { hasText: END_OF_AN_ID }).first().innerText();
    await me.type(`/access story ${id}`);
    await me.sees('What happened');
    await me.sees(/Sam Rao approved the request/);
    await me.sees(/Bo Lindqvist approved the request/);
    await stage.looks('story', 'newest');
  });
}
