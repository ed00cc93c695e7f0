import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRateLimits } from '../../slack/rate-limits.ts';
import { type SlackServer, startSlack } from '../../slack/server.ts';

/** Limits with a clock that the test moves. */
function limitsAt(speed = 1) {
  let at = 0;
  const limits = createRateLimits(() => at, speed);
  return {
    wait: (ms: number) => void (at += ms),
    call: (method: string, channel = '') => limits.refuse(method, channel),
    refused: limits.refused,
    /** How many of so many calls are accepted at this moment. */
    accepted: (count: number, method: string, channel = () => '') =>
      Array.from({ length: count }, () => limits.refuse(method, channel())).filter(
        (each) => each === undefined,
      ).length,
  };
}

describe('in a minute', () => {
  test.each([
    ['apps.connections.open', 1],
    ['some.method', 20],
    ['chat.update', 50],
    ['conversations.open', 50],
    ['users.info', 100],
    ['views.publish', 100],
    ['chat.postEphemeral', 100],
  ])('%s is accepted %d times', (method, most) => expect(limitsAt().accepted(most * 2, method)).toBe(most));

  test('a workspace gets 300 messages', () => {
    let channel = 0;
    expect(limitsAt().accepted(600, 'chat.postMessage', () => `C${(channel += 1)}`)).toBe(300);
  });

  test('each method has its own limit', () => {
    const { accepted } = limitsAt();
    expect([accepted(60, 'chat.update'), accepted(60, 'conversations.open')]).toEqual([50, 50]);
  });
});

test('a method that is refused is accepted again when the oldest call is a minute ago', () => {
  const { accepted, call, wait, refused } = limitsAt();
  accepted(25, 'chat.update');
  wait(20_000);
  accepted(25, 'chat.update');
  expect(call('chat.update')).toBe(40);
  wait(40_000);
  expect(accepted(50, 'chat.update')).toBe(25);
  expect(refused()).toBe(26);
});

describe('in one channel', () => {
  test('a short burst of messages is accepted, and then one a second', () => {
    const { accepted, wait } = limitsAt();
    const inC1 = () => accepted(10, 'chat.postMessage', () => 'C1');
    expect(inC1()).toBe(5);
    expect(inC1()).toBe(0);
    wait(1_000);
    expect(inC1()).toBe(1);
    wait(60_000);
    expect(inC1()).toBe(5);
  });

  test('a message is refused for a second, and another channel is not', () => {
    const { accepted, call } = limitsAt();
    accepted(10, 'chat.postMessage', () => 'C1');
    expect([call('chat.postMessage', 'C1'), call('chat.postMessage', 'C2')]).toEqual([1, undefined]);
  });

  test('only messages count', () => {
    const { accepted } = limitsAt();
    expect(accepted(40, 'chat.update', () => 'C1')).toBe(40);
  });
});

test('at a speed the same calls are accepted in a shorter time', () => {
  const { accepted, wait } = limitsAt(20);
  expect(accepted(60, 'chat.update')).toBe(50);
  wait(3_000);
  expect(accepted(60, 'chat.update')).toBe(50);
});

describe('the Web API', () => {
  const tokens = { botToken: 'xoxb-limits', appToken: 'xapp-limits' };
  let limited: SlackServer;
  let free: SlackServer;
  beforeAll(async () => {
    limited = await startSlack({ ...tokens, rateLimits: { speed: 1 } });
    free = await startSlack(tokens);
  });
  afterAll(async () => {
    await limited?.stop();
    await free?.stop();
  });
  const post = async (slack: SlackServer, channel: string) => {
    const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.botToken}` },
      body: new URLSearchParams({ channel, text: 'x' }),
    });
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  };

  test('refuses with 429 and a wait, counts that, and has posted nothing', async () => {
    const user = 'U0ANAFERR1';
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push(await post(limited, user));
    expect(answers.filter(({ status }) => status === 429)).toEqual([{ status: 429, retryAfter: '1' }]);
    expect(limited.refusedCalls()).toBe(1);
    expect(Object.values(limited.workspace.state.messages).flat()).toHaveLength(5);
  });

  test('refuses nothing without the option', async () => {
    for (let count = 0; count < 8; count += 1) expect((await post(free, 'U0ANAFERR1')).status).toBe(200);
    expect(free.refusedCalls()).toBe(0);
  });
});
