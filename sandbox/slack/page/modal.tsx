import type { FC } from 'hono/jsx';
import type { State, View } from '../model.ts';
import { Avatar } from './avatar.tsx';
import { Blocks } from './blocks/block.tsx';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { domId, type Viewer } from './viewer.ts';

type ModalProps = { state: State; viewer: Viewer; view: View; top: boolean };

const Modal: FC<ModalProps> = ({ state, viewer, view, top }) => {
  const id = domId('view', view.id);
  return (
    <section
      id={id}
      class="modal"
      role="dialog"
      aria-modal="true"
      aria-labelledby={`${id}.title`}
      data-modal={view.id}
      data-place={JSON.stringify({ kind: 'view', viewId: view.id })}
      hidden={!top}
    >
      <header class="modal__head">
        <Avatar id={state.app.user_id} name={state.app.name} size="medium" app />
        <h2 class="modal__title" id={`${id}.title`} tabindex={-1}>
          {safeText(view.title?.text ?? state.app.name)}
        </h2>
        <button type="button" class="close" data-act="close-all" aria-label="Close" title="Close">
          <Icon name="close" />
        </button>
      </header>
      <form class="modal__form" novalidate>
        <div class="modal__body">
          <Blocks blocks={view.blocks} spot={{ viewer, where: id }} />
        </div>
        <p class="modal__warning" role="alert" data-warning data-keep={`${id}.warning`} />
        <footer class="modal__foot">
          <button type="button" class="btn" data-act="close">
            {safeText(view.close?.text ?? (view.submit ? 'Cancel' : 'Close'))}
          </button>
          {view.submit && (
            <button
              type="submit"
              class="btn btn--primary"
              data-submit
              id={`${id}.submit`}
              data-keep={`${id}.submit:${view.submit.text}`}
            >
              {safeText(view.submit.text)}
            </button>
          )}
        </footer>
      </form>
    </section>
  );
};

/**
 * A person's open modals. All but the visible one are hidden in the page, so that they keep what was typed.
 */
export const Modals: FC<{ state: State; viewer: Viewer }> = ({ state, viewer }) => {
  const views = state.modals[viewer.id] ?? [];
  return (
    <div id="modals" class={views.length > 0 ? 'overlay overlay--open' : 'overlay'}>
      {views.map((view, index) => (
        <Modal state={state} viewer={viewer} view={view} top={index === views.length - 1} />
      ))}
    </div>
  );
};
