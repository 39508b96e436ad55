import { stored } from './stored';

/** Dark, light, or as the system has it. The choice is no secret, so the browser keeps it. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

function chosen(): Theme {
  return THEMES.find((theme) => theme === stored.read(KEY)) ?? 'system';
}

export const theme = $state({ chosen: chosen() });

/** Shows the chosen theme. */
export function applyTheme(): void {
  if (theme.chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.chosen;
}

/** Changes to the next theme. */
export function nextTheme(): void {
  theme.chosen = THEMES[(THEMES.indexOf(theme.chosen) + 1) % THEMES.length] ?? 'system';
  stored.write(KEY, theme.chosen);
  applyTheme();
}
