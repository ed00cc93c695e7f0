import type { Child, FC } from 'hono/jsx';
import { formatDuration, spellDuration } from '../../../core/duration.ts';
import { digestToAnswer, pendingExtension } from '../../../core/request/extension.ts';
import { LIMITS } from '../../../core/limits.ts';
import { oneLine, visible } from '../../../core/text.ts';
import type { RequestView } from '../../../requests/view.ts';
import { onceMoreReasons } from '../../../wording/once-more.ts';
import type { Minutes } from '../../../core/ids.ts';
import { extensionChoices, firstChoice } from '../../../core/request/extension-lengths.ts';
import { type Offer, offers } from '../../../core/request/offers.ts';
import { lengthLeft } from '../../../requests/extend.ts';
import { ClosedActForm } from '../../parts/act-form.tsx';
import { Person, requestPath } from '../../parts/names.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';

type ActionsProps = Readonly<{ view: RequestView; acts: OfferedActs }>;

/** What the reader may do about a request. Each form says exactly what it does. */
export const RequestActions: FC<ActionsProps> = ({ view, acts }) =>
  acts.kinds.length === 0 && acts.left === undefined ? null : (
    <Section id="actions" title="What you can do">
      {acts.left !== undefined && <ExtensionForm left={acts.left} view={view} />}
      {acts.kinds.map((kind) => (
        <ClosedActForm
          summary={ACTIONS[kind].summary}
          path={`${requestPath(view.id)}/answers`}
          fields={{ kind, digest: digestToAnswer(view.state) }}
          button={ACTIONS[kind].button}
        >
          {ACTIONS[kind].says({ view })}
          {ACTIONS[kind].note !== undefined && (
            <label>
              {ACTIONS[kind].note}
              <textarea name="note" rows={2} maxlength={LIMITS.reasonLength} required></textarea>
            </label>
          )}
        </ClosedActForm>
      ))}
    </Section>
  );

type ActionFacts = Omit<ActionsProps, 'acts'>;
/** `note`: the label of the text that must be written. */
type Wording = Readonly<{
  summary: string;
  button: string;
  note?: string;
  says: (shown: ActionFacts) => Child;
}>;

const ACTIONS: Readonly<Record<OfferedActs['kinds'][number], Wording>> = {
  approve: {
    summary: 'Approve…',
    button: 'Approve exactly this',
    says: (shown) => <ApprovalText {...shown} />,
  },
  deny: {
    summary: 'Deny…',
    button: 'Deny',
    note: 'Why? The requester reads it.',
    says: () => <p>Nothing is granted. The requester can request again.</p>,
  },
  withdraw: { summary: 'Withdraw…', button: 'Withdraw', says: () => <p>Nobody can approve it any more.</p> },
  ask: {
    summary: 'Ask the requester…',
    button: 'Ask',
    note: 'What do you want to know? The requester, the approvers and the auditors read it.',
    says: () => <p>Until it is answered, the time to lapse does not run. You can still approve or deny.</p>,
  },
  answer: {
    summary: 'Answer the question…',
    button: 'Answer',
    note: 'Your answer. The approvers and the auditors read it.',
    says: (shown) => <OpenQuestion {...shown} />,
  },
  end: { summary: 'End the access now…', button: 'End it now', says: (shown) => <EndText {...shown} /> },
};

/** The question that waits for its answer. */
const OpenQuestion: FC<ActionFacts> = ({ view }) => {
  const last = view.questions.at(-1);
  return last === undefined ? null : (
    <p>
      <Person id={last.by} /> asks: {visible(last.question)}
    </p>
  );
};

/** What an approval gives, target by target. */
const ApprovalText: FC<ActionFacts> = ({ view }) => {
  const { state, targets } = view;
  const { requester, minutes } = state.details;
  const extension = pendingExtension(state);
  if (extension)
    return (
      <p>
        <Person id={requester} /> keeps this access until <Time at={extension.details.endsAt} />. Everything
        else of it stays as it is.
      </p>
    );
  return (
    <>
      <p>
        <Person id={requester} /> gets, for {formatDuration(minutes)} from the last approval on:
      </p>
      <Targets targets={targets} />
      {onceMoreReasons({ class: view.class, targets }).map((reason) => (
        <p class="notice notice--careful">{oneLine(reason)}</p>
      ))}
    </>
  );
};

const EndText: FC<ActionFacts> = ({ view: { state, targets } }) => (
  <>
    <p>
      Curfew revokes from <Person id={state.details.requester} /> what this request gave, unless another
      request gives it too:
    </p>
    <Targets targets={targets} />
  </>
);

const Targets: FC<Pick<RequestView, 'targets'>> = ({ targets }) => (
  <ul>
    {targets.map(({ plain, permissions }) => (
      <li>
        {oneLine(plain)}
        {permissions.map((permission) => (
          <>
            {' '}
            <code>{oneLine(permission)}</code>
          </>
        ))}
      </li>
    ))}
  </ul>
);

type ExtensionFormProps = Readonly<{ view: RequestView; left: Minutes }>;

/** The form for a later end. `left`: by how much the access can be extended at most. */
const ExtensionForm: FC<ExtensionFormProps> = ({ view, left }) => (
  <ClosedActForm
    summary="Extend the access…"
    path={`${requestPath(view.id)}/extensions`}
    fields={{}}
    about={`${view.state.kind === 'active' ? view.state.endsAt : ''} ${left}`}
    button="Request the later end"
  >
    {view.state.kind === 'active' && (
      <p>
        It ends <Time at={view.state.endsAt} />, and can be extended by {formatDuration(left)} at most. The
        same people approve it as the request.
      </p>
    )}
    <label>
      How much longer?
      <select name="length">
        {extensionChoices(left).map((minutes) => (
          <option value={spellDuration(minutes)} selected={minutes === firstChoice(left)}>
            {formatDuration(minutes)} more
          </option>
        ))}
      </select>
    </label>
    <label>
      Why? One sentence. The approvers and the auditors read it.
      <textarea name="reason" rows={2} maxlength={LIMITS.reasonLength} required></textarea>
    </label>
  </ClosedActForm>
);

/** What a reader may do about a request. `left`: by how much its access can be extended; undefined when it cannot be. */
export type OfferedActs = Readonly<{
  kinds: readonly Exclude<Offer, 'extend'>[];
  left: Minutes | undefined;
}>;

export const NO_ACTS: OfferedActs = { kinds: [], left: undefined };

/** What a reader may do about a request now. The worker judges it again. */
export async function offeredActs(
  { policy }: Pick<ConsoleDeps, 'policy'>,
  { person }: Pick<Reader, 'person'>,
  view: RequestView,
): Promise<OfferedActs> {
  const eligibility = await policy.eligibility(view.state.details, person);
  const offered = offers(view.state, person, view.now, eligibility);
  const left = offered.includes('extend') ? await lengthLeft({ policy }, view, person) : undefined;
  return {
    kinds: offered.filter((kind) => kind !== 'extend'),
    left: left?.ok === true ? left.value : undefined,
  };
}
