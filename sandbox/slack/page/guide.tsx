import type { FC, PropsWithChildren } from 'hono/jsx';
import type { State } from '../model.ts';
import type { VendorSection } from '../../world/vendor-watcher.ts';
import { Icon } from './icons.tsx';
import { hrefOf, placeOf, type Screen } from './screen.ts';

/** The example of the guide: who requests, with which command, and who approves. */
const EXAMPLE = {
  requester: { id: 'U0ANAFERR1', name: 'Ana' },
  approver: { id: 'U0CYOKAFR1', name: 'Cy' },
  command: '/access',
} as const;

export type Step = 1 | 2 | 3;

const hasButtons = (blocks: readonly { type: string }[]): boolean =>
  blocks.some(({ type }) => type === 'actions');

/**
 * The current step: 1 before a request, 2 while a request waits for approval, 3 when access was granted or
 * the request is over.
 */
export function stepOf(state: State, sections: readonly VendorSection[]): Step {
  const rows = sections.flatMap((section) => section.rows);
  const timed = rows.some(
    ({ state: now, since }) => since !== undefined || (now.kind === 'open' && now.until !== undefined),
  );
  if (timed) return 3;
  // The requester's own direct message also has buttons ("I'm done"), but they wait for no approval.
  const told = Object.values(state.channels)
    .filter(({ name }) => name !== EXAMPLE.requester.id)
    .flatMap(({ id }) => state.messages[id] ?? [])
    .filter(
      ({ bot_id, ephemeralFor, thread_ts }) =>
        bot_id !== undefined && ephemeralFor === undefined && thread_ts === undefined,
    );
  if (told.length === 0) return 1;
  return told.some((message) => hasButtons(message.blocks)) ? 2 : 3;
}

const StepView: FC<PropsWithChildren<{ number: Step; now: Step; title: string }>> = ({
  number,
  now,
  title,
  children,
}) => (
  <li class={number === now ? 'step step--now' : 'step'} aria-current={number === now ? 'step' : undefined}>
    <span class="step__number">{number < now ? '✓' : number}</span>
    <div>
      <b>{title}</b>
      {number < now && <span class="sr"> (done)</span>}
      <p>{children}</p>
    </div>
  </li>
);

/** Three steps for a new user. After it is dismissed, a cookie keeps it hidden. */
export const Guide: FC<{ screen: Screen; step: Step }> = ({ screen, step }) => {
  const here = placeOf(screen.where);
  return (
    <section class="guide" aria-label="Getting started">
      <ol class="guide__steps">
        <StepView number={1} now={step} title={`Request access as ${EXAMPLE.requester.name}`}>
          Type <code class="code">{EXAMPLE.command}</code> below. Say what you need and why.{' '}
          {step > 1 ? undefined : screen.as.id === EXAMPLE.requester.id ? (
            <button type="button" class="btn btn--small" data-try={EXAMPLE.command}>
              Try it
            </button>
          ) : (
            <a class="btn btn--small" href={hrefOf(EXAMPLE.requester.id, here)} data-nav>
              Switch to {EXAMPLE.requester.name}
            </a>
          )}
        </StepView>
        <StepView number={2} now={step} title={`Approve as ${EXAMPLE.approver.name}`}>
          {screen.as.id === EXAMPLE.approver.id && step === 2 ? (
            <>Read the request and click Approve.</>
          ) : (
            <>Switch to {EXAMPLE.approver.name} at the top. The request is there. </>
          )}
          {step < 3 && screen.as.id !== EXAMPLE.approver.id && (
            <a class="btn btn--small" href={hrefOf(EXAMPLE.approver.id, 'dm')} data-nav>
              Switch to {EXAMPLE.approver.name}
            </a>
          )}
        </StepView>
        <StepView number={3} now={step} title="See the access start and end">
          The panel “Access at the providers” shows who has access. The access ends on time by itself.{' '}
          <button type="button" class="btn btn--small phone" data-panel-button="world" aria-controls="world">
            Show it
          </button>
        </StepView>
      </ol>
      <button type="button" class="close" data-dismiss="guide" aria-label="Dismiss the guide" title="Dismiss">
        <Icon name="close" />
      </button>
    </section>
  );
};
