import type { FC } from 'hono/jsx';
import { CurfewSign } from './icons.tsx';

const COLOURS = 8;

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 32).toUpperCase())
    .join('');

/**
 * Always the same colour for the same person. Two people can have the same colour, so the initials identify a
 * person.
 */
const colourOf = (id: string): number => {
  let sum = 0;
  for (const letter of id) sum = (sum * 72 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % COLOURS;
};

type AvatarProps = { id: string; name: string; size: 'small' | 'medium' | 'large'; app?: boolean };

/**
 * Initials on a colour for a person, an icon for the app. Hidden from screen readers, because the name is
 * next to it.
 */
export const Avatar: FC<AvatarProps> = ({ id, name, size, app }) => (
  <span
    class={app ? `avatar avatar--${size}` : `avatar avatar--${size} avatar--c${colourOf(id)}`}
    aria-hidden="true"
  >
    {app ? <CurfewSign /> : initialsOf(name)}
  </span>
);
