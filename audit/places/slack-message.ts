import type { Checkpoint } from '../note/checkpoint.ts';

/** The parts of a message in the history of a channel that we read. Each of them may be missing, or be anything. */
export type PostedMessage = Readonly<{
  bot_id?: string | undefined;
  metadata?: Readonly<{ event_type?: string | undefined }> | undefined;
  blocks?: readonly unknown[] | undefined;
}>;

const EVENT_TYPE = 'curfew_checkpoint';

/** The message of a checkpoint. The note is in a block of preformatted text, where Slack changes nothing. */
export const messageOfNote = (note: string, { origin, size }: Checkpoint) => {
  const sentence = `Checkpoint of the log ${origin}: ${size} entries.`;
  return {
    text: sentence,
    blocks: [
      {
        type: 'rich_text' as const,
        elements: [
          { type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text: sentence }] },
          { type: 'rich_text_preformatted' as const, elements: [{ type: 'text' as const, text: note }] },
        ],
      },
    ],
    metadata: { event_type: EVENT_TYPE, event_payload: { size } },
    unfurl_links: false,
    unfurl_media: false,
  };
};

/** Whether our bot posted this message for a checkpoint. Slack sets the id of the bot; nobody else can write it. */
export const isOurs = ({ bot_id, metadata }: PostedMessage, bot: string): boolean =>
  bot_id === bot && metadata?.event_type === EVENT_TYPE;

type Element = Readonly<{ type?: unknown; text?: unknown; elements?: readonly Element[] }>;

/** The note in a message that is ours; the empty text when there is none in it. Slack drops white space at the end of a block. */
export function noteOf({ blocks = [] }: PostedMessage): string {
  const parts = blocks.flatMap((block) => (block as Element).elements ?? []);
  const preformatted = parts.find(({ type }) => type === 'rich_text_preformatted');
  const text = (preformatted?.elements ?? []).map((each) => (typeof each.text === 'string' ? each.text : ''));
  return text.length === 0 ? '' : `${text.join('').trimEnd()}\n`;
}
