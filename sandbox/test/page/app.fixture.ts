import type { ActionsBlock, ContextBlock, KnownBlock, PlainTextElement } from '@slack/types';
import type { SimulatedWorkspace } from './workspace.fixture.ts';

export const ANA = 'U0ANAFERR1';
export const BO = 'U0BOLIND01';
export const CY = 'U0CYOKAFR1';
export const REQUESTS = 'C0ACCESS01';

const plain = (text: string) => ({ type: 'plain_text', text }) as const satisfies PlainTextElement;
const option = (value: string, text: string, description: string) => ({
  value,
  text: plain(text),
  description: plain(description),
});

const CATALOGUE = [
  option('orders-db', 'Orders database, read', 'Read every table of the orders database'),
  option('orders-deploy', 'Orders deploy', 'Member of the team lantern/orders-deployers'),
  option('billing-s3', 'Billing exports, read', 's3:GetObject on the billing exports'),
];

const FORM: KnownBlock[] = [
  {
    type: 'input',
    block_id: 'what',
    label: plain('What do you need?'),
    dispatch_action: true,
    hint: plain('Only access that you can request is listed.'),
    element: {
      type: 'external_select',
      action_id: 'entitlement',
      min_query_length: 0,
      placeholder: plain('Search access'),
    },
  },
  {
    type: 'input',
    block_id: 'length',
    label: plain('For how long?'),
    element: {
      type: 'static_select',
      action_id: 'minutes',
      initial_option: option('60', '1 h', 'the usual'),
      options: [
        option('30', '30 min', 'a look'),
        option('60', '1 h', 'the usual'),
        option('240', '4 h', 'the longest'),
      ],
    },
  },
  {
    type: 'input',
    block_id: 'why',
    label: plain('Why?'),
    element: {
      type: 'plain_text_input',
      action_id: 'reason',
      multiline: true,
      placeholder: plain('Incident, ticket or task'),
    },
  },
  {
    type: 'context',
    block_id: 'route',
    elements: [
      {
        type: 'mrkdwn',
        text: ':bust_in_silhouette: Goes to *the owner of orders* (<@U0CYOKAFR1>). They have 4 h to decide. After that the request lapses.',
      },
    ],
  },
];

export const modal = {
  title: plain('Request access'),
  submit: plain('Send request'),
  close: plain('Cancel'),
  callback_id: 'request',
  blocks: FORM,
};

const DECIDED: ContextBlock = {
  type: 'context',
  block_id: 'decided',
  elements: [{ type: 'mrkdwn', text: `:white_check_mark: Approved by <@${CY}>` }],
};

const BUTTONS: ActionsBlock = {
  type: 'actions',
  block_id: 'decision',
  elements: [
    {
      type: 'button',
      action_id: 'approve',
      style: 'primary',
      text: plain('Approve 1 h'),
      value: 'req',
      accessibility_label: 'Approve 1 h of Orders database for Ana Ferreira',
    },
    { type: 'button', action_id: 'deny', text: plain('Deny…'), value: 'req' },
    {
      type: 'button',
      action_id: 'revoke',
      style: 'danger',
      text: plain('End now'),
      value: 'req',
      confirm: {
        title: plain('End it now?'),
        text: { type: 'mrkdwn', text: 'Ana loses *Orders database* at once.' },
        confirm: plain('End now'),
        deny: plain('Keep it'),
        style: 'danger',
      },
    },
  ],
};

export const card = (reason: string, until: number | undefined): KnownBlock[] => [
  {
    type: 'header',
    block_id: 'h',
    text: plain(until ? 'Orders database, read: active' : 'Ana Ferreira requests Orders database, read'),
  },
  {
    type: 'section',
    block_id: 'facts',
    fields: [
      { type: 'mrkdwn', text: `*Who*\n<@${ANA}>` },
      { type: 'mrkdwn', text: '*For*\n1 h' },
      { type: 'mrkdwn', text: '*Grants*\nRead every table of `orders`' },
      {
        type: 'mrkdwn',
        text: until
          ? `*Ends*\n<!date^${Math.floor(until / 1000)}^{date_short_pretty} at {time}|later>`
          : '*Ends*\n1 h after the last approval',
      },
    ],
  },
  {
    type: 'rich_text',
    block_id: 'reason',
    elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text: reason }] }],
  },
  {
    type: 'context',
    block_id: 'class',
    elements: [
      {
        type: 'mrkdwn',
        text: ':shield: Postgres itself refuses the login after the end. Curfew closes open sessions.',
      },
    ],
  },
  until ? DECIDED : BUTTONS,
];

