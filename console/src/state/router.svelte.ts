import { session } from './session.svelte';

const BASE = '/console/';

/** The page's address: its path below the console, and its query. */
class Router {
  path = $state(pathOf(location.pathname));
  query = $state.raw(new URLSearchParams(location.search));

  constructor() {
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link === null || !isOwn(link, event)) return;
      event.preventDefault();
      this.go(link.pathname + link.search);
    });
  }

  go(address: string): void {
    if (address !== location.pathname + location.search) history.pushState(null, '', address);
    this.#read();
    scrollTo(0, 0);
  }

  /** Changes the query without a new entry in the browser's history. */
  replaceQuery(query: Record<string, string>): void {
    history.replaceState(null, '', address(this.path, query));
    this.#read();
  }

  #read(): void {
    this.path = pathOf(location.pathname);
    this.query = new URLSearchParams(location.search);
  }
}

function isOwn(link: HTMLAnchorElement, event: MouseEvent): boolean {
  return (
    event.button === 0 &&
    !event.defaultPrevented &&
    !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) &&
    link.origin === location.origin &&
    link.pathname.startsWith(BASE) &&
    link.target === '' &&
    !link.hasAttribute('download')
  );
}

function pathOf(pathname: string): string {
  return pathname.startsWith(BASE) ? pathname.slice(BASE.length).replace(/\/$/, '') : '';
}

/** The address of a page of the console in the workspace in use. Empty values of the query are left out. */
export function address(path: string, query: Record<string, string> = {}): string {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  const isDefault = session.workspace === (session.workspaces[0]?.name ?? session.workspace);
  if (!isDefault) parameters.set('workspace', session.workspace);
  const text = parameters.toString();
  return BASE + path + (text === '' ? '' : `?${text}`);
}

/** The address of a job's page. */
export function jobAddress(name: string): string {
  return address(`jobs/${encodeURIComponent(name)}`);
}

/** The address of a job's page in the history. */
export function pastAddress(uid: string): string {
  return address(`history/${encodeURIComponent(uid)}`);
}

export const router = new Router();
