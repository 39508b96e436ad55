/** The outlines of the icons, in a square of 16 units. */
export const ICONS = {
  queued: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.6V8l2.4 1.6',
  starting: 'M8 13.5v-9M4.5 8 8 4.5 11.5 8M3 2h10',
  running: 'M4.5 2.8v10.4L13 8z',
  cancelling: 'M3.5 3.5h9v9h-9z',
  unknown: 'M5.6 5.6a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.7M8 12.6v.2M8 1.2 14.8 8 8 14.8 1.2 8z',
  failed: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  succeeded: 'M2.5 8.5l3.5 3.8L13.5 4',
  warning: 'M8 2 15 14H1zM8 6.5v3.5M8 12v.2',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  download: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  pause: 'M5.5 3v10M10.5 3v10',
  follow: 'M8 2v9M4 7.5l4 4 4-4M3 14h10',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5 14 14',
  menu: 'M2 4h12M2 8h12M2 12h12',
  theme: 'M8 2a6 6 0 1 0 0 12V2',
  close: 'M4 4l8 8M12 4l-8 8',
} as const;

export type IconName = keyof typeof ICONS;
