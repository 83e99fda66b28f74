import type { CounterDefinition } from '../../model/counters.js';

/** Everything a capture reader counts: what it met, how bad that is, what to do about it. */

export const CUT_RECORD: CounterDefinition = {
  name: 'capture_cut_record',
  severity: 'notice',
  help: 'The capture ends inside a record, as files still being written do; the cut record was left out.',
};

export const CORRUPT: CounterDefinition = {
  name: 'capture_corrupt',
  severity: 'data-loss',
  help: 'A record has an impossible length or time; reading stopped there. Copy the capture again, or repair it with pcapfix.',
};

export const UNSUPPORTED_LINK: CounterDefinition = {
  name: 'capture_unsupported_link',
  severity: 'data-loss',
  help: 'Packets of an interface whose link type is not supported were left out; capture on an Ethernet interface or with -i any.',
};

export const UNKNOWN_INTERFACE: CounterDefinition = {
  name: 'capture_unknown_interface',
  severity: 'data-loss',
  help: 'Packets name an interface the file never described and were left out; convert the file again from its original.',
};

export const TIME_OUT_OF_RANGE: CounterDefinition = {
  name: 'capture_time_out_of_range',
  severity: 'data-loss',
  help: 'Advertisements more than 104 days away from the first one were left out; split the capture with editcap -i.',
};

export const HEADERS_CUT: CounterDefinition = {
  name: 'capture_headers_cut',
  severity: 'data-loss',
  help: 'Packets end inside their IP headers, so whether they were VRRP is unknown; record with a longer snapshot (-s 0).',
};

export const VRRP_TRUNCATED: CounterDefinition = {
  name: 'vrrp_truncated',
  severity: 'data-loss',
  help: 'VRRP packets end before their interval and were left out; record with a longer snapshot (-s 0).',
};

export const VRRP_OTHER_VERSION: CounterDefinition = {
  name: 'vrrp_other_version',
  severity: 'notice',
  help: 'Packets of IP protocol 112 that are neither VRRP version 2 nor 3 were left out.',
};

export const VRRP_OTHER_TYPE: CounterDefinition = {
  name: 'vrrp_other_type',
  severity: 'notice',
  help: 'VRRP packets that are not advertisements were left out; the standard knows no other type.',
};

export const VRRP_LATER_FRAGMENT: CounterDefinition = {
  name: 'vrrp_later_fragment',
  severity: 'info',
  help: 'Later fragments of VRRP packets were left out; their first fragments were read.',
};

export const VRRP_BAD_CHECKSUM: CounterDefinition = {
  name: 'vrrp_bad_checksum',
  severity: 'notice',
  help: 'tcpdump calls the checksum of these advertisements wrong; they were kept, but a backup may have ignored them.',
};

export const TEXT_UNREADABLE: CounterDefinition = {
  name: 'tcpdump_text_unreadable_line',
  severity: 'data-loss',
  help: 'Lines that name VRRP could not be read and were left out; record with tcpdump -w instead of text.',
};

export const TEXT_UNKNOWN_LINE: CounterDefinition = {
  name: 'tcpdump_text_unknown_line',
  severity: 'notice',
  help: 'Lines that name no packet were left out; packet contents (tcpdump -A) are such lines too.',
};

export const TEXT_LONG_LINE: CounterDefinition = {
  name: 'tcpdump_text_long_line',
  severity: 'data-loss',
  help: 'Lines longer than 64 KiB were left out.',
};

export const TEXT_MIXED_TIMES: CounterDefinition = {
  name: 'tcpdump_text_mixed_times',
  severity: 'data-loss',
  help: 'Lines whose time has another form than the first line were left out; give each tcpdump run as a capture of its own.',
};

export const TEXT_TIME_BACKWARDS: CounterDefinition = {
  name: 'tcpdump_text_time_backwards',
  severity: 'notice',
  help: 'A printed time lies over a second before the one above it: a clock was set back, or summer time ended.',
};

export const TEXT_MISSING_LINES: CounterDefinition = {
  name: 'tcpdump_text_missing_lines',
  severity: 'data-loss',
  help: 'Packet numbers are missing from a text of differences (-ttt), so times after them are too early; give the whole text.',
};

export const TEXT_ZONE_ASSUMED: CounterDefinition = {
  name: 'tcpdump_text_zone_assumed',
  severity: 'info',
  help: 'Dates printed by -tttt carry no time zone and were read as UTC; the clock offset shows the difference.',
};
