/**
 * The app manifest, from which a Slack workspace creates the app: commands, scopes and events. It has no URL,
 * because with Socket Mode Curfew connects to Slack. https://docs.slack.dev/reference/app-manifest
 */
export const manifest = () => ({
  display_information: {
    name: 'Curfew',
    description: 'Just-in-time access: requested here, approved by the right people, revoked on time.',
    background_color: '#1d2733',
  },
  features: {
    app_home: {
      home_tab_enabled: true,
      // People can type commands here.
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    },
    bot_user: { display_name: 'Curfew', always_online: true },
    slash_commands: [
      {
        command: '/access',
        description: 'Request access for a limited time',
        usage_hint: '[what] [how long] [why], or list, mine, who, help',
        // Slack leaves the typed text as it is, and turns no name or channel into markup.
        should_escape: false,
      },
    ],
    shortcuts: [
      {
        name: 'Request access',
        type: 'message',
        callback_id: 'request-access-from-message',
        description: 'Request access for a limited time, with this message as its ticket',
      },
    ],
  },
  oauth_config: { scopes: { bot: SCOPES } },
  settings: {
    event_subscriptions: { bot_events: ['app_home_opened', 'message.im'] },
    interactivity: { is_enabled: true },
    org_deploy_enabled: false,
    socket_mode_enabled: true,
    token_rotation_enabled: false,
  },
});

/** The scopes that Curfew needs, each with the calls that use it. */
const SCOPES = [
  'commands', // /access, and the shortcut of a message
  'chat:write', // cards, other new messages, private answers, and updates of them
  'im:write', // conversations.open: the id of direct messages, for a private answer and to look for a message
  'users:read', // users.info for each click: guest, other company, bot, deactivated
  // conversations.history: after a post without an answer, whether the message is there
  'channels:history', // in a public channel of the approvers
  'groups:history', // in a private channel of the approvers
  'im:history', // in the direct messages; and message.im, so that what people write there is answered
];
