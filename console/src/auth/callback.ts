/** Where issuers send the browser back to. */
export const CALLBACK = '/console/signed-in';
