import type { FC } from 'hono/jsx';
import { isReply } from '../read.ts';
import type { Message, State } from '../model.ts';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { hrefOf, placeOf, type Screen } from './screen.ts';
import { domId, type Viewer } from './viewer.ts';

/** A message on the screen of a person: among the messages of a conversation, or in the panel of a thread. */
export type MessageProps = {
  state: State;
  screen: Screen;
  viewer: Viewer;
  message: Message;
  panel: 'main' | 'thread';
};

type ToolProps = MessageProps & { id: string };

/** The menu "More actions" with the app's shortcuts. Slack shows none to people of another company. */
const Shortcuts: FC<ToolProps> = ({ state, screen, id }) =>
  screen.as.kind === 'outsider' || state.app.shortcuts.length === 0 ? (
    <></>
  ) : (
    <details class="overflow" id={`${id}.more`}>
      <summary class="tool" aria-label="More actions" aria-haspopup="menu" title="More actions">
        <Icon name="more" />
      </summary>
      <div class="overflow__list" role="menu" aria-label="More actions">
        {state.app.shortcuts.map(({ callback_id, name }) => (
          <button
            id={domId(id, callback_id)}
            type="button"
            role="menuitem"
            class="combo__option"
            data-act="shortcut"
            data-callback={callback_id}
          >
            {safeText(name)} <span class="option__more">{safeText(state.app.name)}</span>
          </button>
        ))}
      </div>
    </details>
  );

/** The buttons in the corner of a message. */
export const Tools: FC<ToolProps> = (props) => {
  const { screen, message, panel, id } = props;
  return (
    <div class="message__tools">
      {panel === 'main' && !isReply(message) && (
        <a
          id={`${id}.reply`}
          class="tool"
          href={hrefOf(screen.as.id, placeOf(screen.where), message.ts)}
          aria-label="Reply in thread"
          title="Reply in thread"
          data-nav
        >
          <Icon name="thread" />
        </a>
      )}
      <Shortcuts {...props} />
    </div>
  );
};
