import type { CounterDefinition } from '../../model/counters.js';

/** Everything a capture reader counts: what it met, how bad that is, what to do about it. */

export const CUT_RECORD: CounterDefinition = {
  name: 'capture_cut_record',
  source: 'capture',
  severity: 'notice',
  help: 'The capture ends inside a record, as files still being written do; the cut record was left out.',
};

export const CORRUPT: CounterDefinition = {
  name: 'capture_corrupt',
  source: 'capture',
  severity: 'data-loss',
  help: 'A record has an impossible length or time; reading stopped there. Copy the capture again, or repair it with pcapfix.',
};

export const UNSUPPORTED_LINK: CounterDefinition = {
  name: 'capture_unsupported_link',
  source: 'capture',
  severity: 'data-loss',
  help: 'Packets of an interface whose link type is not supported were left out; capture on an Ethernet interface or with -i any.',
};

export const UNKNOWN_INTERFACE: CounterDefinition = {
  name: 'capture_unknown_interface',
  source: 'capture',
  severity: 'data-loss',
  help: 'Packets name an interface the file never described and were left out; convert the file again from its original.',
};

export const BAD_OPTIONS: CounterDefinition = {
  name: 'capture_bad_options',
  source: 'capture',
  severity: 'error',
  help: 'Options of pcapng blocks reach past their block and were not read: the resolution of times may be wrong, and drops unknown. Copy the capture again, or convert it from its original.',
};

export const UNASSIGNED_STATISTICS: CounterDefinition = {
  name: 'capture_unassigned_statistics',
  source: 'capture',
  severity: 'notice',
  help: 'Statistics name an interface the file never described, so what it lost is not counted; convert the file again from its original.',
};

export const TIME_OUT_OF_RANGE: CounterDefinition = {
  name: 'capture_time_out_of_range',
  source: 'capture',
  severity: 'data-loss',
  help: 'Advertisements more than 104 days away from the first one were left out; split the capture with editcap -i.',
};

export const HEADERS_CUT: CounterDefinition = {
  name: 'capture_headers_cut',
  source: 'capture',
  severity: 'data-loss',
  help: 'Packets end inside their IP headers, so whether they were VRRP is unknown; record with a longer snapshot (-s 0).',
};

export const VRRP_TRUNCATED: CounterDefinition = {
  name: 'vrrp_truncated',
  source: 'capture',
  severity: 'data-loss',
  help: 'VRRP packets end before their interval and were left out; record with a longer snapshot (-s 0).',
};

export const VRRP_OTHER_VERSION: CounterDefinition = {
  name: 'vrrp_other_version',
  source: 'capture',
  severity: 'notice',
  help: 'Packets of IP protocol 112 that are neither VRRP version 2 nor 3 were left out.',
};

export const VRRP_OTHER_TYPE: CounterDefinition = {
  name: 'vrrp_other_type',
  source: 'capture',
  severity: 'notice',
  help: 'VRRP packets that are not advertisements were left out; the standard knows no other type.',
};

export const VRRP_LATER_FRAGMENT: CounterDefinition = {
  name: 'vrrp_later_fragment',
  source: 'capture',
  severity: 'info',
  help: 'Later fragments of VRRP packets were left out; their first fragments were read.',
};

export const VRRP_BAD_CHECKSUM: CounterDefinition = {
  name: 'vrrp_bad_checksum',
  source: 'capture',
  severity: 'notice',
  help: 'The VRRP checksum of these advertisements is wrong; they were kept, but a backup may have ignored them. Look for what changes packets on their way.',
};

export const TEXT_UNREADABLE: CounterDefinition = {
  name: 'tcpdump_text_unreadable_line',
  source: 'capture',
  severity: 'data-loss',
  help: 'Lines that name VRRP could not be read and were left out; record with tcpdump -w instead of text.',
};

export const TEXT_UNKNOWN_LINE: CounterDefinition = {
  name: 'tcpdump_text_unknown_line',
  source: 'capture',
  severity: 'notice',
  help: 'Lines that name no packet were left out; packet contents (tcpdump -A) are such lines too.',
};

export const TEXT_WRAPPED_LINE: CounterDefinition = {
  name: 'tcpdump_text_wrapped_line',
  source: 'capture',
  severity: 'info',
  help: 'Lines that a terminal had broken were put together again.',
};

