import type { InputBlock, ModalView, PlainTextOption } from '@slack/types';
import type { MinuteOfDay } from '../../core/local-time.ts';
import type { MessagePreference } from '../../core/message-preference.ts';
import { context, plain } from './elements.ts';

/** The block ids of the fields. */
export const PREFERENCES = {
  from: 'quiet-from',
  to: 'quiet-to',
  rhythm: 'rhythm',
  digestAt: 'digest-at',
  weekly: 'weekly',
} as const;
/** The action id of each field: a block has one. */
export const VALUE = 'value';

const EACH: PlainTextOption = { text: plain('A message for each change'), value: 'each' };
const DIGEST: PlainTextOption = { text: plain('One message a day'), value: 'digest' };
const WEEKLY: PlainTextOption = {
  text: plain('On Monday, what I approved in the last week'),
  value: 'weekly',
};
const DIGEST_AT = 9 * 60;

/** The form in which a person says when they want messages. */
export const preferencesModal = ({ timeZone, quiet, digestAt, weekly }: MessagePreference): ModalView => ({
  type: 'modal',
  callback_id: 'message-preferences',
  title: { type: 'plain_text', text: 'When I get messages' },
  submit: { type: 'plain_text', text: 'Save' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    context(
      'What cannot wait always comes at once: your access is active, ends soon, was extended or was not, could not be granted, or was lowered by somebody, and an approver asks you a question.',
    ),
    timeInput(PREFERENCES.from, 'Quiet hours from', quiet?.from, 'Leave both empty for no quiet hours.'),
    timeInput(
      PREFERENCES.to,
      'Quiet hours until',
      quiet?.to,
      'A request that would lapse before that comes at once.',
    ),
    {
      type: 'input',
      block_id: PREFERENCES.rhythm,
      label: plain('What is not urgent'),
      hint: plain('For example that your access ended or that your request was denied.', 150),
      element: {
        type: 'radio_buttons',
        action_id: VALUE,
        options: [EACH, DIGEST],
        initial_option: digestAt === undefined ? EACH : DIGEST,
      },
    },
    timeInput(PREFERENCES.digestAt, 'Time of the daily message', digestAt ?? DIGEST_AT),
    {
      type: 'input',
      block_id: PREFERENCES.weekly,
      optional: true,
      label: plain('Weekly summary'),
      element: {
        type: 'checkboxes',
        action_id: VALUE,
        options: [WEEKLY],
        ...(weekly ? { initial_options: [WEEKLY] } : {}),
      },
    },
    context(plain(`All times are in ${timeZone}, the time zone of your Slack profile.`, 150)),
  ],
});

const timeInput = (id: string, label: string, time: MinuteOfDay | undefined, hint?: string): InputBlock => ({
  type: 'input',
  block_id: id,
  optional: true,
  label: plain(label),
  ...(hint === undefined ? {} : { hint: plain(hint, 150) }),
  element: {
    type: 'timepicker',
    action_id: VALUE,
    ...(time === undefined ? {} : { initial_time: clockTime(time) }),
  },
});

/** `22:05`, as Slack writes and reads a time. */
export const clockTime = (minute: MinuteOfDay): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
