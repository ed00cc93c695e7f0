import type { FC, PropsWithChildren } from 'hono/jsx';
import type { State } from '../model.ts';
import type { VendorSection } from '../../world/vendor-watcher.ts';
import { Icon } from './icons.tsx';
import { hrefOf, placeOf, type Screen } from './screen.ts';

/** The story a newcomer is led through: who asks, with what, and who says yes. */
const EXAMPLE = {
  asker: { id: 'U0ANAFERR1', name: 'Ana' },
  approver: { id: 'U0CYOKAFR1', name: 'Cy' },
  command: '/access',
} as const;

export type Step = 1 | 2 | 3;

const hasButtons = (blocks: readonly { type: string }[]): boolean =>
  blocks.some(({ type }) => type === 'actions');

/** How far the story has come: nothing asked yet, somebody must answer, or access is (or was) there. */
export function stepOf(state: State, sections: readonly VendorSection[]): Step {
  const rows = sections.flatMap((section) => section.rows);
  const timed = rows.some(
    ({ state: now, since }) => since !== undefined || (now.kind === 'open' && now.until !== undefined),
  );
  if (timed) return 3;
  // The asker's own direct message has buttons too ("I'm done"), which wait for nobody else.
  const told = Object.values(state.channels)
    .filter(({ name }) => name !== EXAMPLE.asker.id)
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

/** Three steps for the first minute. The client keeps it away once it was dismissed. */
export const Guide: FC<{ screen: Screen; step: Step }> = ({ screen, step }) => {
  const here = placeOf(screen.where);
  return (
    <section class="guide" aria-label="The first minute">
      <ol class="guide__steps">
        <StepView number={1} now={step} title={`You are ${EXAMPLE.asker.name}. Ask.`}>
          Type <code class="code">{EXAMPLE.command}</code> below and say what you need and why.{' '}
          {step > 1 ? undefined : screen.as.id === EXAMPLE.asker.id ? (
            <button type="button" class="btn btn--small" data-try={EXAMPLE.command}>
              Try it
            </button>
          ) : (
            <a class="btn btn--small" href={hrefOf(EXAMPLE.asker.id, here)} data-nav>
              Be {EXAMPLE.asker.name}
            </a>
          )}
        </StepView>
        <StepView number={2} now={step} title={`Become ${EXAMPLE.approver.name}. Say yes.`}>
          {screen.as.id === EXAMPLE.approver.id && step === 2 ? (
            <>Read what is asked, and press Approve.</>
          ) : (
            <>Switch on top; the request waits there. </>
          )}
          {step < 3 && screen.as.id !== EXAMPLE.approver.id && (
            <a class="btn btn--small" href={hrefOf(EXAMPLE.approver.id, 'dm')} data-nav>
              Be {EXAMPLE.approver.name}
            </a>
          )}
        </StepView>
        <StepView number={3} now={step} title="Watch it appear, and end.">
          At the right the vendors themselves show who has access. It ends by itself, on time.
        </StepView>
      </ol>
      <button type="button" class="close" data-dismiss="guide" aria-label="Dismiss the guide" title="Dismiss">
        <Icon name="close" />
      </button>
    </section>
  );
};
