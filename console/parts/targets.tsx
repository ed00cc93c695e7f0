import type { FC } from 'hono/jsx';
import type { DescribedTarget } from '../../core/target.ts';
import { oneLine } from '../../core/text.ts';
import { endNotes } from '../../wording/enforcement.ts';
import { targetDetails } from '../../wording/target-details.ts';

type TargetsProps = Readonly<{
  /** Each with the name of its provider where the page does not say it elsewhere. */
  targets: readonly Readonly<{
    described: DescribedTarget & Readonly<{ provider?: string }>;
    provider?: string;
  }>[];
}>;

/** What access gives, target by target, and how its end is enforced. */
export const Targets: FC<TargetsProps> = ({ targets }) => (
  <>
    {targets.map(({ described, provider }) => (
      <div>
        <h3>
          {oneLine(described.plain)}
          {provider !== undefined && ` (${oneLine(provider)})`}
        </h3>
        <ul>
          {targetDetails(described, 'approver').map(({ kind, label, text }) => (
            <li>
              {label && <strong>{label} </strong>}
              {kind === 'permission' ? <code>{oneLine(text)}</code> : oneLine(text)}
            </li>
          ))}
        </ul>
      </div>
    ))}
    <ul>
      {endNotes(
        targets.map(({ described, provider = described.provider }) => ({ ...described, provider })),
      ).map(({ name, text }) => (
        <li>
          <strong>{name}</strong> {text}
        </li>
      ))}
    </ul>
  </>
);
