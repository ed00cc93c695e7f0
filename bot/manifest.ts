/**
 * Slack's description of the app, from which a workspace makes it: commands, scopes, events, no address to reach
 * us at, because Socket Mode calls out. https://docs.slack.dev/reference/app-manifest
 */
export const manifest = () => ({
  display_information: {
    name: 'Curfew',
    description: 'Access for a while: asked for here, approved by the right people, ended on time.',
    background_color: '#1d2733',
  },
  features: {
    app_home: {
      home_tab_enabled: true,
      // Receipts come there, and end with the line to type when it is needed again: so it takes commands.
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    },
    bot_user: { display_name: 'Curfew', always_online: true },
    slash_commands: [
      {
        command: '/access',
        description: 'Ask for access for a while',
        usage_hint: '[what] [how long] [why], or list, or help',
        // What is typed is kept as it was typed: Slack turns no name or channel into markup.
        should_escape: false,
      },
    ],
  },
  oauth_config: { scopes: { bot: SCOPES } },
  settings: {
    event_subscriptions: { bot_events: ['app_home_opened'] },
    interactivity: { is_enabled: true },
    org_deploy_enabled: false,
    socket_mode_enabled: true,
    token_rotation_enabled: false,
  },
});

/** The least that Curfew needs; each is used by the calls named beside it. */
const SCOPES = [
  'commands', // /access
  'chat:write', // cards, threads, whispers, and their redrawing
  'im:write', // conversations.open: the receipts' place
  'users:read', // users.info at each decision: guest, outsider, bot, deactivated
];
