/**
 * Block Kit's limits, from Slack's reference pages. `sandbox/test/slack/blocks.test.ts` compares them with a
 * published list. All lengths are in code points.
 */
export const LIMITS = {
  blocksInMessage: 50,
  blocksInView: 100,
  actionId: 255,
  blockId: 255,
  callbackId: 255,
  privateMetadata: 3000,
  viewTitle: 24,
  viewButton: 24,
  /** Bytes of the view as JSON. */
  view: 250_000,
  modalsInStack: 3,
  sectionText: 3000,
  sectionFields: 10,
  sectionField: 2000,
  headerText: 150,
  contextElements: 10,
  actionsElements: 25,
  inputLabel: 2000,
  inputHint: 2000,
  imageUrl: 3000,
  imageAlt: 2000,
  imageTitle: 2000,
  markdown: 12_000,
  buttonText: 75,
  buttonValue: 2000,
  buttonUrl: 3000,
  accessibilityLabel: 75,
  options: 100,
  optionGroups: 100,
  optionGroupLabel: 75,
  optionText: 75,
  optionValue: 150,
  optionDescription: 75,
  overflowOptions: 5,
  choiceOptions: 10,
  placeholder: 150,
  plainTextInput: 3000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  alertText: 200,
  cardTitle: 150,
  cardBody: 200,
  cardActions: 3,
  carouselElements: 10,
  containerTitle: 150,
  containerBlocks: 10,
  contextActions: 5,
  videoTitle: 200,
  videoAuthor: 50,
  /**
   * Slack's `chat.postMessage` truncates longer text. The sandbox refuses it, because a truncated message is
   * a bug of the app.
   */
  messageText: 40_000,
  /** `chat.update` and `chat.postEphemeral` respond `msg_too_long` to longer text. */
  shortMessageText: 4000,
  /**
   * The most bytes of a message's blocks as JSON; more is `msg_blocks_too_long`. Slack publishes no number.
   * The observed limit is a little above 13,000, and the sandbox uses a smaller one to be safe.
   */
  messageBlocks: 12_000,
  /**
   * The most bytes of a message's metadata as JSON; more is `metadata_too_large`. Slack publishes no number, and
   * the sandbox uses a small one to be safe.
   */
  metadata: 4000,
} as const;