/** Plays a small app: it opens a modal, posts a card, approves and posts a receipt. */
export function runApp(workspace: SimulatedWorkspace, hooks: { approved?: () => void } = {}): void {
  const app = { user: workspace.state.app.user_id, bot_id: workspace.state.app.bot_id };
  let asked = '';
  const cards: { channel: string; ts: string }[] = [];
  workspace.answer('command', (person, detail) => {
    const { text } = detail as { text: string };
    if (text === '/access help')
      workspace.post({
        ...app,
        channel: REQUESTS,
        ephemeralFor: person,
        text: 'Write `/access` to request access, or `/access orders-db 2h why`.',
      });
    else workspace.open(person, modal);
    return { kind: 'acked' };
  });
  workspace.answer('suggest', (_person, detail) => {
    const { typed } = detail as { typed: string };
    const options = CATALOGUE.filter(({ text }) => text.text.toLowerCase().includes(typed.toLowerCase()));
    return { kind: 'options', options, groups: [] };
  });
  workspace.answer('submit', (person, detail) => {
    const { values } = detail as { values: Record<string, Record<string, unknown>> };
    if (!values['what']?.['entitlement'])
      return { kind: 'errors', errors: { what: 'Choose what you need.' } };
    const reason = values['why']?.['reason'];
    asked = typeof reason === 'string' ? reason : '';
    if (asked.length < 10)
      return {
        kind: 'errors',
        errors: { why: 'Write at least 10 characters, so that the approver can decide.' },
      };
    workspace.closeModals(person);
    for (const channel of [REQUESTS, workspace.openDm(CY)])
      cards.push({
        channel,
        ts: workspace.post({ ...app, channel, text: 'Ana requests access', blocks: card(asked, undefined) }),
      });
    workspace.post({
      ...app,
      channel: workspace.openDm(ANA),
      text: 'You requested *Orders database, read* for 1 h. <@U0CYOKAFR1> was notified.',
    });
    return { kind: 'closed' };
  });
  workspace.answer('click', (_person, detail) => {
    const { action_id } = detail as { action_id: string };
    if (action_id === 'deny')
      return {
        kind: 'failed',
        code: 'operation_timeout',
        warning: 'Curfew did not answer in time. Try again.',
      };
    if (action_id !== 'approve') return { kind: 'acked' };
    const until = Date.now() + 3_600_000;
    for (const { channel, ts } of cards) workspace.redraw(channel, ts, card(asked, until));
    const [first] = cards;
    if (first)
      workspace.post({ ...app, channel: first.channel, thread_ts: first.ts, text: `Approved by <@${CY}>.` });
    workspace.post({
      ...app,
      channel: workspace.openDm(ANA),
      text: 'Active',
      blocks: [
        {
          type: 'section',
          block_id: 's',
          text: {
            type: 'mrkdwn',
            text: ':key: *Orders database, read* is yours for 1 h. Your login, shown once:',
          },
        },
        {
          type: 'rich_text',
          block_id: 'r',
          elements: [
            {
              type: 'rich_text_preformatted',
              elements: [{ type: 'text', text: 'postgres://curfew_lease_x:secret@127.0.0.1:1/orders' }],
            },
          ],
        },
      ],
    });
    hooks.approved?.();
    return { kind: 'acked' };
  });
  workspace.answer('home', (person) => {
    workspace.publish(person, [
      { type: 'header', block_id: 'h', text: plain('What you have') },
      {
        type: 'section',
        block_id: 'a',
        text: { type: 'mrkdwn', text: 'You have no access at the moment.' },
        accessory: { type: 'button', action_id: 'request', style: 'primary', text: plain('Request access') },
      },
      { type: 'divider', block_id: 'd' },
      { type: 'header', block_id: 'h2', text: plain('Waiting for you') },
      {
        type: 'context',
        block_id: 'c',
        elements: [{ type: 'mrkdwn', text: 'No request waits for you.' }],
      },
    ]);
    return { kind: 'acked' };
  });
}
