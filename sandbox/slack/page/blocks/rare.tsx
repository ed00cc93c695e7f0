import type {
  CardBlock,
  DataTableBlock,
  KnownBlock,
  PlanBlock,
  TableBlock,
  TaskCardBlock,
} from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText, safeUrl } from '../inert.ts';
import { Plain } from '../mrkdwn-view.tsx';
import type { RenderContext } from '../viewer.ts';
import { ButtonView } from './button.tsx';
import { RichText } from './rich-text.tsx';
import { Text } from './text.tsx';

type Cell = TableBlock['rows'][number][number];

const CellView: FC<{ cell: Cell; spot: RenderContext }> = ({ cell, spot }) =>
  cell.type === 'rich_text' ? <RichText block={cell} viewer={spot.viewer} /> : <>{safeText(cell.text)}</>;

export const Table: FC<{ block: TableBlock | DataTableBlock; spot: RenderContext }> = ({ block, spot }) => (
  <table class="table">
    {'caption' in block && <caption>{safeText(block.caption)}</caption>}
    {block.rows.map((row, index) => (
      <tr>
        {row.map((cell) =>
          index === 0 ? (
            <th scope="col">
              <CellView cell={cell} spot={spot} />
            </th>
          ) : (
            <td>
              <CellView cell={cell} spot={spot} />
            </td>
          ),
        )}
      </tr>
    ))}
  </table>
);

export const Card: FC<{ block: CardBlock; id: string; spot: RenderContext }> = ({ block, id, spot }) => (
  <div class="card">
    {block.title && (
      <div class="card__title">
        <Text text={block.title} viewer={spot.viewer} />
      </div>
    )}
    {block.subtitle && (
      <div class="card__more">
        <Text text={block.subtitle} viewer={spot.viewer} />
      </div>
    )}
    {block.body && (
      <div>
        <Text text={block.body} viewer={spot.viewer} />
      </div>
    )}
    {block.actions && (
      <div class="actions">
        {block.actions.map((button) => (
          <ButtonView button={button} block={id} spot={spot} />
        ))}
      </div>
    )}
  </div>
);

const STATUS = { pending: 'To do', in_progress: 'Working', complete: 'Done', error: 'Failed' } as const;

export const Task: FC<{ block: TaskCardBlock; spot: RenderContext }> = ({ block, spot }) => (
  <div class="card">
    <div class="card__title">{safeText(block.title)}</div>
    <div class="card__more">{STATUS[block.status]}</div>
    {block.details && <RichText block={block.details} viewer={spot.viewer} />}
    {block.output && <RichText block={block.output} viewer={spot.viewer} />}
  </div>
);

const titleOf = (task: NonNullable<PlanBlock['tasks']>[number]): string =>
  typeof task['title'] === 'string' ? task['title'] : '';

export const Plan: FC<{ block: PlanBlock }> = ({ block }) => (
  <div class="card">
    <div class="card__title">{safeText(block.title)}</div>
    <ul>
      {(block.tasks ?? []).map((task) => (
        <li>{safeText(titleOf(task))}</li>
      ))}
    </ul>
  </div>
);

export const Alert: FC<{ block: Extract<KnownBlock, { type: 'alert' }>; spot: RenderContext }> = ({
  block,
  spot,
}) => (
  <div class={`alert alert--${block.level ?? 'default'}`} role="note">
    {block.level && block.level !== 'default' && <b class="alert__level">{block.level}: </b>}
    <Text text={block.text} viewer={spot.viewer} />
  </div>
);

export const Video: FC<{ block: Extract<KnownBlock, { type: 'video' }> }> = ({ block }) => {
  const href = safeUrl(block.title_url ?? block.video_url);
  return (
    <div class="card">
      <div class="card__title">
        {href === undefined ? (
          <Plain text={block.title.text} />
        ) : (
          <a href={href} rel="noopener noreferrer nofollow" target="_blank">
            {safeText(block.title.text)}
          </a>
        )}
      </div>
      <div class="card__more">{safeText(block.alt_text)}</div>
    </div>
  );
};
