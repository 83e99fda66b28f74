import { NS_PER_MS, NS_PER_S } from '../../time/ns.js';
import type { CounterDefinition } from '../../model/counters.js';
import { VRRP_OTHER_TYPE, VRRP_OTHER_VERSION, VRRP_TRUNCATED } from './problems.js';

/** The header of one VRRP advertisement. Authentication data is not part of it. */
export interface VrrpHeader {
  readonly version: 2 | 3;
  readonly vrid: number;
  readonly priority: number;
  /** How many virtual addresses it announces. */
  readonly addressCount: number;
  /** Version 2: RFC 2338 type (0 none, 1 simple, 2 AH); null for version 3. */
  readonly authType: number | null;
  /** ns; null where the packet says 0, which no version allows. */
  readonly intervalNs: number | null;
}

const ADVERTISEMENT = 1;

/** An interval as packets carry it, in ns: whole seconds in version 2, centiseconds in version 3; null for 0. */
export const intervalFrom = (version: 2 | 3, units: number): number | null =>
  units === 0 ? null : units * (version === 2 ? NS_PER_S : 10 * NS_PER_MS);

/**
 * Decode the header of a VRRP message.
 *
 * Layouts: RFC 3768 section 5.1 (version 2: auth type and interval in seconds in bytes 4 and 5), RFC 5798 section 5.1
 * (version 3: the low 12 bits of bytes 4 and 5 are the interval in centiseconds).
 *
 * @param message the VRRP message as far as it was captured
 * @returns the header, or the counter for what is wrong with it; never throws
 */
export const decodeVrrp = (message: Uint8Array): { header: VrrpHeader } | { problem: CounterDefinition } => {
  const [versionAndType, vrid, priority, addressCount, byte4, byte5] = message;
  if (versionAndType === undefined) return { problem: VRRP_TRUNCATED };
  const version = versionAndType >> 4;
  if (version !== 2 && version !== 3) return { problem: VRRP_OTHER_VERSION };
  if ((versionAndType & 0x0f) !== ADVERTISEMENT) return { problem: VRRP_OTHER_TYPE };
  if (
    vrid === undefined ||
    priority === undefined ||
    addressCount === undefined ||
    byte4 === undefined ||
    byte5 === undefined
  ) {
    return { problem: VRRP_TRUNCATED };
  }
  return {
    header: {
      version,
      vrid,
      priority,
      addressCount,
      authType: version === 2 ? byte4 : null,
      intervalNs: intervalFrom(version, version === 2 ? byte5 : ((byte4 & 0x0f) << 8) | byte5),
    },
  };
};