export const TEXT_LONG_LINE: CounterDefinition = {
  name: 'tcpdump_text_long_line',
  source: 'capture',
  severity: 'data-loss',
  help: 'Lines longer than 64 KiB were left out.',
};

export const TEXT_MIXED_TIMES: CounterDefinition = {
  name: 'tcpdump_text_mixed_times',
  source: 'capture',
  severity: 'data-loss',
  help: 'Lines whose time has another form than the first line were left out; give each tcpdump run as a capture of its own.',
};

export const TEXT_TIME_BACKWARDS: CounterDefinition = {
  name: 'tcpdump_text_time_backwards',
  source: 'capture',
  severity: 'notice',
  help: 'A printed time lies over a second before the one above it: a clock was set back, or summer time ended.',
};

export const TEXT_MISSING_LINES: CounterDefinition = {
  name: 'tcpdump_text_missing_lines',
  source: 'capture',
  severity: 'data-loss',
  help: 'Packet numbers are missing from a text of differences (-ttt), so times after them are too early; give the whole text.',
};

export const TEXT_ZONE_ASSUMED: CounterDefinition = {
  name: 'tcpdump_text_zone_assumed',
  source: 'capture',
  severity: 'info',
  help: 'Dates printed by -tttt carry no time zone and were read as UTC; the clock offset shows the difference.',
};

export const TSHARK_UNREADABLE: CounterDefinition = {
  name: 'tshark_unreadable_packet',
  source: 'capture',
  severity: 'data-loss',
  help: 'Advertisements whose time, addresses or numbers are missing or are none were left out; give the capture file itself.',
};

export const TSHARK_WRONG_COLUMNS: CounterDefinition = {
  name: 'tshark_wrong_columns',
  source: 'capture',
  severity: 'data-loss',
  help: 'Lines with more or fewer columns than the others were left out: a separator stands inside a value. Write them again with -E quote=d or the tab that tshark uses by itself.',
};

export const TSHARK_OTHER_LINE: CounterDefinition = {
  name: 'tshark_other_line',
  source: 'capture',
  severity: 'notice',
  help: 'Lines that are no packets of tshark were left out.',
};

export const TSHARK_BROKEN_JSON: CounterDefinition = {
  name: 'tshark_broken_json',
  source: 'capture',
  severity: 'data-loss',
  help: 'The JSON is broken in so many places; a packet that is broken was left out, and reading went on at the next one. Give the capture file itself.',
};

export const TSHARK_MILLISECONDS: CounterDefinition = {
  name: 'tshark_times_in_milliseconds',
  source: 'capture',
  severity: 'notice',
  help: 'These packets have no other time than the timestamp of -T ek, which is of whole milliseconds; write them again without a filter (-j, -e) that leaves out frame.time_epoch.',
};

export const TSHARK_MISSING_FRAMES: CounterDefinition = {
  name: 'tshark_missing_frames',
  source: 'capture',
  severity: 'data-loss',
  help: 'Frame numbers are missing from a text of differences (frame.time_delta), so times after them are too early; write it again with -e frame.time_epoch.',
};

export const TSHARK_TIMES_ADDED_UP: CounterDefinition = {
  name: 'tshark_times_added_up',
  source: 'capture',
  severity: 'notice',
  help: 'Times were added up from frame.time_delta, and no frame numbers show whether packets between were left out by a filter; write it again with -e frame.time_epoch.',
};

export const TSHARK_VERSION_ASSUMED: CounterDefinition = {
  name: 'tshark_version_assumed',
  source: 'capture',
  severity: 'notice',
  help: 'No field shows the version of VRRP: 3 was assumed for IPv6 and where there is an interval in centiseconds, else 2; add -e vrrp.version.',
};

export const TSHARK_DESTINATION_ASSUMED: CounterDefinition = {
  name: 'tshark_destination_assumed',
  source: 'capture',
  severity: 'notice',
  help: 'No field shows the destination, and the group address was assumed; with unicast peers add -e ip.dst -e ipv6.dst.',
};

export const TSHARK_INTERVAL_UNSURE: CounterDefinition = {
  name: 'tshark_interval_unsure',
  source: 'capture',
  severity: 'notice',
  help: 'A column without a name may be the interval, but the gaps between advertisements do not fit it, so it was not used; write it again with -E header=y, or give --interval.',
};
