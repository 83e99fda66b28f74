import type { Capture } from '../../model/advertisement.js';
import { InputError } from '../../model/input-error.js';
import type { CaptureContext } from './context.js';
import { PacketCollector } from './packet-collector.js';
import { PcapRecords } from './pcap-records.js';
import { CORRUPT, CUT_RECORD } from './problems.js';

/**
 * Read a pcap file (draft-ietf-opsawg-pcap) of either byte order, with micro- or nanoseconds, as a stream.
 *
 * A last record that is cut is counted; a record with an impossible length or time ends the reading and is counted.
 * pcap files do not say what was dropped: `loss` is unknown.
 *
 * @throws InputError where nothing can be read: no whole file header, an unsupported link type, a corrupt first record
 */
export const readPcap = async (bytes: AsyncIterable<Uint8Array>, context: CaptureContext): Promise<Capture> => {
  const { where, counters } = context;
  const collector = new PacketCollector(counters);
  const records = new PcapRecords(where, ({ time, linkType, frame }) => {
    collector.addRecord(time);
    collector.keepAdvertisement(time, linkType, frame);
  });
  for await (const chunk of bytes) {
    records.push(chunk);
    if (records.corrupt) break;
  }
  if (!records.fileHeader) {
    throw new InputError(
      records.pending === 0 ? 'the file is empty' : 'the file ends inside its header',
      `${where}, byte ${String(records.pending)}`,
      'record again with tcpdump -w',
    );
  }
  if (records.corrupt) counters.add(CORRUPT);
  else if (records.pending > 0) counters.add(CUT_RECORD);
  return collector.finish('pcap', { known: false, dropped: 0 });
};
