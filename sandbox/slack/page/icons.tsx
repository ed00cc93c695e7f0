import type { FC } from 'hono/jsx';

/** Icons of 20 by 20 units, in the colour of the surrounding text. */
const PATHS = {
  channel: 'M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5',
  send: 'M3 4.5 17.5 10 3 15.5 5 10.5 11 10 5 9.5z',
  slash: 'M5 3h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM12 6.5 8 13.5',
  thread: 'M3 4h14v9H9l-4 3.5V13H3z',
  close: 'M5 5l10 10M15 5 5 15',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  world: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM2.5 10h15M10 2.5c-5 5-5 10 0 15 5-5 5-10 0-15z',
  terminal: 'M3 4h14v12H3zM6 8l2.5 2L6 12M10.5 12.5H14',
  people:
    'M7 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2.5 16c0-3 2-4.5 4.5-4.5s4.5 1.5 4.5 4.5M13.5 9.5a2 2 0 1 0 0-4M13.5 11.5c2.5 0 4 1.5 4 4',
  more: 'M10 3.900a.6.6 0 1 0 0 1.200.6.6 0 0 0 0-1.200zM10 9.400a.6.6 0 1 0 0 1.200.6.6 0 0 0 0-1.200zM10 14.900a.6.6 0 1 0 0 1.200.6.6 0 0 0 0-1.200z',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  theme: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  down: 'M5 8l5 5 5-5',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon: FC<{ name: IconName }> = ({ name }) => (
  <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
    <path
      d={PATHS[name]}
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);

/** The company's logo, a lantern. */
export const LanternSign: FC = () => (
  <svg class="sign" viewBox="0 0 32 32" width="30" height="30" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" fill="#f6c76b" />
    <path d="M12 9c0-5 8-5 8 0" fill="none" stroke="#4a1f3d" stroke-width="1.8" />
    <path d="M10 9h12l1.5 3h-15zM10.5 23h11l1 3h-13z" fill="#4a1f3d" />
    <path d="M11 12.5h10l.8 10H10.200z" fill="#fff3d6" />
    <path d="M16 14.500c2.600 3 2.200 6.500 0 6.500s-2.600-3.500 0-6.500z" fill="#e5793a" />
  </svg>
);

/** The app's icon, a bell under a moon. */
export const CurfewSign: FC = () => (
  <svg class="sign" viewBox="0 0 36 36" width="36" height="36" aria-hidden="true" focusable="false">
    <rect width="36" height="36" fill="#23395d" />
    <path d="M24.500 5.500a6.500 6.500 0 1 0 6 9.500 5.500 5.500 0 0 1-6-9.500z" fill="#f6d98b" />
    <path d="M9 26c2-2 2-4.500 2-7.500a5.500 5.500 0 0 1 11 0c0 3 0 5.500 2 7.500z" fill="#fff" />
    <path d="M14 28a2.600 2.600 0 0 0 5 0z" fill="#fff" />
  </svg>
);
