import { expect, test } from '@jest/globals';
import { helpMessage } from '../../bot/cards/help.ts';
import { denyModal, messageModal, passwordModal } from '../../bot/cards/modals.ts';
import { code, phrase } from '../../wording/phrase.ts';
import { linesOf } from './block-lines.fixture.ts';
import { viewAfter } from './request-view.fixture.ts';

const title = (text: string) => ({ type: 'plain_text', text });
const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });

test('the form of a denial shows the request, and wants a reason of at most a thousand characters', () => {
  const { blocks, ...frame } = denyModal(viewAfter([]), 'where it was opened');
  expect(frame).toEqual({
    type: 'modal',
    callback_id: 'deny',
    private_metadata: 'where it was opened',
    title: title('Deny the request'),
    submit: title('Deny'),
    close: title('Cancel'),
  });
  expect(linesOf(blocks.slice(0, -1))).toEqual([
    '*ana of Lantern* requests *Orders database, read only* for *2 h*',
    '> incident 4312',
  ]);
  expect(blocks.at(-1)).toEqual({
    type: 'input',
    block_id: 'note',
    label: plain('Why not?'),
    hint: plain('The requester reads this. Say what they can do instead.'),
    element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 1000 },
  });
});

test('the password is shown exactly, with the time when it stops working', () => {
  const { blocks, ...frame } = passwordModal(
    'Orders *database*',
    'postgres://ana:p<w>`_*&@db/orders',
    Date.UTC(2026, 0, 5, 14),
  );
  expect(frame).toEqual({ type: 'modal', title: title('Your password'), close: title('Close') });
  expect(linesOf(blocks)).toEqual([
    'Your personal login for *Orders *database**. Copy it now: it is shown only once, and only to you.',
    '``` postgres://ana:p<w>`_*&@db/orders',
    '(<!date^1767621600^It stops working {date_short_pretty} at {time}|It stops working 2026-01-05 14:00 UTC>. Do not share it: you are responsible for everything that is done with it.)',
  ]);
});

test('a message in a modal has one paragraph and nothing to submit', () => {
  const { blocks, ...frame } = messageModal('Request access', phrase`It is ${code('off')}.`);
  expect(frame).toEqual({ type: 'modal', title: title('Request access'), close: title('Close') });
  expect(linesOf(blocks)).toEqual(['It is `off`.']);
});

test('the help names every form of the command', () => {
  const { text, blocks } = helpMessage();
  expect(text).toBe('How to use /access');
  expect(linesOf(blocks)).toEqual([
    [
      '`/access`  request access with a form',
      '`/access orders-db 2h why you need it`  request access in one line: what, for how long, why',
      '`/access list`  show what you can request, and your open requests',
      '`/access help`  show this help',
    ].join('\n'),
    'Curfew asks the approvers in Slack. Your access expires by itself at the time that is shown. Everything is recorded. Your *Home* tab shows your access and the requests that wait for you.',
  ]);
});
