import { describe, expect, test } from '@jest/globals';
import type { Message, State } from '../../slack/model.ts';
import { createReadMarks } from '../../slack/page/reads.ts';
import { messageAt } from '../../slack/read.ts';
import { ANA, BO, CY, REQUESTS } from './app.fixture.ts';
import { simulatedWorkspace } from './workspace.fixture.ts';

const START = 1_800_000_000_000;
const GENERAL = 'C0GENERAL1';

/** A workspace in which the app and people post, and what Ana has not read of it. */
function reader() {
  const workspace = simulatedWorkspace();
  const reads = createReadMarks(START);
  const dm = workspace.openDm(ANA);
  let clock = START;
  const post = (channel: string, text: string, more: Partial<Message> = {}): string =>
    workspace.post({ user: workspace.state.app.user_id, channel, text, at: (clock += 1000), ...more });
  const count = (state: State = workspace.state) => {
    const { inChannel, notifying } = reads.unread(state, ANA);
    const numbers = (channel: string) => {
      const { messages = 0, notifying: badge = 0 } = inChannel.get(channel) ?? {};
      return `${messages}/${badge}`;
    };
    return { dm: numbers(dm), requests: numbers(REQUESTS), general: numbers(GENERAL), notifying };
  };
  return { workspace, reads, dm, post, count };
}

/** Unread messages, and how many of them notify, as "1/0". */
const none = { dm: '0/0', requests: '0/0', general: '0/0', notifying: 0 };

describe('what a new message does to the numbers of a person', () => {
  test.each<[string, (on: ReturnType<typeof reader>) => void, Partial<typeof none>]>([
    ['nothing new', () => undefined, {}],
    ['a direct message notifies', ({ post, dm }) => void post(dm, 'active'), { dm: '1/1', notifying: 1 }],
    [
      'a message in a channel only makes it bold',
      ({ post }) => void post(REQUESTS, 'x'),
      { requests: '1/0' },
    ],
    [
      'a mention in a channel notifies',
      ({ post }) => void post(REQUESTS, `<@${ANA}>`),
      { requests: '1/1', notifying: 1 },
    ],
    ['@here notifies', ({ post }) => void post(GENERAL, '<!here>'), { general: '1/1', notifying: 1 }],
    ['a mention of somebody else', ({ post }) => void post(REQUESTS, `<@${BO}>`), { requests: '1/0' }],
    [
      'a person who is only the initial value of a field',
      ({ post }) => {
        const element = { type: 'users_select', action_id: 'a', initial_user: ANA } as const;
        post(REQUESTS, 'x', { blocks: [{ type: 'actions', elements: [element] }] });
      },
      { requests: '1/0' },
    ],
    ['her own message', ({ post }) => void post(REQUESTS, 'mine', { user: ANA }), {}],
    ['an ephemeral message', ({ post }) => void post(REQUESTS, 'x', { ephemeralFor: ANA }), {}],
    [
      'an edit of a message that she has read notifies nobody',
      ({ workspace, reads, post, dm }) => {
        const ts = post(dm, 'waiting');
        reads.markRead(ANA, dm, ts);
        workspace.redraw(dm, ts, [{ type: 'section', text: { type: 'mrkdwn', text: `<@${ANA}> active` } }]);
      },
      {},
    ],
    [
      'a reply in a thread of the direct message only marks the thread',
      ({ reads, post, dm }) => {
        const ts = post(dm, 'card');
        reads.markRead(ANA, dm, ts);
        post(dm, 'approved', { thread_ts: ts });
      },
      {},
    ],
    [
      'a mention in a reply notifies, and is no new message of the channel',
      ({ reads, post }) => {
        const ts = post(REQUESTS, 'card');
        reads.markRead(ANA, REQUESTS, ts);
        post(REQUESTS, `<@${ANA}>`, { thread_ts: ts });
      },
      { requests: '0/1', notifying: 1 },
    ],
  ])('%s', (_case, happens, expected) => {
    const on = reader();
    happens(on);
    expect(on.count()).toEqual({ ...none, ...expected });
  });
});

test('the replies of a thread are new until the person opens the thread, for each person apart', () => {
  const { workspace, reads, post } = reader();
  const ts = post(REQUESTS, 'card');
  reads.markRead(ANA, REQUESTS, ts);
  post(REQUESTS, 'mine', { thread_ts: ts, user: ANA });
  const reply = post(REQUESTS, 'approved', { thread_ts: ts });
  const newFor = (person: string) => {
    const root = messageAt(workspace.state, REQUESTS, ts);
    return root && reads.unreadReplies(workspace.state, person, root);
  };
  expect([newFor(ANA), newFor(CY)]).toEqual([1, 2]);
  reads.markRead(ANA, REQUESTS, reply, ts);
  expect([newFor(ANA), newFor(CY)]).toEqual([0, 2]);
});
