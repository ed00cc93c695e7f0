import type { ActionsBlock, Button, KnownBlock, ModalView } from '@slack/types';
import { type FindingId, parseFindingId } from '../../core/findings/finding.ts';
import type { PersonId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { FindingView } from '../../requests/findings/view.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { findingSentence, findingStatus, revocationPhrase, sourcesPhrase } from '../../wording/findings.ts';
import { emphasis, type Phrase, person, phrase, quoted } from '../../wording/phrase.ts';
import { actions, bulletList, button, context, header, moreLine, paragraph, plain } from './elements.ts';
import { withoutMentions, type NameOf } from './rich-text.ts';
import type { RenderedMessage } from './rendered-message.ts';

/** Of so many findings each one has its own buttons. More are one list. */
const MOST_WITH_BUTTONS = 3;
/** A message has room for fifty blocks, and each entry of the list is one line. */
const MOST_LISTED = 15;

/** What one person is shown: the findings that they may decide, as they are now. */
export function findingsMessage(
  views: readonly FindingView[],
  reader: PersonId,
  nameOf: NameOf,
): RenderedMessage {
  const open = views.filter(({ finding }) => finding.state === 'open').length;
  const title =
    views.length === 1 ? 'Access without a request' : `${views.length} accesses without a request`;
  const named = withoutMentions(nameOf);
  const text = `${title}. ${open === 0 ? 'All are decided.' : 'Adopt each one as standing access, or revoke it.'}`;
  return {
    text,
    blocks: [
      header(title),
      ...(views.length <= MOST_WITH_BUTTONS
        ? views.flatMap((view) => findingBlocks(view, reader, named))
        : [
            bulletList(
              views.slice(0, MOST_LISTED).map((view) => lineOf(view)),
              named,
            ),
            ...moreLine(views.length - MOST_LISTED, '`curfew findings` lists all of them'),
            context(
              `${open} of ${views.length} are open. \`curfew findings\` lists them. Decide each one with \`curfew findings adopt\` or \`curfew findings revoke\`.`,
            ),
          ]),
    ],
  };
}

const whoOf = ({ person: who }: FindingView): Phrase | undefined =>
  who === undefined ? undefined : person(who);

const lineOf = (view: FindingView): Phrase => {
  const { finding } = view;
  const state = finding.state === 'open' ? [] : phrase` (${[finding.state]})`;
  return phrase`${findingSentence(finding, whoOf(view))}${state}`;
};

function findingBlocks(view: FindingView, reader: PersonId, nameOf: NameOf): readonly KnownBlock[] {
  const { finding } = view;
  const { whyNoAdopt, whyNoRevoke, state } = finding;
  const obstacles = [
    ...(whyNoAdopt === undefined ? [] : [phrase`It cannot be adopted: ${quoted(whyNoAdopt)}`]),
    ...(whyNoRevoke === undefined ? [] : [phrase`Curfew cannot revoke it: ${quoted(whyNoRevoke)}`]),
  ];
  return [
    paragraph(findingSentence(finding, whoOf(view)), nameOf),
    ...(finding.kind === 'access' ? [paragraph(sourcesPhrase(finding))] : []),
    ...(state === 'open' ? obstacles.map((each) => paragraph(each)) : []),
    paragraph(findingStatus(finding), nameOf),
    ...buttonsOf(view, reader),
  ];
}

/** The buttons that this reader can use now. A worker judges each click. */
function buttonsOf({ finding, person: who }: FindingView, reader: PersonId): readonly ActionsBlock[] {
  const { id, state, pending, whyNoAdopt, whyNoRevoke, subject } = finding;
  const seen = seenDigest(finding);
  if (state !== 'open' || pending) return [];
  const about = `${subject.name} at ${finding.provider}`;
  const adopt: readonly Button[] =
    whyNoAdopt !== undefined || who === reader
      ? []
      : [
          button({
            action: 'adopt-finding',
            label: 'Adopt as standing…',
            value: `${id} ${seen}`,
            spoken: `Adopt as standing… ${about}`,
          }),
        ];
  const revoke: readonly Button[] =
    whyNoRevoke === undefined ? [revokeButton({ finding: id, seen }, { label: 'Revoke…', about })] : [];
  return actions(`finding-${id}`, [...adopt, ...revoke]);
}

/** `seen` names what the message shows. `confirmed` is the number of revocations that the person was told, when there are more than usual. */
const revokeButton = (
  { finding: id, seen, confirmed }: FindingValue,
  { label, about }: Readonly<{ label: string; about: string }>,
): Button =>
  button(
    {
      action: 'revoke-finding',
      label,
      value: [id, seen, ...(confirmed === undefined ? [] : [confirmed])].join(' '),
      spoken: `${label} ${about}`,
    },
    { style: 'danger' },
  );

export type FindingValue = Readonly<{ finding: FindingId; seen: string; confirmed?: number }>;

/** Reads the value of a button of a finding. Undefined when Curfew did not write it. */
export function parseFindingValue(value: string | undefined): FindingValue | undefined {
  const [text = '', seen = '', count = ''] = value?.split(' ') ?? [];
  const finding = parseFindingId(text);
  if (!finding.ok || !/^[0-9a-f]{32}$/.test(seen)) return undefined;
  const confirmed = /^\d{1,6}$/.test(count) ? { confirmed: Number(count) } : {};
  return { finding: finding.value, seen, ...confirmed };
}

/** Asks why access is adopted as standing access. */
export const adoptModal = (view: FindingView, nameOf: NameOf, metadata: string): ModalView => ({
  type: 'modal',
  callback_id: 'adopt-finding',
  private_metadata: metadata,
  title: { type: 'plain_text', text: 'Adopt as standing' },
  submit: { type: 'plain_text', text: 'Adopt' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    paragraph(findingSentence(view.finding, whoOf(view)), withoutMentions(nameOf)),
    paragraph(
      phrase`${emphasis(['The account keeps it.'])} No end of a request removes it. Curfew changes nothing at the provider.`,
    ),
    {
      type: 'input',
      block_id: 'note',
      label: plain('Why?'),
      hint: plain('Everybody who looks at findings reads this.', 150),
      element: {
        type: 'plain_text_input',
        action_id: 'text',
        multiline: true,
        max_length: LIMITS.denialReasonLength,
      },
    },
  ],
});

/** Asks once more, and says exactly what is removed. */
export const revokeModal = (
  view: FindingView,
  nameOf: NameOf,
  { metadata, confirmed }: Readonly<{ metadata: string; confirmed?: number | undefined }>,
): ModalView => ({
  type: 'modal',
  callback_id: 'revoke-finding',
  private_metadata: metadata,
  title: { type: 'plain_text', text: 'Revoke' },
  submit: { type: 'plain_text', text: 'Revoke' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    paragraph(findingSentence(view.finding, whoOf(view)), withoutMentions(nameOf)),
    paragraph(revocationPhrase(view.finding)),
    ...(confirmed === undefined
      ? []
      : [
          paragraph(
            phrase`${emphasis([`This is revocation number ${confirmed} at this target within an hour.`])} That is more than usual. Look at the other ones first.`,
            nameOf,
            'warning',
          ),
        ]),
  ],
});

/** Where a revocation was refused because of its number: the same one, confirmed with that number. */
export const confirmBlocks = (value: FindingValue, confirmed: number): readonly ActionsBlock[] =>
  actions(`confirm-${value.finding}`, [
    revokeButton({ ...value, confirmed }, { label: 'Revoke all the same…', about: '' }),
  ]);
