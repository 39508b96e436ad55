import type { MlflowLink } from '../api/types';

/** The page of a run, or of its server; undefined if there is none. Only web addresses are links. */
export function mlflowAddress(link: MlflowLink | undefined): string | undefined {
  if (link?.trackingUri === undefined || !URL.canParse(link.trackingUri)) return undefined;
  const address = new URL(link.trackingUri);
  if (address.protocol !== 'https:' && address.protocol !== 'http:') return undefined;
  address.username = '';
  address.password = '';
  if (link.run !== undefined && link.experiment !== undefined) {
    address.hash = `/experiments/${encodeURIComponent(link.experiment)}/runs/${encodeURIComponent(link.run)}`;
  }
  return address.href;
}
