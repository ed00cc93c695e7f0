import type { ContextBlock } from '@slack/types';
import type { RequestView } from '../../requests/view.ts';
import { context } from './elements.ts';

/** Where the console shows the request with its evidence, when there is a console. The address is ours. */
export const linkLine = ({ link }: Pick<RequestView, 'link'>): readonly ContextBlock[] =>
  link === undefined ? [] : [context(`<${link}|Open it in the console>`)];
