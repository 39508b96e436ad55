/** What the browser keeps of the reader's choices. A browser can refuse to keep anything: then a choice lasts for the page. */
export const stored = {
  /** The text of a key; null if there is none, or none can be read. */
  read(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },

  write(key: string, text: string): void {
    try {
      localStorage.setItem(key, text);
    } catch {
      // The choice is lost with the page.
    }
  },
};
